import { createHmac, createSecretKey, hash } from 'node:crypto'

export interface Signed {
  readonly date: string
  readonly authorization: string
}

export interface Unsigned {
  readonly method: string
  /** As it goes over the wire, with its query. */
  readonly path: string
  /** Of the body, where it is sent along: 32 hex digits. */
  readonly contentMd5?: string | undefined
}

/** UPYUN's signature of a request: HMAC-SHA1 with the MD5 of the password. The service takes it for 30 minutes. */
export function signer(operator: string, password: string): (request: Unsigned, nowMs: number) => Signed {
  const key = createSecretKey(Buffer.from(hash('md5', password, 'hex')))
  return ({ method, path, contentMd5 }, nowMs) => {
    const date = new Date(nowMs).toUTCString()
    const words = [method, path, date, ...(contentMd5 === undefined ? [] : [contentMd5])].join('&')
    return { date, authorization: `UPYUN ${operator}:${createHmac('sha1', key).update(words).digest('base64')}` }
  }
}
