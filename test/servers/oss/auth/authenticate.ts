import { timingSafeEqual } from 'node:crypto'
import type { ByteString } from '../bytes.ts'
import { invalidArgument, OssError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type OssRequest } from '../request.ts'
import { isSubresource, signV1, stringToSignV1 } from './v1.ts'
import { canonicalRequestV4, signV4, stringToSignV4, type V4Signing } from './v4.ts'

export interface Door {
  readonly region: string
  readonly now: number
  key(accessKeyId: string): AccessKey | undefined
}

const maxSkewMs = 15 * 60_000
const maxPresignedSeconds = 7 * 24 * 3600

/** Who asks. Throws as OSS answers where that cannot be believed. */
export function authenticate(request: OssRequest, door: Door): AccessKey {
  const authorization = header(request, 'authorization')
  if (authorization?.startsWith('OSS4-HMAC-SHA256 ')) return headerV4(request, authorization, door)
  if (authorization?.startsWith('OSS ')) return headerV1(request, authorization, door)
  if (authorization !== undefined) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000202')
  if (request.query.has('x-oss-signature-version') || request.query.has('x-oss-signature')) return queryV4(request, door)
  if (request.query.has('Signature') || request.query.has('OSSAccessKeyId')) return queryV1(request, door)
  throw new OssError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.', ec: '0003-00001201' })
}

function headerV1(request: OssRequest, authorization: string, door: Door): AccessKey {
  const parts = /^OSS ([^:\s]+):(\S+)$/.exec(authorization)
  if (!parts) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000062')
  const [, id = '', signature = ''] = parts
  const date = header(request, 'x-oss-date') ?? header(request, 'date')
  if (date === undefined) throw new OssError('AccessDenied', { message: 'OSS authentication requires a valid Date.', ec: '0002-00000501' })
  const key = knownKey(id, door)
  checkToken(request, key, door)
  checkSkew(Date.parse(date), date, door)
  checkV1(request, key, date, signature)
  return key
}

function queryV1(request: OssRequest, door: Door): AccessKey {
  const { query } = request
  const [id, expires, signature] = [query.get('OSSAccessKeyId'), query.get('Expires'), query.get('Signature')]
  if (!id || !expires || !signature) {
    throw new OssError('AccessDenied', { message: 'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters' })
  }
  const key = knownKey(id, door)
  checkToken(request, key, door)
  checkNotExpired(Number(expires) * 1000, door)
  checkV1(request, key, expires, signature)
  return key
}

function checkV1(request: OssRequest, key: AccessKey, date: string, provided: string): void {
  const stringToSign = stringToSignV1(request, date)
  if (!equal(signV1(key.accessKeySecret, stringToSign), provided)) throw mismatch(key, provided, stringToSign, '0002-00000040')
}

function headerV4(request: OssRequest, authorization: string, door: Door): AccessKey {
  const fields = new Map(authorization.slice('OSS4-HMAC-SHA256 '.length).split(',').map(splitField))
  const [credential, signature] = [fields.get('Credential'), fields.get('Signature')]
  if (!credential || !signature) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000202')
  const payload = header(request, 'x-oss-content-sha256')
  if (payload !== 'UNSIGNED-PAYLOAD') {
    throw invalidArgument('x-oss-content-sha256 must be UNSIGNED-PAYLOAD.', 'x-oss-content-sha256', payload ?? '', '0002-00000214')
  }
  const { id, signing } = parseV4(request, credential, fields.get('AdditionalHeaders') ?? '', timestampOf(request), door)
  const key = knownKey(id, door)
  checkToken(request, key, door)
  checkSkew(parseTimestamp(signing.timestamp), signing.timestamp, door)
  checkV4(request, key, signing, signature)
  return key
}

const splitField = (field: string): [string, string] => {
  const equals = field.indexOf('=')
  return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()]
}

function queryV4(request: OssRequest, door: Door): AccessKey {
  const { query } = request
  const [version, credential, date, expires] = [query.get('x-oss-signature-version'), query.get('x-oss-credential'), query.get('x-oss-date'), Number(query.get('x-oss-expires'))]
  const signature = query.get('x-oss-signature')
  if (version !== 'OSS4-HMAC-SHA256' || !credential || !date || !signature) {
    throw new OssError('AccessDenied', { message: 'Query-string authentication requires the x-oss-signature-version, x-oss-credential, x-oss-date, x-oss-expires and x-oss-signature parameters' })
  }
  if (!(expires >= 1 && expires <= maxPresignedSeconds)) throw invalidArgument('Invalid x-oss-expires.', 'x-oss-expires', String(expires))
  const { id, signing } = parseV4(request, credential, query.get('x-oss-additional-headers') ?? '', date, door)
  const key = knownKey(id, door)
  checkToken(request, key, door)
  const signedMs = parseTimestamp(date)
  if (signedMs > door.now + maxSkewMs) throw skewed(date, door)
  checkNotExpired(signedMs + expires * 1000, door)
  checkV4(request, key, signing, signature)
  return key
}

function parseV4(request: OssRequest, credential: string, additional: string, timestamp: string, door: Door): { id: string; signing: V4Signing } {
  const fields = credential.split('/')
  const [id = '', date = '', region = '', product, end] = fields
  const inHeader = request.headers.authorization !== undefined
  const bad = (what: string, ec: string): OssError => invalidArgument(`Invalid ${what} in ${inHeader ? 'Authorization header' : 'x-oss-credential'}.`, 'Credential', credential, ec)
  if (fields.length !== 5 || product !== 'oss' || end !== 'aliyun_v4_request') throw bad('credential', inHeader ? '0002-00000213' : '0002-00000224')
  if (!/^\d{8}$/.test(date) || !timestamp.startsWith(`${date}T`)) throw bad('signing date', inHeader ? '0002-00000212' : '0002-00000223')
  if (region !== door.region) throw bad('signing region', inHeader ? '0002-00000228' : '0002-00000226')
  return { id, signing: { scope: { date, region }, timestamp, additionalHeaders: parseAdditional(request, additional) } }
}

function parseAdditional(request: OssRequest, text: string): string[] {
  const names = text === '' ? [] : text.toLowerCase().split(';')
  const absent = names.find(name => request.headers[name] === undefined)
  if (absent !== undefined) throw invalidArgument('Invalid additional headers.', 'AdditionalHeaders', absent, '0002-00000215')
  return names.toSorted()
}

function checkV4(request: OssRequest, key: AccessKey, signing: V4Signing, provided: string): void {
  const canonicalRequest = canonicalRequestV4(request, signing.additionalHeaders)
  const stringToSign = stringToSignV4(canonicalRequest, signing)
  if (equal(signV4(key.accessKeySecret, signing.scope, stringToSign), provided) || isSignedByAliOss(request, key, signing, provided)) return
  throw mismatch(key, provided, stringToSign, '0002-00000201', { CanonicalRequest: canonicalRequest })
}

/**
 * ali-oss sends both `?uploads=` and `?prefix=` and signs `uploads` but `prefix=`, unlike every other SDK of the vendor. What OSS
 * makes of that is not documented: it is taken from ali-oss alone.
 */
function isSignedByAliOss(request: OssRequest, key: AccessKey, signing: V4Signing, provided: string): boolean {
  if (header(request, 'user-agent')?.startsWith('aliyun-sdk-nodejs/') !== true) return false
  const canonicalRequest = canonicalRequestV4(request, signing.additionalHeaders, name => (isSubresource(name) ? name : `${name}=`))
  return equal(signV4(key.accessKeySecret, signing.scope, stringToSignV4(canonicalRequest, signing)), provided)
}

function timestampOf(request: OssRequest): string {
  const own = header(request, 'x-oss-date')
  if (own !== undefined) return own
  const date = Date.parse(header(request, 'date') ?? '')
  if (Number.isNaN(date)) throw new OssError('AccessDenied', { message: 'OSS authentication requires a valid Date.', ec: '0002-00000501' })
  return new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

const parseTimestamp = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

function knownKey(id: string, door: Door): AccessKey {
  const key = door.key(id)
  if (!key) throw new OssError('InvalidAccessKeyId', { extra: { OSSAccessKeyId: id } })
  return key
}

function checkToken(request: OssRequest, key: AccessKey, door: Door): void {
  const token = ['x-oss-security-token', 'security-token'].map(name => header(request, name) ?? request.query.get(name)).find(Boolean)
  if (token !== key.securityToken) throw new OssError('InvalidSecurityToken')
  if (key.expiresAtMs !== undefined && door.now >= key.expiresAtMs) throw new OssError('SecurityTokenExpired')
}

function checkSkew(requestMs: number, text: string, door: Door): void {
  if (Number.isNaN(requestMs)) throw new OssError('AccessDenied', { message: 'OSS authentication requires a valid Date.', ec: '0002-00000501' })
  if (Math.abs(door.now - requestMs) > maxSkewMs) throw skewed(text, door)
}

const skewed = (requestTime: string, door: Door): OssError =>
  new OssError('RequestTimeTooSkewed', {
    extra: { MaxAllowedSkewMilliseconds: String(maxSkewMs), RequestTime: requestTime, ServerTime: new Date(door.now).toISOString() },
  })

function checkNotExpired(expiresMs: number, door: Door): void {
  if (door.now <= expiresMs) return
  const extra = { Expires: new Date(expiresMs || 0).toISOString(), ServerTime: new Date(door.now).toISOString() }
  throw new OssError('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069', extra })
}

function mismatch(key: AccessKey, provided: string, stringToSign: ByteString, ec: string, extra: Record<string, string> = {}): OssError {
  const bytes = Array.from(Buffer.from(stringToSign, 'latin1'), byte => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
  return new OssError('SignatureDoesNotMatch', {
    ec,
    extra: { OSSAccessKeyId: key.accessKeyId, SignatureProvided: provided, StringToSign: stringToSign, StringToSignBytes: bytes, ...extra },
  })
}

const equal = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
