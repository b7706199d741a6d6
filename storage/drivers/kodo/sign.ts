import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export interface KodoKeys {
  readonly accessKey: string
  readonly key: KeyObject
}

export const toKeys = (accessKey: string, secretKey: string): KodoKeys => ({ accessKey, key: createSecretKey(secretKey, 'utf8') })

/** Base64 as URLs take it, padding kept. */
function token({ accessKey, key }: KodoKeys, text: string): string {
  const mac = createHmac('sha1', key).update(text).digest('base64')
  return `${accessKey}:${mac.replaceAll('+', '-').replaceAll('/', '_')}`
}

const goodSeconds = 60 * 60

/** Of a private bucket's object: the address itself is signed, with the second until which it is good. */
export function signUrl(keys: KodoKeys, url: string, nowMs: number): string {
  const dated = `${url}?e=${Math.floor(nowMs / 1000) + goodSeconds}`
  return `${dated}&token=${token(keys, dated)}`
}

export interface ManagementRequest {
  readonly method: string
  readonly host: string
  /** Path and query, as sent. */
  readonly path: string
  readonly contentType: string
  /** `20261123T150000Z` */
  readonly date: string
}

/** The Authorization of a management call without body. */
export function signManagement(keys: KodoKeys, { method, host, path, contentType, date }: ManagementRequest): string {
  const text = `${method} ${path}\nHost: ${host}\nContent-Type: ${contentType}\nX-Qiniu-Date: ${date}\n\n`
  return `Qiniu ${token(keys, text)}`
}
