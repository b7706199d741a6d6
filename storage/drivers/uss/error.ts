import { StorageError, type AddressCodes, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { retryAfterMs } from '../../http/answer-words.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'

export interface Refusal {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** JSON of code, msg and id; nothing for HEAD. */
  readonly body: string
  /** What a 404 without words is about. */
  readonly about: 'file' | 'upload'
}

type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'scope' | 'addressCodes'>

const operator: AddressCodes = {
  source: 'SourceAddrUserDoesNotExist',
  destination: 'DestAddrUserDoesNotExist',
  advice: 'does not know the operator: correct it, or authorise it for the service',
}
const password: AddressCodes = {
  source: 'SourceAddrPasswordInvalid',
  destination: 'DestAddrPasswordInvalid',
  advice: "refuses the operator's password: correct it",
}
const service: AddressCodes = {
  source: 'SourceAddrServiceInvalid',
  destination: 'DestAddrServiceInvalid',
  advice: 'has no such service, or none that is in use: correct its name or put it in use',
}
const cdn: AddressCodes = {
  source: 'SourceAddrCdnInvalid',
  destination: 'DestAddrCdnInvalid',
  advice: 'cannot be read through its cdnDomain: correct it, or leave it out',
}

/** UPYUN's own codes, of which the first three digits are the status. Others of 403 find something wrong in the request. */
const meanings: Readonly<Record<number, Meaning>> = {
  40000006: 'checksum',
  40000030: 'key-unsupported',
  40011056: 'no-upload',
  40011057: 'key-unsupported',
  40011058: 'no-upload',
  40011059: 'checksum',
  40100002: 'clock-skew',
  40100005: { kind: 'bad-secret', addressCodes: password },
  40100006: { kind: 'bad-access-key', addressCodes: operator },
  40100007: { kind: 'forbidden', scope: 'address', addressCodes: operator },
  40100008: { kind: 'forbidden', scope: 'address', addressCodes: operator },
  40100009: { kind: 'bad-secret', addressCodes: password },
  40100010: { kind: 'forbidden', scope: 'address', addressCodes: service },
  40100011: { kind: 'forbidden', scope: 'address', addressCodes: service },
  40100012: { kind: 'no-bucket', addressCodes: service },
  40100013: { kind: 'forbidden', scope: 'address', addressCodes: service },
  40100014: { kind: 'no-bucket', addressCodes: service },
  40100015: { kind: 'forbidden', scope: 'address' },
  40100017: { kind: 'forbidden', scope: 'address' },
  40300001: 'key-unsupported',
  40300002: 'key-unsupported',
  40300003: 'key-unsupported',
  40300004: 'full',
  40300006: 'expired',
  40300007: 'checksum',
  40300009: 'too-large',
  40300011: 'forbidden',
  40300015: 'not-a-file',
  40300024: 'too-large',
  40300027: 'too-large',
  40300028: 'clock-skew',
  40600001: 'key-unsupported',
  40600002: 'key-unsupported',
}

const byStatus: Readonly<Record<number, Meaning>> = {
  400: 'invalid',
  401: 'forbidden',
  403: 'forbidden',
  406: 'key-unsupported',
  408: 'timeout',
  412: 'precondition',
  413: 'too-large',
  415: 'invalid',
  416: 'range',
  429: 'throttled',
}

/** What a refusal of the service means. Pure. */
export function toStorageError(refusal: Refusal, nowMs: number): StorageError {
  const { code, msg, id } = wordsOf(refusal.body)
  const { status, headers } = refusal
  const meaning = meaningOf(refusal, code)
  const requestId = id ?? header(headers, 'x-request-id')
  const waitMs = retryAfterMs(header(headers, 'retry-after'), nowMs)
  return new StorageError(msg ?? `The service answered ${status}.`, {
    ...(typeof meaning === 'string' ? { kind: meaning } : meaning),
    status,
    ...(code !== undefined && { code: String(code) }),
    ...(requestId !== undefined && { requestId }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
}

function meaningOf({ status, about }: Refusal, code: number | undefined): Meaning {
  const known = code === undefined ? undefined : meanings[code]
  if (known !== undefined) return known
  if (status === 403 && code !== undefined) return 'invalid'
  if (status === 404) return about === 'upload' ? 'no-upload' : 'not-found'
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'unexpected')
}

interface Words {
  readonly code?: number
  readonly msg?: string
  readonly id?: string
}

function wordsOf(body: string): Words {
  try {
    const { code, msg, id } = Object(JSON.parse(body)) as Readonly<Record<string, unknown>>
    return {
      ...(typeof code === 'number' && { code }),
      ...(typeof msg === 'string' && { msg }),
      ...(typeof id === 'string' && { id }),
    }
  } catch {
    return {}
  }
}

/** A read through the CDN that failed though the service itself has the file: its domain is not the right one, or shut. */
export function toCdnError(error: StorageError): StorageError {
  const { message, kind, status, retryable } = error
  const shut = kind === 'not-found' || kind === 'forbidden'
  return new StorageError(`Through the CDN: ${message}`, {
    kind: shut ? 'forbidden' : kind,
    scope: 'address',
    retryable,
    addressCodes: cdn,
    cause: error,
    ...(status !== undefined && { status }),
  })
}
