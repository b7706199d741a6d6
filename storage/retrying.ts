/** Repeats what failed in a way that may pass: for calls with a body and for reads, which `layers/with-retry.ts` leaves alone. */
import { backoffMs, pieceBackoff } from '../model/backoff.ts'
import { mayTryAgain, noTries, withFailure } from '../model/tries.ts'
import { isStorageError, StorageError } from './error.ts'
import { pause } from './layers/pause.ts'
import type { CallOptions } from './storage.ts'

export { pause }

/** A store that asks to go slower is heeded for so long. */
const patienceMs = 120_000

/** Runs `call` until it succeeds, fails for good, or has been tried often enough. Fails `aborted` once the signal fires. */
export async function retrying<T>(call: () => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
  const untilMs = performance.now() + patienceMs
  let tries = noTries
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!isStorageError(error)) throw error
      tries = withFailure(tries, error)
      if (!error.retryable || !mayTryAgain(tries) || performance.now() >= untilMs) throw error
      await pause(backoffMs(attempt, Math.random(), pieceBackoff, askedWaitMs(error)), signal)
    }
  }
}

/** How long a store that asks to go slower is left alone is seen to by the turns of its calls. */
export const askedWaitMs = ({ kind, retryAfterMs }: StorageError): number | undefined => (kind === 'throttled' ? undefined : retryAfterMs)

export const aborted = (): StorageError => new StorageError('The work was stopped.', { kind: 'aborted' })
