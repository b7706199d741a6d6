/** Why one file cannot be copied, and at which end. What the engine itself finds has no `storage`. */
import type { FileErrorCode } from '../model/codes.ts'
import { isStorageError, type StorageError } from '../storage/error.ts'
import { fileError, type Side } from '../storage/file-error.ts'

export class CopyFault extends Error {
  override readonly name = 'CopyFault'
  readonly code: FileErrorCode
  readonly side: Side
  readonly storage: StorageError | undefined

  constructor(code: FileErrorCode, description: string, side: Side, storage?: StorageError) {
    super(description, { cause: storage })
    this.code = code
    this.side = side
    this.storage = storage
  }
}

export const isCopyFault = (error: unknown, code?: FileErrorCode): error is CopyFault =>
  error instanceof CopyFault && (code === undefined || error.code === code)

/** Says at which end a call failed. `aborted` stays what it is: nothing is blamed for it. */
export const atSource = <T>(call: Promise<T>): Promise<T> => call.catch((error: unknown) => rethrow(error, 'source'))
export const atDestination = <T>(call: Promise<T>): Promise<T> => call.catch((error: unknown) => rethrow(error, 'destination'))

function rethrow(error: unknown, side: Side): never {
  if (!isStorageError(error) || error.kind === 'aborted') throw error
  const { code, description } = fileError(error, side)
  throw new CopyFault(code, description, side, error)
}
