import { StorageError, type AddressCodes, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { retryAfterMs, withoutQueries } from '../../http/answer-words.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { element } from '../../http/xml.ts'

/** An answer that is a refusal. */
export interface Refusal {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** JSON, XML of the multipart uploads, plain text of downloads, or nothing. */
  readonly body: string
  /** What a 404 without words is about. */
  readonly about: 'key' | 'bucket' | 'upload'
}

type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'retryable' | 'scope'>

const wholeAddress: Meaning = { kind: 'forbidden', scope: 'address' }
const again: Meaning = { kind: 'unavailable', scope: 'file' }

/** Reasons of the JSON API, codes of the XML API, and errors of the token endpoint. */
const meanings: Readonly<Record<string, Meaning>> = {
  authError: 'bad-secret',
  authenticationRequired: 'bad-secret',
  expired: 'expired',
  accountDisabled: wholeAddress,
  accessNotConfigured: wholeAddress,
  userProjectMissing: wholeAddress,
  userProjectAccountProblem: wholeAddress,
  insufficientPermissions: wholeAddress,
  forbidden: 'forbidden',
  retentionPolicyNotMet: 'forbidden',
  objectUnderActiveHold: 'forbidden',
  rateLimitExceeded: 'throttled',
  userRateLimitExceeded: 'throttled',
  usageLimits: 'throttled',
  quotaExceeded: 'throttled',
  dailyLimitExceeded: 'throttled',
  conditionNotMet: 'precondition',
  conditionalRequestConflict: again,
  conflict: again,
  requestedRangeNotSatisfiable: 'range',
  uploadTooLarge: 'too-large',
  downloadTooLarge: 'too-large',
  internalError: 'unavailable',

  NoSuchBucket: 'no-bucket',
  InvalidBucketName: 'no-bucket',
  NoSuchKey: 'not-found',
  NoSuchUpload: 'no-upload',
  AccessDenied: 'forbidden',
  AccountProblem: wholeAddress,
  UserProjectMissing: wholeAddress,
  AuthenticationRequired: 'bad-secret',
  InvalidSecurity: 'bad-secret',
  ExpiredToken: 'expired',
  PreconditionFailed: 'precondition',
  InvalidRange: 'range',
  BadDigest: 'checksum',
  InvalidDigest: 'checksum',
  EntityTooLarge: 'too-large',
  EntityTooSmall: 'invalid',
  InvalidPart: 'invalid',
  InvalidPartOrder: 'invalid',
  KeyTooLong: 'key-unsupported',
  InvalidObjectName: 'key-unsupported',
  MetadataTooLarge: 'metadata-unsupported',
  OperationAborted: again,
  IncompleteBody: 'premature-end',
  RequestTimeout: 'timeout',
  SlowDown: 'throttled',
  ServiceUnavailable: 'throttled',
  InternalError: 'unavailable',

  invalid_grant: 'bad-secret',
  invalid_client: 'bad-access-key',
  deleted_client: 'bad-access-key',
  unauthorized_client: 'bad-access-key',
  disabled_client: 'bad-access-key',
  access_denied: wholeAddress,
}

const byStatus: Readonly<Record<number, Meaning>> = {
  400: 'invalid',
  401: 'bad-secret',
  403: 'forbidden',
  405: 'invalid',
  408: 'timeout',
  409: again,
  411: 'invalid',
  412: 'precondition',
  413: 'too-large',
  416: 'range',
  429: 'throttled',
  501: 'invalid',
  503: 'throttled',
  504: 'timeout',
}

/** What several codes only say in words. Asked before the codes. */
const words: readonly (readonly [RegExp, Meaning])[] = [
  [/doesn't match calculated|did not match what we/i, 'checksum'],
  [/specified bucket does not exist|invalid bucket name/i, 'no-bucket'],
  [/no such object|specified key does not exist/i, 'not-found'],
  [/token.*expired|expired.*token/i, 'expired'],
  [/iat and exp|reasonable timeframe/i, 'clock-skew'],
  [/account not found/i, 'bad-access-key'],
]

const absent = { key: 'not-found', bucket: 'no-bucket', upload: 'no-upload' } as const satisfies Record<string, StorageErrorKind>

/** Said where the service account of a key file is refused. */
const keyFileCodes: AddressCodes = { source: 'SourceKeyFileBucketNotMatchedOrPermission', destination: 'DestKeyFileBucketNotMatchedOrPermission' }
const ofTheKey: ReadonlySet<StorageErrorKind> = new Set(['forbidden', 'bad-access-key', 'bad-secret', 'expired'])

/** What a refusal means; `keyFile`: who asked is the service account of a key file. Pure. */
export function toStorageError(refusal: Refusal, nowMs: number, keyFile: boolean): StorageError {
  const { status, headers } = refusal
  const { code, message } = said(refusal)
  const meaning = meaningOf(refusal, code, message)
  const details = typeof meaning === 'string' ? { kind: meaning } : meaning
  const requestId = header(headers, 'x-guploader-uploadid')
  const waitMs = retryAfterMs(header(headers, 'retry-after'), nowMs)
  return new StorageError(withoutQueries(message), {
    ...details,
    status,
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(keyFile && ofTheKey.has(details.kind) && { addressCodes: keyFileCodes }),
  })
}

/** Whether a `not-found` was said of an object in words; else it may as well be the bucket that is missing. */
export const saysObject = ({ message }: StorageError): boolean => /no such object|specified key/i.test(message)

function meaningOf({ status, about }: Refusal, code: string | undefined, message: string): Meaning {
  const worded = status < 500 ? words.find(([pattern]) => pattern.test(message))?.[1] : undefined
  const meaning = worded ?? (code === undefined ? undefined : meanings[code])
  if (meaning !== undefined) return meaning
  if (status === 404 || status === 410) return absent[about]
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'unexpected')
}

interface Said {
  readonly code?: string
  readonly message: string
}

function said({ status, body }: Refusal): Said {
  const silent = { message: `The store answered ${status}.` }
  if (body.trimStart().startsWith('{')) return ofJson(body) ?? silent
  const code = element(body, 'Code')
  if (code !== undefined) return { code, message: [element(body, 'Message') ?? silent.message, element(body, 'Details')].filter(Boolean).join(' ') }
  return body.trim() !== '' && body.length < 500 && !body.includes('<') ? { message: body.trim() } : silent
}

interface ErrorBody {
  /** A text at the token endpoint. */
  readonly error?: string | { readonly message?: string; readonly errors?: readonly { readonly reason?: string }[] }
  readonly error_description?: string
}

function ofJson(body: string): Said | undefined {
  try {
    const { error, error_description: description } = JSON.parse(body) as ErrorBody
    if (typeof error === 'string') return { code: error, message: description ?? error }
    if (error?.message === undefined) return undefined
    const code = error.errors?.[0]?.reason
    return { message: error.message, ...(code !== undefined && { code }) }
  } catch {
    return undefined
  }
}
