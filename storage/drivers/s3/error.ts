import { StorageError, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { retryAfterMs, withoutQueries } from '../../http/answer-words.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { element } from '../../http/xml.ts'

/** An answer that is a refusal: not 2xx, or 200 with an error inside. */
export interface Refusal {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** XML, or nothing (HEAD). */
  readonly body: string
  /** What a 404 without words is about. */
  readonly about: 'key' | 'bucket' | 'upload'
}

export type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'retryable' | 'scope' | 'addressCodes'>

/** The vendors' own codes. A dialect's table goes before this one. */
const meanings: Readonly<Record<string, Meaning>> = {
  NoSuchKey: 'not-found',
  NotFound: 'not-found',
  SymlinkTargetNotExist: 'not-found',
  NoSuchBucket: 'no-bucket',
  InvalidBucketName: 'no-bucket',
  NoSuchUpload: 'no-upload',
  AccessDenied: 'forbidden',
  AllAccessDisabled: { kind: 'forbidden', scope: 'address' },
  AccountProblem: { kind: 'forbidden', scope: 'address' },
  UserDisable: { kind: 'forbidden', scope: 'address' },
  InDebt: { kind: 'forbidden', scope: 'address' },
  BucketDisable: { kind: 'forbidden', scope: 'address' },
  InvalidAccessKeyId: 'bad-access-key',
  InvalidAccessKeyIdError: 'bad-access-key',
  InvalidSecurity: 'bad-access-key',
  XAdminUserNotFound: 'bad-access-key',
  SignatureDoesNotMatch: 'bad-secret',
  ExpiredToken: 'expired',
  TokenRefreshRequired: 'expired',
  InvalidToken: 'expired',
  SecurityTokenExpired: 'expired',
  InvalidSecurityToken: 'expired',
  AccessKeyIdAndSecurityTokenNotMatch: 'bad-access-key',
  RequestTimeTooSkewed: 'clock-skew',
  PermanentRedirect: 'wrong-region',
  AuthorizationHeaderMalformed: 'wrong-region',
  IllegalLocationConstraintException: 'wrong-region',
  TemporaryRedirect: { kind: 'unavailable', scope: 'file' },
  PreconditionFailed: 'precondition',
  FileAlreadyExists: 'precondition',
  FileImmutable: 'forbidden',
  ConditionalRequestConflict: { kind: 'unavailable', scope: 'file' },
  OperationAborted: { kind: 'unavailable', scope: 'file' },
  InvalidRange: 'range',
  SlowDown: 'throttled',
  SlowDownRead: 'throttled',
  SlowDownWrite: 'throttled',
  TooManyRequests: 'throttled',
  RequestLimitExceeded: 'throttled',
  QpsLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  DownloadTrafficRateLimitExceeded: 'throttled',
  UploadTrafficRateLimitExceeded: 'throttled',
  InternalError: 'unavailable',
  ServiceUnavailable: 'unavailable',
  RequestTimeout: 'timeout',
  IncompleteBody: 'premature-end',
  BadDigest: 'checksum',
  InvalidDigest: 'checksum',
  XAmzContentSHA256Mismatch: 'checksum',
  XAmzContentChecksumMismatch: 'checksum',
  InvalidObjectState: 'archived',
  EntityTooLarge: 'too-large',
  MaxMessageLengthExceeded: 'too-large',
  FileTooLarge: 'too-large',
  KeyTooLongError: 'key-unsupported',
  KeyTooLong: 'key-unsupported',
  InvalidObjectName: 'key-unsupported',
  InvalidURI: 'key-unsupported',
  ExistingObjectIsDirectory: 'key-unsupported',
  ObjectParentIsFile: 'key-unsupported',
  DirectoryObjectContainsData: 'key-unsupported',
  XMinioInvalidObjectName: 'key-unsupported',
  XMinioParentIsObject: 'key-unsupported',
  MetadataTooLarge: 'metadata-unsupported',
  InvalidTag: 'metadata-unsupported',
  AccessControlListNotSupported: 'metadata-unsupported',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  BucketStorageExceeded: 'full',
  InvalidPart: 'invalid',
  InvalidPartOrder: 'invalid',
  EntityTooSmall: 'invalid',
  NotImplemented: 'invalid',
}

const byStatus: Readonly<Record<number, Meaning>> = {
  301: 'wrong-region',
  307: { kind: 'unavailable', scope: 'file' },
  400: 'invalid',
  401: 'forbidden',
  403: 'forbidden',
  405: 'invalid',
  408: 'timeout',
  409: 'invalid',
  411: 'invalid',
  412: 'precondition',
  413: 'too-large',
  416: 'range',
  429: 'throttled',
  501: 'invalid',
  503: 'throttled',
  507: 'full',
}

const absent = { key: 'not-found', bucket: 'no-bucket', upload: 'no-upload' } as const satisfies Record<string, StorageErrorKind>

/** What a store's refusal means. Pure. The message is the vendor's sentence, with nothing of the request in it. */
export function toStorageError(refusal: Refusal, nowMs: number, dialect: Readonly<Record<string, Meaning>> = {}): StorageError {
  const xml = errorXml(refusal)
  const code = element(xml, 'Code') ?? header(refusal.headers, 'x-amz-error-code')
  const message =
    element(xml, 'Message') ?? header(refusal.headers, 'x-amz-error-message') ?? `The store answered ${refusal.status}.`
  const meaning = meaningOf(refusal, xml, code, message, dialect)
  return new StorageError(withoutQueries(message), {
    ...(typeof meaning === 'string' ? { kind: meaning } : meaning),
    status: refusal.status,
    ...defined('code', code),
    ...defined('requestId', requestIdOf(refusal.headers) ?? element(xml, 'RequestId')),
    ...defined('retryAfterMs', retryAfterMs(header(refusal.headers, 'retry-after'), nowMs)),
  })
}

/** OSS puts the error of a HEAD into a header. */
function errorXml({ body, headers }: Refusal): string {
  const hidden = header(headers, 'x-oss-err')
  return body === '' && hidden ? Buffer.from(hidden, 'base64').toString('utf8') : body
}

function meaningOf(
  { status, headers, about }: Refusal,
  xml: string,
  code: string | undefined,
  message: string,
  dialect: Readonly<Record<string, Meaning>>,
): Meaning {
  if (isElsewhere(xml, status, headers, code, message)) return 'wrong-region'
  const meaning = code === undefined ? undefined : (dialect[code] ?? meanings[code])
  if (meaning !== undefined) return meaning
  if (status === 404) return absent[about]
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'unexpected')
}

/** OSS: the region signed for is none, or another than the bucket's. */
const regionFaults: ReadonlySet<string | undefined> = new Set(['0002-00000226', '0002-00000228'])

/** Some stores say it with a general code: OSS in words and numbers, Amazon's HEAD in a header. */
function isElsewhere(xml: string, status: number, headers: ReceivedHeaders, code: string | undefined, message: string): boolean {
  if (code === 'AccessDenied' && element(xml, 'Endpoint') !== undefined && /specified endpoint/i.test(message)) return true
  if (regionFaults.has(element(xml, 'EC')) || /invalid signing region/i.test(message)) return true
  return code === undefined && (status === 301 || status === 400) && header(headers, 'x-amz-bucket-region') !== undefined
}

const requestIdHeaders = ['x-amz-request-id', 'x-oss-request-id', 'x-cos-request-id', 'x-kss-request-id', 'x-bce-request-id', 'x-reqid']

function requestIdOf(headers: ReceivedHeaders): string | undefined {
  for (const name of requestIdHeaders) {
    const id = header(headers, name)
    if (id !== undefined) return id
  }
  return undefined
}

function defined<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V })
}
