import { createHash, createHmac } from 'node:crypto'
import { percentEncode, percentEncodePath, trimmed, type ByteString } from '../bytes.ts'
import { header, type StoreRequest } from '../request.ts'

export interface Scope {
  /** yyyymmdd */
  readonly date: string
  readonly region: string
}

export interface V4Signing {
  readonly scope: Scope
  /** yyyymmddThhmmssZ */
  readonly timestamp: string
  readonly additionalHeaders: readonly string[]
}

/** How a parameter without a value is written: OSS's other SDKs leave the `=` out whatever the URL has. */
export type WriteEmpty = (name: string) => string
const bare: WriteEmpty = name => name

export function canonicalRequestV4(request: StoreRequest, additionalHeaders: readonly string[], writeEmpty = bare): ByteString {
  return [
    request.method,
    percentEncodePath(request.bucket === undefined ? '/' : `/${request.bucket}/${request.key ?? ''}`),
    canonicalQuery(request.query, writeEmpty),
    canonicalHeaders(request, additionalHeaders),
    additionalHeaders.join(';'),
    header(request, 'x-oss-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
}

export function stringToSignV4(canonicalRequest: ByteString, { scope, timestamp }: V4Signing): string {
  const hash = createHash('sha256').update(canonicalRequest, 'latin1').digest('hex')
  return `OSS4-HMAC-SHA256\n${timestamp}\n${scope.date}/${scope.region}/oss/aliyun_v4_request\n${hash}`
}

export const signV4 = (secret: string, scope: Scope, stringToSign: string): string =>
  createHmac('sha256', signingKey(secret, scope)).update(stringToSign, 'latin1').digest('hex')

const keys = new Map<string, Buffer>()

function signingKey(secret: string, { date, region }: Scope): Buffer {
  const id = `${secret}/${date}/${region}`
  const known = keys.get(id)
  if (known) return known
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const key = hmac(hmac(hmac(hmac(`aliyun_v4${secret}`, date), region), 'oss'), 'aliyun_v4_request')
  if (keys.size > 1000) keys.clear()
  keys.set(id, key)
  return key
}

function canonicalQuery(query: StoreRequest['query'], writeEmpty: WriteEmpty): string {
  const pairs: string[][] = []
  for (const [name, value] of query) if (name !== 'x-oss-signature') pairs.push([percentEncode(name), percentEncode(value)])
  pairs.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return pairs.map(([name = '', value]) => (value === '' ? writeEmpty(name) : `${name}=${value}`)).join('&')
}

function canonicalHeaders(request: StoreRequest, additionalHeaders: readonly string[]): ByteString {
  const names = Object.keys(request.headers).filter(name => isSignedByDefault(name) || additionalHeaders.includes(name))
  return names
    .sort()
    .map(name => `${name}:${trimmed(header(request, name))}\n`)
    .join('')
}

const isSignedByDefault = (name: string): boolean =>
  name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5'
