import { isStorageError, StorageError, type StorageErrorKind } from '../error.ts'

const timeouts: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])
const endings: ReadonlySet<string> = new Set(['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_SOCKET'])

/**
 * What a failure below HTTP means. `inBody`: the answer had begun, so a connection that ends is a body that ends early. Pure.
 */
export function toNetworkError(error: unknown, inBody: boolean): StorageError {
  if (isStorageError(error)) return error
  const code = codeOf(error)
  return new StorageError(messageOf(error), { kind: kindOf(code, inBody), ...(code && { code }), cause: error })
}

function kindOf(code: string | undefined, inBody: boolean): StorageErrorKind {
  if (code === undefined) return 'network'
  if (timeouts.has(code)) return 'timeout'
  if (inBody && (endings.has(code) || code.startsWith('HPE_'))) return 'premature-end'
  if (code === 'UND_ERR_INVALID_ARG') return 'invalid'
  return 'network'
}

/** A failed connection to a name with several addresses is an AggregateError without words. */
function rootOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
}

function codeOf(error: unknown): string | undefined {
  const root = rootOf(error)
  return root instanceof Error && 'code' in root && typeof root.code === 'string' ? root.code : undefined
}

function messageOf(error: unknown): string {
  const root = rootOf(error)
  return root instanceof Error && root.message !== '' ? root.message : 'The connection failed.'
}
