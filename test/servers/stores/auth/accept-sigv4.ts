import type { Proof } from '../dialect.ts'
import { StoreError } from '../error.ts'
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
import { canonicalRequest, signatureOf, stringToSign, type SigV4 } from './sigv4.ts'

const algorithm = 'AWS4-HMAC-SHA256'
const tokens = ['x-amz-security-token', 'X-Amz-Security-Token']
const maxPresignedSeconds = 7 * 24 * 3600

/** AWS's signature version 4, in the Authorization header or in the URL. Bodies in signed chunks are refused. */
export function acceptSigV4(request: StoreRequest, lock: Lock): AccessKey {
  const authorization = header(request, 'authorization')
  if (authorization?.startsWith(`${algorithm} `)) return acceptHeader(request, authorization, lock)
  if (authorization !== undefined) throw malformed('Unsupported Authorization Type')
  if (request.query.has('X-Amz-Algorithm') || request.query.has('X-Amz-Signature')) return acceptQuery(request, lock)
  throw new StoreError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.' })
}

export const claimsSigV4 = (message: StoreRequest['message']): boolean =>
  message.headers.authorization?.startsWith(`${algorithm} `) === true || /[?&]X-Amz-(Algorithm|Signature)=/.test(message.url ?? '')

export const sigV4Credential = ({ headers, query }: StoreRequest): (string | undefined)[] => [
  headers.authorization,
  query.get('X-Amz-Credential'),
]

/** The body's SHA-256, where it was signed. */
export function sigV4Proofs({ headers }: StoreRequest): Proof[] {
  const expected = String(headers['x-amz-content-sha256'] ?? '')
  return /^[0-9a-f]{64}$/.test(expected) ? [{ hash: 'sha256', expected, code: 'XAmzContentSHA256Mismatch' }] : []
}

function acceptHeader(request: StoreRequest, authorization: string, lock: Lock): AccessKey {
  const fields = new Map(authorization.slice(algorithm.length).split(',').map(splitField))
  const [credential, headers, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(name => fields.get(name))
  if (!credential || !headers || !signature) throw malformed('The authorization header is malformed.')
  const signing = parse(credential, headers, signature, timestampOf(request), payloadOf(request))
  const key = knownKey(signing.id, lock)
  checkToken(request, key, lock, tokens)
  checkSkew(parseTimestamp(signing.timestamp), signing.timestamp, lock)
  check(request, key, signing, lock)
  return key
}

const splitField = (field: string): [string, string] => {
  const equals = field.indexOf('=')
  return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()]
}

function acceptQuery(request: StoreRequest, lock: Lock): AccessKey {
  const asked = (name: string): string => request.query.get(`X-Amz-${name}`) ?? ''
  const expires = Number(asked('Expires'))
  const wrong = asked('Algorithm') !== algorithm || !(expires >= 1 && expires <= maxPresignedSeconds)
  if (wrong || asked('SignedHeaders') === '') throw new StoreError('AuthorizationQueryParametersError')
  const signing = parse(asked('Credential'), asked('SignedHeaders'), asked('Signature'), asked('Date'), 'UNSIGNED-PAYLOAD')
  const key = knownKey(signing.id, lock)
  checkToken(request, key, lock, tokens)
  const signedMs = parseTimestamp(signing.timestamp)
  if (!(signedMs <= lock.now + maxSkewMs)) throw skewed(signing.timestamp, lock)
  checkNotExpired(signedMs + expires * 1000, lock)
  check(request, key, signing, lock)
  return key
}

function parse(credential: string, headers: string, signature: string, timestamp: string, payload: string): SigV4 {
  const fields = credential.split('/')
  const [id = '', date = '', region = '', service, end] = fields
  if (fields.length !== 5 || service !== 's3' || end !== 'aws4_request') throw malformed('The credential scope is malformed.')
  if (!timestamp.startsWith(`${date}T`)) throw malformed('The date of the credential scope is not that of the request.')
  const signedHeaders = headers.toLowerCase().split(';')
  if (signedHeaders.join(';') !== signedHeaders.toSorted().join(';')) throw malformed('SignedHeaders are not sorted.')
  return { id, date, region, timestamp, signedHeaders, signature, payload }
}

function check(request: StoreRequest, key: AccessKey, signing: SigV4, lock: Lock): void {
  if (signing.region !== lock.region)
    throw malformed(`The authorization header is malformed; the region '${signing.region}' is wrong; expecting '${lock.region}'`, {
      Region: lock.region,
    })
  const unsigned = Object.keys(request.headers).find(name => mustBeSigned(name) && !signing.signedHeaders.includes(name))
  if (unsigned !== undefined)
    throw new StoreError('AccessDenied', {
      message: 'There were headers present in the request which were not signed',
      extra: { HeadersNotSigned: unsigned },
    })
  const canonical = canonicalRequest(request, signing)
  const text = stringToSign(canonical, signing)
  if (equal(signatureOf(key.accessKeySecret, signing, text), signing.signature)) return
  throw mismatch(key, signing.signature, text, { extra: { CanonicalRequest: canonical } })
}

const mustBeSigned = (name: string): boolean => name === 'host' || name.startsWith('x-amz-')

function payloadOf(request: StoreRequest): string {
  const payload = header(request, 'x-amz-content-sha256')
  if (payload === undefined) throw new StoreError('InvalidRequest', { message: 'Missing required header for this request: x-amz-content-sha256' })
  if (payload === 'UNSIGNED-PAYLOAD' || /^[0-9a-f]{64}$/.test(payload)) return payload
  throw new StoreError('NotImplemented', { extra: { Header: 'x-amz-content-sha256', Value: payload } })
}

function timestampOf(request: StoreRequest): string {
  const stated = header(request, 'x-amz-date')
  if (stated !== undefined) return stated
  const date = Date.parse(header(request, 'date') ?? '')
  if (Number.isNaN(date)) throw noDate()
  return new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

const malformed = (message: string, extra: Record<string, string> = {}): StoreError =>
  new StoreError('AuthorizationHeaderMalformed', { message, extra })
