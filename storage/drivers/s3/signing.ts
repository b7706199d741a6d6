import { createHmac } from 'node:crypto'
import { SigningKey } from '../../http/signing-key.ts'

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
