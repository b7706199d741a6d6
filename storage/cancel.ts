import { StorageError } from './error.ts'

/** For calls that cannot be called off: the signal is looked at between them. */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StorageError('The caller gave up.', { kind: 'aborted' })
}
