/**
 * The keys of ssh2's ciphers, as KeyObjects. With a key that is a Buffer Node makes two errors and their stacks inside of itself for each
 * cipher and HMAC, and ssh2 makes one a packet. They are fields that ssh2 keeps to itself: where they are not as they are known
 * here, they stay as they are, only slower.
 */
import { createSecretKey } from 'node:crypto'
import type { Client } from 'ssh2'

/** By the names of their fields. */
const keys = ['_encKey', '_decipherKey', '_macKey', '_encKeyMain', '_encKeyPktLen', '_decKeyMain', '_decKeyPktLen']

type Fields = Record<string, unknown>

/** A client with what its types leave out. */
export interface OpenClient extends Client {
  readonly _protocol?: Fields
}

/** At each exchange of keys, from the first on. */
export function wrapKeys(client: OpenClient): void {
  client.on('handshake', () => {
    for (const cipher of [client._protocol?.['_cipher'], client._protocol?.['_decipher']]) if (isFields(cipher)) wrap(cipher)
  })
}

function wrap(cipher: Fields): void {
  for (const name of keys) {
    const key = cipher[name]
    if (Buffer.isBuffer(key)) cipher[name] = createSecretKey(key)
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
