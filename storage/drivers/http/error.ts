import { StorageError, type AddressCodes, type StorageErrorDetails, type StorageErrorKind } from '../../error.ts'
import { retryAfterMs } from '../../http/answer-words.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'

type Meaning = StorageErrorKind | Pick<StorageErrorDetails, 'kind' | 'scope'>

const meanings: Readonly<Record<number, Meaning>> = {
  401: 'forbidden',
  402: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  407: { kind: 'forbidden', scope: 'address' },
  408: 'timeout',
  410: 'not-found',
  412: 'precondition',
  416: 'range',
  429: 'throttled',
  451: 'forbidden',
  503: 'throttled',
}

/** What a server's refusal means. Pure. `place` is the URL without its query, which may hold a signature. */
export function toStorageError(status: number, headers: ReceivedHeaders, place: string, nowMs: number): StorageError {
  const meaning = meanings[status] ?? (status >= 500 ? 'unavailable' : status >= 400 ? 'invalid' : 'unexpected')
  const waitMs = retryAfterMs(header(headers, 'retry-after'), nowMs)
  return new StorageError(`${place} answered ${status}.`, {
    ...(typeof meaning === 'string' ? { kind: meaning } : meaning),
    status,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
}

const both = (code: AddressCodes['source'], advice: string): AddressCodes => ({ source: code, destination: code, advice })

const listCodes = {
  missing: both('SourceAddrListFilePathNotExist', 'has no list there: correct the path or put the list in its place'),
  bad: both('SourceAddrBadHttpListFormat', 'has a list that cannot be used: correct it'),
  changed: both('SourceAddrBadHttpListFormat', 'had its list changed while it was read: start the job anew'),
  unreachable: both('SourceAddrCannotConnectUrl', 'lists URLs that cannot be reached: look at them and the network between'),
} as const

/** What is wrong with a list as a whole. */
export function listFault(fault: keyof typeof listCodes, message: string, details: StorageErrorDetails = { kind: 'invalid' }): StorageError {
  return new StorageError(message, { ...details, scope: 'address', addressCodes: listCodes[fault] })
}

/** Why a list's own place cannot be read: its codes say so where nothing is there. */
export function toListError(error: unknown, label: string): unknown {
  if (error instanceof StorageError) return error.kind === 'not-found' ? listFault('missing', error.message, { kind: 'not-found' }) : error
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return listFault('missing', `${label}: ${code}.`, { kind: 'not-found', code })
  return listFault('missing', `${label}: ${code}.`, { kind: code === 'EACCES' ? 'forbidden' : 'unexpected', code })
}
