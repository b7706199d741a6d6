/** Repeats what failed in a way that may pass: for calls with a body and for reads, which `layers/with-retry.ts` leaves alone. */
import { backoffMs, pieceBackoff } from '../model/backoff.ts'
import { isStorageError, StorageError } from './error.ts'
import { pause } from './layers/pause.ts'
import type { CallOptions } from './storage.ts'

export { pause }
export const maxTries = 5

/** Runs `call` until it succeeds, fails for good, or has failed `maxTries` times. Fails `aborted` once the signal fires. */
export async function retrying<T>(call: () => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await call()
    } catch (error) {
      if (!isStorageError(error) || !error.retryable || failed >= maxTries) throw error
      await pause(backoffMs(failed, Math.random(), pieceBackoff, error.retryAfterMs), signal)
    }
  }
}

export const aborted = (): StorageError => new StorageError('The work was stopped.', { kind: 'aborted' })
