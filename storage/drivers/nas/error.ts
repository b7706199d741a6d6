import { getSystemErrorMap } from 'node:util'
import { StorageError, type StorageErrorDetails } from '../../error.ts'

type Meaning = Pick<StorageErrorDetails, 'kind' | 'scope' | 'retryable'>

/** What the operating system's codes mean. A missing root is told from a missing file by `folder.ts`. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: { kind: 'not-found' },
  EACCES: { kind: 'forbidden' },
  EPERM: { kind: 'forbidden' },
  EROFS: { kind: 'forbidden', scope: 'address' },
  ENOSPC: { kind: 'full' },
  EDQUOT: { kind: 'full' },
  EFBIG: { kind: 'too-large' },
  EEXIST: { kind: 'precondition' },
  ENOTDIR: { kind: 'not-a-file' },
  EISDIR: { kind: 'not-a-file' },
  ELOOP: { kind: 'not-a-file' },
  ENXIO: { kind: 'not-a-file' },
  ENOTEMPTY: { kind: 'not-a-file' },
  ENAMETOOLONG: { kind: 'key-unsupported' },
  EILSEQ: { kind: 'key-unsupported' },
  EINVAL: { kind: 'invalid' },
  EMFILE: { kind: 'throttled' },
  ENFILE: { kind: 'throttled' },
  ENOMEM: { kind: 'throttled' },
  EAGAIN: { kind: 'throttled' },
  EBUSY: { kind: 'unavailable', scope: 'file' },
  ETXTBSY: { kind: 'unavailable', scope: 'file' },
  EIO: { kind: 'unavailable' },
  ESTALE: { kind: 'unavailable' },
  EREMOTEIO: { kind: 'unavailable' },
  ENODEV: { kind: 'unavailable' },
  ENOTCONN: { kind: 'network' },
  ECONNRESET: { kind: 'network' },
  ECONNREFUSED: { kind: 'network' },
  ECONNABORTED: { kind: 'network' },
  EPIPE: { kind: 'network' },
  EHOSTDOWN: { kind: 'network' },
  EHOSTUNREACH: { kind: 'network' },
  ENETDOWN: { kind: 'network' },
  ENETUNREACH: { kind: 'network' },
  ETIMEDOUT: { kind: 'timeout' },
  ABORT_ERR: { kind: 'aborted' },
}

/** Pure. `subject` is the key or folder that was asked for. */
export function toStorageError(cause: unknown, subject: string): StorageError {
  if (cause instanceof StorageError) return cause
  const code = codeOf(cause)
  const meaning = (code === undefined ? undefined : meanings[code]) ?? { kind: 'unexpected' }
  return new StorageError(`${code ?? 'Error'}: ${wordsOf(cause)} (${subject})`, { ...meaning, ...(code && { code }), cause })
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const systemErrors = getSystemErrorMap()

/** Node's own messages repeat paths. */
function wordsOf(cause: unknown): string {
  const errno = cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number' ? cause.errno : 0
  const [, words] = systemErrors.get(errno) ?? []
  return words ?? (cause instanceof Error ? cause.message : String(cause))
}
