import { createHmac } from 'node:crypto'
import { percentEncodePath, trimmed, type ByteString } from '../bytes.ts'
import { invalidArgument, StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import { checkNotExpired, checkSkew, checkToken, equal, knownKey, mismatch, noDate, type Lock } from './checks.ts'

const tokens = ['x-kss-security-token']

/** Kingsoft's own signature, `KSS ID:…`, in the Authorization header or as parameters of the URL. */
export function acceptKss(request: StoreRequest, lock: Lock): AccessKey {
  const authorization = header(request, 'authorization')
  if (authorization !== undefined) return acceptHeader(request, authorization, lock)
  const [id, expires, signature] = ['KSSAccessKeyId', 'Expires', 'Signature'].map(name => request.query.get(name))
  if (!id || !expires || !signature) throw new StoreError('AccessDenied')
  const key = knownKey(id, lock)
  checkToken(request, key, lock, tokens)
  checkNotExpired(Number(expires) * 1000, lock)
  check(request, key, expires, signature)
  return key
}

export const claimsKss = ({ headers, url }: StoreRequest['message']): boolean =>
  headers.authorization?.startsWith('KSS ') === true || /[?&]KSSAccessKeyId=/.test(url ?? '')

export const kssCredential = ({ headers, query }: StoreRequest): (string | undefined)[] => [
  headers.authorization,
  query.get('KSSAccessKeyId'),
]

function acceptHeader(request: StoreRequest, authorization: string, lock: Lock): AccessKey {
  const [, id, signature] = /^KSS ([^:\s]+):(\S+)$/.exec(authorization) ?? []
  if (id === undefined || signature === undefined) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization)
  const date = header(request, 'date')
  if (date === undefined) throw noDate()
  const key = knownKey(id, lock)
  checkToken(request, key, lock, tokens)
  checkSkew(Date.parse(date), date, lock)
  check(request, key, date, signature)
  return key
}

function check(request: StoreRequest, key: AccessKey, date: string, provided: string): void {
  const text = stringToSign(request, date)
  const expected = createHmac('sha1', key.accessKeySecret).update(text, 'latin1').digest('base64')
  if (!equal(expected, provided)) throw mismatch(key, provided, text)
}

function stringToSign(request: StoreRequest, date: string): ByteString {
  const lines = [request.method, header(request, 'content-md5') ?? '', header(request, 'content-type') ?? '', date]
  return `${lines.join('\n')}\n${headers(request)}${resource(request)}`
}

function headers(request: StoreRequest): ByteString {
  const names = Object.keys(request.headers).filter(name => name.startsWith('x-kss-'))
  return names
    .toSorted()
    .map(name => `${name}:${trimmed(header(request, name))}\n`)
    .join('')
}

/** The second of two slashes is written encoded. */
function resource({ bucket, key, query }: StoreRequest): ByteString {
  const path = (bucket === undefined ? '/' : `/${bucket}/${percentEncodePath(key ?? '')}`).replaceAll('//', '/%2F')
  const pairs = [...query].filter(([name]) => subresources.has(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (pairs.length === 0) return path
  return `${path}?${pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')}`
}

/** Parameters that take part in the signature; all others do not. */
const subresources = new Set(
  [
    'acl cors defaultObjectAcl location logging partNumber policy requestPayment torrent versioning versionId versions',
    'website uploads uploadId response-content-type response-content-language response-expires response-cache-control',
    'response-content-disposition response-content-encoding delete lifecycle tagging restore notification thumbnail',
    'queryadp adp asyntask querytask domain storageClass websiteConfig compose quota crr fetch append position mirror',
    'retention recycle recover clear inventory id x-kss-process encryption',
  ]
    .join(' ')
    .split(' '),
)
