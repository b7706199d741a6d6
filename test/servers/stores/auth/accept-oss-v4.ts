import { invalidArgument, StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import {
  checkNotExpired,
  checkSkew,
  checkToken,
  equal,
  knownKey,
  maxSkewMs,
  mismatch,
  noDate,
  parseTimestamp,
  skewed,
  type Lock,
} from './checks.ts'
import { isSubresource, ossTokens } from './oss-v1.ts'
import { canonicalRequestV4, signV4, stringToSignV4, type V4Signing } from './oss-v4.ts'

const maxPresignedSeconds = 7 * 24 * 3600

export function acceptHeaderV4(request: StoreRequest, authorization: string, lock: Lock): AccessKey {
  const fields = new Map(authorization.slice('OSS4-HMAC-SHA256 '.length).split(',').map(splitField))
  const [credential, signature] = [fields.get('Credential'), fields.get('Signature')]
  if (!credential || !signature)
    throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000202')
  const payload = header(request, 'x-oss-content-sha256')
  if (payload !== 'UNSIGNED-PAYLOAD') {
    throw invalidArgument(
      'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.',
      'x-oss-content-sha256',
      payload ?? '',
      '0002-00000214',
    )
  }
  const { id, signing } = parseV4(request, credential, fields.get('AdditionalHeaders') ?? '', timestampOf(request), lock)
  const key = knownKey(id, lock)
  checkToken(request, key, lock, ossTokens)
  checkSkew(parseTimestamp(signing.timestamp), signing.timestamp, lock)
  checkV4(request, key, signing, signature)
  return key
}

const splitField = (field: string): [string, string] => {
  const equals = field.indexOf('=')
  return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()]
}

export function acceptQueryV4(request: StoreRequest, lock: Lock): AccessKey {
  const { query } = request
  const [credential, date, signature] = [query.get('x-oss-credential'), query.get('x-oss-date'), query.get('x-oss-signature')]
  const expires = Number(query.get('x-oss-expires'))
  if (query.get('x-oss-signature-version') !== 'OSS4-HMAC-SHA256' || !credential || !date || !signature) {
    const names = ['signature-version', 'credential', 'date', 'expires', 'signature'].map(name => `x-oss-${name}`)
    throw new StoreError('AccessDenied', { message: `Query-string authentication requires the parameters ${names.join(', ')}` })
  }
  if (!(expires >= 1 && expires <= maxPresignedSeconds))
    throw invalidArgument('Invalid x-oss-expires.', 'x-oss-expires', String(expires))
  const { id, signing } = parseV4(request, credential, query.get('x-oss-additional-headers') ?? '', date, lock)
  const key = knownKey(id, lock)
  checkToken(request, key, lock, ossTokens)
  const signedMs = parseTimestamp(date)
  if (signedMs > lock.now + maxSkewMs) throw skewed(date, lock)
  checkNotExpired(signedMs + expires * 1000, lock)
  checkV4(request, key, signing, signature)
  return key
}

const inHeader = [
  'Authorization header',
  { credential: '0002-00000213', 'signing date': '0002-00000212', 'signing region': '0002-00000228' },
] as const
const inQuery = [
  'x-oss-credential',
  { credential: '0002-00000224', 'signing date': '0002-00000223', 'signing region': '0002-00000226' },
] as const

function parseV4(
  request: StoreRequest,
  credential: string,
  additional: string,
  timestamp: string,
  lock: Lock,
): { id: string; signing: V4Signing } {
  const fields = credential.split('/')
  const [id = '', date = '', region = '', product, end] = fields
  const [where, ecs] = request.headers.authorization === undefined ? inQuery : inHeader
  const bad = (what: keyof typeof ecs): StoreError =>
    invalidArgument(`Invalid ${what} in ${where}.`, 'Credential', credential, ecs[what])
  if (fields.length !== 5 || product !== 'oss' || end !== 'aliyun_v4_request') throw bad('credential')
  if (!/^\d{8}$/.test(date) || !timestamp.startsWith(`${date}T`)) throw bad('signing date')
  if (region !== lock.region) throw bad('signing region')
  return { id, signing: { scope: { date, region }, timestamp, additionalHeaders: parseAdditional(request, additional) } }
}

function parseAdditional(request: StoreRequest, text: string): string[] {
  const names = text === '' ? [] : text.toLowerCase().split(';')
  const absent = names.find(name => request.headers[name] === undefined)
  if (absent !== undefined) throw invalidArgument('Invalid additional headers.', 'AdditionalHeaders', absent, '0002-00000215')
  return names.toSorted()
}

function checkV4(request: StoreRequest, key: AccessKey, signing: V4Signing, provided: string): void {
  const canonicalRequest = canonicalRequestV4(request, signing.additionalHeaders)
  const stringToSign = stringToSignV4(canonicalRequest, signing)
  if (
    equal(signV4(key.accessKeySecret, signing.scope, stringToSign), provided) ||
    isSignedByAliOss(request, key, signing, provided)
  )
    return
  throw mismatch(key, provided, stringToSign, { ec: '0002-00000201', extra: { CanonicalRequest: canonicalRequest } })
}

/**
 * ali-oss sends both `?uploads=` and `?prefix=` and signs `uploads` but `prefix=`, unlike every other SDK of the vendor. What OSS
 * makes of that is not documented: it is taken from ali-oss alone.
 */
function isSignedByAliOss(request: StoreRequest, key: AccessKey, signing: V4Signing, provided: string): boolean {
  if (header(request, 'user-agent')?.startsWith('aliyun-sdk-nodejs/') !== true) return false
  const canonicalRequest = canonicalRequestV4(request, signing.additionalHeaders, name =>
    isSubresource(name) ? name : `${name}=`,
  )
  return equal(signV4(key.accessKeySecret, signing.scope, stringToSignV4(canonicalRequest, signing)), provided)
}

function timestampOf(request: StoreRequest): string {
  const own = header(request, 'x-oss-date')
  if (own !== undefined) return own
  const date = Date.parse(header(request, 'date') ?? '')
  if (Number.isNaN(date)) throw noDate()
  return new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, '')
}
