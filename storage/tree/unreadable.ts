import { StorageError, type AddressCodes, type StorageErrorKind } from '../error.ts'

const readDir: AddressCodes = {
  source: 'SourceReadDirFailed',
  destination: 'DestReadDirFailed',
  advice: 'has a folder that cannot be read: let the worker list it, or look at what the share is on',
}
/** Of the folder; others are of the way to it. */
const ofFolder: ReadonlySet<StorageErrorKind> = new Set(['forbidden', 'unavailable', 'invalid', 'unexpected'])

/** A fault of reading a directory, with the codes that an address has for that. */
export function asUnreadable(error: StorageError): StorageError {
  if (!ofFolder.has(error.kind)) return error
  const { message, kind, retryable, scope, code, cause } = error
  return new StorageError(message, { kind, retryable, scope, ...(code !== undefined && { code }), addressCodes: readDir, cause })
}
