import { StorageError, type AddressCodes, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { retryAfterMs } from '../../http/answer-words.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { element } from '../../http/xml.ts'

/** An answer that is a refusal. */
export interface Refusal {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** XML, or nothing (HEAD). */
  readonly body: string
  /** What a refusal without a code is about. */
  readonly about: 'key' | 'container' | 'upload'
  /** The address's shared access signature is past its time, by our clock. */
  readonly sasExpired: boolean
}

type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'retryable' | 'scope' | 'addressCodes'>

const accountCodes: AddressCodes = { source: 'AzureSourceConnStrAccountInvalid', destination: 'AzureDestConnStrAccountInvalid' }
const containerCodes: AddressCodes = { source: 'AzureSourceAddrContainerInvalid', destination: 'AzureDestAddrContainerInvalid' }
const noAccount: Meaning = { kind: 'bad-access-key', addressCodes: accountCodes }
const noContainer: Meaning = { kind: 'no-bucket', addressCodes: containerCodes }
const wholeAddress: Meaning = { kind: 'forbidden', scope: 'address' }

/** Azure's own codes, as its reference lists them. */
const meanings: Readonly<Record<string, Meaning>> = {
  BlobNotFound: 'not-found',
  ContainerNotFound: noContainer,
  ContainerBeingDeleted: noContainer,
  ContainerDisabled: wholeAddress,
  // A blob or container that is missing has its own code: here nothing at all is seen, as of an account that is not served.
  ResourceNotFound: noAccount,
  AuthenticationFailed: 'bad-secret',
  InvalidAuthenticationInfo: 'bad-secret',
  NoAuthenticationInformation: 'bad-secret',
  AuthorizationFailure: 'forbidden',
  AuthorizationPermissionMismatch: 'forbidden',
  AuthorizationResourceTypeMismatch: 'forbidden',
  AuthorizationServiceMismatch: wholeAddress,
  AuthorizationProtocolMismatch: wholeAddress,
  AuthorizationSourceIPMismatch: wholeAddress,
  InsufficientAccountPermissions: 'forbidden',
  KeyBasedAuthenticationNotPermitted: wholeAddress,
  PublicAccessNotPermitted: wholeAddress,
  AccountIsDisabled: wholeAddress,
  LeaseIdMissing: 'forbidden',
  BlobImmutableDueToPolicy: 'forbidden',
  BlobAlreadyExists: 'precondition',
  ConditionNotMet: 'precondition',
  SourceConditionNotMet: 'precondition',
  TargetConditionNotMet: 'precondition',
  InvalidRange: 'range',
  ServerBusy: 'throttled',
  InternalError: 'unavailable',
  OperationTimedOut: 'unavailable',
  AccountBeingCreated: 'unavailable',
  Md5Mismatch: 'checksum',
  Crc64Mismatch: 'checksum',
  InvalidMd5: 'checksum',
  BlobArchived: 'archived',
  BlobBeingRehydrated: 'archived',
  RequestBodyTooLarge: 'too-large',
  ContentLengthLargerThanTierLimit: 'too-large',
  InvalidUri: 'key-unsupported',
  RequestUrlFailedToParse: 'key-unsupported',
  EmptyMetadataKey: 'metadata-unsupported',
  InvalidMetadata: 'metadata-unsupported',
  MetadataTooLarge: 'metadata-unsupported',
  InvalidTags: 'metadata-unsupported',
  TagsTooLarge: 'metadata-unsupported',
  DuplicateTagNames: 'metadata-unsupported',
  // Blocks that were there a moment ago went with another write of the key.
  InvalidBlockList: 'no-upload',
}

const byStatus: Readonly<Record<number, Meaning>> = {
  400: 'invalid',
  401: 'bad-secret',
  403: 'forbidden',
  408: 'timeout',
  409: 'invalid',
  411: 'invalid',
  412: 'precondition',
  413: 'too-large',
  416: 'range',
  429: 'throttled',
  501: 'invalid',
  503: 'throttled',
}

/** Azure hands on the status with which its reading of a copy's source was answered. */
const ofCopySource: Readonly<Record<number, Meaning>> = { 401: 'forbidden', 403: 'forbidden', 404: 'not-found', 412: 'precondition' }

const absent: Readonly<Record<Refusal['about'], Meaning>> = { key: 'not-found', container: noContainer, upload: 'no-upload' }

/** What a refusal means. Pure. The message is Azure's sentence, with nothing of the request in it. */
export function toStorageError(refusal: Refusal, nowMs: number): StorageError {
  const { status, headers, body } = refusal
  const code = element(body, 'Code') ?? header(headers, 'x-ms-error-code')
  const message = sentenceOf(element(body, 'Message')) ?? `Azure answered ${status}.`
  const meaning = meaningOf(refusal, code, message)
  const requestId = header(headers, 'x-ms-request-id')
  const afterMs = retryAfterMs(header(headers, 'retry-after'), nowMs)
  return new StorageError(message, {
    ...(typeof meaning === 'string' ? { kind: meaning } : meaning),
    status,
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
    ...(afterMs !== undefined && { retryAfterMs: afterMs }),
  })
}

function meaningOf(refusal: Refusal, code: string | undefined, message: string): Meaning {
  const { status, about } = refusal
  if (isUnknownCaller(code, message)) return callerFault(refusal)
  if (code === 'InvalidResourceName') return about === 'container' ? noContainer : 'key-unsupported'
  if (code === 'CannotVerifyCopySource') return ofCopySource[status] ?? (status >= 500 ? 'unavailable' : 'invalid')
  const meaning = code === undefined ? undefined : meanings[code]
  if (meaning !== undefined) return meaning
  if (status === 404) return absent[about]
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'unexpected')
}

/** Azurite says AuthorizationFailure where Azure says AuthenticationFailed, with the same words. */
function isUnknownCaller(code: string | undefined, message: string): boolean {
  return code === 'AuthenticationFailed' || (code === 'AuthorizationFailure' && /failed to authenticate/i.test(message))
}

/** One code for a wrong key, a signature past its time and a wrong clock: a detail in words tells them apart. */
function callerFault({ body, sasExpired }: Refusal): Meaning {
  const detail = element(body, 'AuthenticationErrorDetail') ?? ''
  if (/date header/i.test(detail)) return 'clock-skew'
  return sasExpired || /not valid in the specified time frame/i.test(detail) ? 'expired' : 'bad-secret'
}

/** Azure puts request id and time on lines of their own below its sentence. */
function sentenceOf(message: string | undefined): string | undefined {
  const [sentence] = message?.split(/\r?\n|\\n/) ?? []
  return sentence === '' ? undefined : sentence
}

/** An account that does not exist has no host. */
export function withAccountCodes(error: StorageError): StorageError {
  const { message, kind, code, cause } = error
  return code === 'ENOTFOUND' ? new StorageError(message, { kind, code, addressCodes: accountCodes, cause }) : error
}
