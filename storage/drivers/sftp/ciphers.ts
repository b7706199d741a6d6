/**
 * What ssh2 keeps to itself: where its ciphers are not as they are known here, they stay as they are, only slower. With a key that
 * is a Buffer Node makes two errors and their stacks inside of itself, a packet.
 */
import { createSecretKey, type CipherGCMTypes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Client } from 'ssh2'
import { GcmCipher, type GcmState } from './gcm-cipher.ts'

/** The keys of its ciphers, by the names of their fields. */
const keys = ['_decipherKey', '_encKey', '_macKey', '_encKeyMain', '_encKeyPktLen', '_decKeyMain', '_decKeyPktLen']

type Fields = Record<string, unknown>

/** A client with what its types leave out. */
export interface OpenClient extends Client {
  readonly _protocol?: Fields
}

/** At each exchange of keys, from the first on. `socket` is what the client writes to. */
export function quickenCiphers(client: OpenClient, socket: Socket): void {
  client.on('handshake', () => {
    const protocol = client._protocol
    if (!isFields(protocol)) return
    const state = gcmStateOf(protocol['_cipher'])
    if (state) protocol['_cipher'] = new GcmCipher(socket, state)
    for (const cipher of [protocol['_cipher'], protocol['_decipher']]) wrapKeys(cipher)
  })
}

function gcmStateOf(cipher: unknown): GcmState | undefined {
  if (!isFields(cipher)) return undefined
  const { _encSSLName: name, _encKey: key, _encIV: iv, outSeqno } = cipher
  if (!isGcm(name) || !Buffer.isBuffer(key) || !Buffer.isBuffer(iv) || iv.length !== 12 || typeof outSeqno !== 'number') return undefined
  return { name, key, iv, outSeqno }
}

function wrapKeys(cipher: unknown): void {
  if (!isFields(cipher)) return
  for (const name of keys) {
    const key = cipher[name]
    if (Buffer.isBuffer(key)) cipher[name] = createSecretKey(key)
  }
}

const isGcm = (name: unknown): name is CipherGCMTypes => name === 'aes-128-gcm' || name === 'aes-256-gcm'
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
