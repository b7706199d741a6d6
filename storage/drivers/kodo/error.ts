import { StorageError, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'

export interface Refusal {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** `{"error": words}`, or nothing. */
  readonly body: string
}

type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'scope'>

/** KODO's own status codes beside HTTP's. */
const meanings: Readonly<Record<number, Meaning>> = {
  400: 'invalid',
  401: 'bad-secret',
  403: 'forbidden',
  404: 'not-found',
  405: 'invalid',
  412: 'precondition',
  416: 'range',
  419: { kind: 'forbidden', scope: 'address' },
  429: 'throttled',
  503: 'throttled',
  573: 'throttled',
  612: 'not-found',
  631: 'no-bucket',
  640: 'invalid',
}

/** What a refusal of KODO's native API or of a download domain means. Pure. */
export function toStorageError({ status, headers, body }: Refusal): StorageError {
  const words = errorWords(body) ?? `The store answered ${status}.`
  const meaning = byWords(words) ?? meanings[status] ?? (status >= 500 ? 'unavailable' : 'unexpected')
  const requestId = header(headers, 'x-reqid')
  return new StorageError(words, {
    ...(typeof meaning === 'string' ? { kind: meaning } : meaning),
    status,
    code: String(status),
    ...(requestId !== undefined && { requestId }),
  })
}

/** 401 and 403 mean several things. */
function byWords(words: string): StorageErrorKind | undefined {
  if (/access ?key\b.*(not found|not exist)|no such (app|access ?key)/i.test(words)) return 'bad-access-key'
  if (/time too skewed|token out of date|expired/i.test(words)) return 'clock-skew'
  return undefined
}

function errorWords(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    const words = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined
    return typeof words === 'string' && words !== '' ? words : undefined
  } catch {
    return undefined
  }
}
