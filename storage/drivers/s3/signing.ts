import { createHmac, hash } from 'node:crypto'

export interface Credentials {
  readonly accessKeyId: string
  readonly secret: string
  readonly token?: string
  readonly expiresAtMs?: number
}

/** Names in lower case. A signer adds its own to them. */
export type Headers = Record<string, string>

export interface Unsigned {
  readonly method: string
  /** As it goes over the wire, percent-encoded, without query. */
  readonly path: string
  /** `/bucket/key`, percent-encoded, whatever the host form. */
  readonly resource: string
  /** Encoded and sorted, without the question mark. */
  readonly query: string
  readonly headers: Headers
}

export type Sign = (request: Unsigned, credentials: Credentials, nowMs: number) => void

export function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

const blockBytes = 64
const digestBytes = 32

/** HMAC-SHA-256 of many short texts with one key (RFC 2104): two hashes in one call each cost half of an object for each text. */
export class SigningKey {
  readonly #outer = Buffer.alloc(blockBytes + digestBytes, 0x5c)
  #inner = Buffer.alloc(blockBytes + 512, 0x36)

  /** `key`: at most 64 bytes. */
  constructor(key: Buffer) {
    for (const [i, byte] of key.entries()) {
      this.#inner[i] = byte ^ 0x36
      this.#outer[i] = byte ^ 0x5c
    }
  }

  /** In hex; `text` is ASCII. */
  sign(text: string): string {
    const bytes = blockBytes + text.length
    if (bytes > this.#inner.length) this.#inner = Buffer.concat([this.#inner], bytes)
    this.#inner.write(text, blockBytes, 'latin1')
    this.#outer.write(hash('sha256', this.#inner.subarray(0, bytes)), blockBytes, 'hex')
    return hash('sha256', this.#outer)
  }
}

/** A signing key is good for one day: the last one is kept. */
export function dailyKeys(derive: (secret: string, day: string) => Buffer): (secret: string, day: string) => SigningKey {
  let kept: { secret: string; day: string; key: SigningKey } | undefined
  return (secret, day) => {
    if (kept?.secret !== secret || kept.day !== day) kept = { secret, day, key: new SigningKey(derive(secret, day)) }
    return kept.key
  }
}

let keptSecond = 0
let keptTime = ''

/** `20261123T150000Z`. Made once a second: signatures are made by the thousand. */
export function compactTime(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (second !== keptSecond) {
    keptTime = new Date(second * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '')
    keptSecond = second
  }
  return keptTime
}
