import { createHmac } from 'node:crypto'
import { percentDecode, percentEncode, percentEncodePath, trimmed, type ByteString } from '../bytes.ts'
import type { Proof } from '../dialect.ts'
import { StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, own, type StoreRequest } from '../request.ts'
import { checkToken, equal, knownKey, maxSkewMs, mismatch, skewed, type Lock } from './checks.ts'

const tokens = ['x-bce-security-token']

/** `bce-auth-v1/ID/TIME/SECONDS/SIGNED HEADERS/SIGNATURE`, in the Authorization header or as a parameter of the URL. */
export function acceptBce(request: StoreRequest, lock: Lock): AccessKey {
  const text = header(request, 'authorization') ?? request.query.get('authorization')
  if (text === undefined) throw new StoreError('AccessDenied')
  const fields = text.split('/')
  const [version, id = '', timestamp = '', seconds = '', signed = '', signature = ''] = fields
  if (fields.length !== 6 || version !== 'bce-auth-v1' || !/^\d+$/.test(seconds)) throw new StoreError('InvalidHTTPAuthHeader')
  const key = knownKey(id, lock)
  checkToken(request, key, lock, tokens)
  checkTime(Date.parse(timestamp), Number(seconds), timestamp, lock)
  const signingKey = hmac(key.accessKeySecret, fields.slice(0, 4).join('/'))
  const canonical = canonicalRequest(request, signed === '' ? undefined : signed.toLowerCase().split(';'))
  if (!equal(hmac(signingKey, canonical), signature)) throw mismatch(key, signature, canonical)
  return key
}

export const claimsBce = ({ headers, url }: StoreRequest['message']): boolean =>
  headers.authorization?.startsWith('bce-auth-v1/') === true || /[?&]authorization=bce-auth-v1/.test(url ?? '')

export const bceCredential = ({ headers, query }: StoreRequest): (string | undefined)[] => [
  headers.authorization,
  query.get('authorization'),
]

/** Hashes of the body that the request announces; with Complete those of the whole object. */
export function bceProofs(request: StoreRequest): Proof[] {
  const names = { sha256: 'content-sha256', crc32: 'content-crc32', crc64: 'content-crc64ecma' } as const
  return (['sha256', 'crc32', 'crc64'] as const).flatMap(hash => {
    const expected = own(request, names[hash])
    return expected === undefined ? [] : [{ hash, expected, code: 'BadDigest' }]
  })
}

function checkTime(signedMs: number, seconds: number, text: string, lock: Lock): void {
  if (Number.isNaN(signedMs)) throw new StoreError('InvalidHTTPAuthHeader')
  if (signedMs > lock.now + maxSkewMs) throw skewed(text, lock)
  if (lock.now > signedMs + seconds * 1000) throw new StoreError('RequestExpired')
}

const hmac = (key: string, text: ByteString): string => createHmac('sha256', key).update(text, 'latin1').digest('hex')

function canonicalRequest(request: StoreRequest, signed: readonly string[] | undefined): ByteString {
  const path = percentEncodePath(percentDecode(request.path) ?? request.path)
  return [request.method, path, canonicalQuery(request.query), canonicalHeaders(request, signed)].join('\n')
}

function canonicalQuery(query: StoreRequest['query']): string {
  const pairs: string[] = []
  for (const [name, value] of query)
    if (name.toLowerCase() !== 'authorization') pairs.push(`${percentEncode(name)}=${percentEncode(value)}`)
  return pairs.toSorted().join('&')
}

const alwaysSigned = ['host', 'content-length', 'content-type', 'content-md5']

/** Those listed; where none is, those that always are. Every x-bce- header, and none without a value. */
function canonicalHeaders(request: StoreRequest, signed: readonly string[] = alwaysSigned): ByteString {
  if (!signed.includes('host')) throw new StoreError('AccessDenied', { message: 'The host is not signed.' })
  const lines: string[] = []
  for (const name of Object.keys(request.headers)) {
    const value = trimmed(header(request, name))
    if (value !== '' && (signed.includes(name) || name.startsWith('x-bce-')))
      lines.push(`${percentEncode(name)}:${percentEncode(value)}`)
  }
  return lines.toSorted().join('\n')
}
