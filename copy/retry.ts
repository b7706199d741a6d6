/** Repeats what failed in a way that may pass: for calls with a body, which no layer below repeats. */
import { backoffMs, pieceBackoff } from '../model/backoff.ts'
import { isStorageError, StorageError } from '../storage/error.ts'
import type { CallOptions } from '../storage/storage.ts'

export const maxTries = 5

/** Runs `call` until it succeeds, fails for good, or has failed `maxTries` times. Fails `aborted` once the signal fires. */
export async function retrying<T>(call: () => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!isStorageError(error) || !error.retryable || attempt >= maxTries) throw error
      await pause(backoffMs(attempt, Math.random(), pieceBackoff, error.retryAfterMs), { signal })
    }
  }
}

/** Waits; fails `aborted` as soon as the signal fires. */
export function pause(ms: number, { signal }: CallOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(settle, ms)
    const onAbort = () => {
      clearTimeout(timer)
      reject(aborted())
    }
    function settle() {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

export const aborted = (): StorageError => new StorageError('The work was stopped.', { kind: 'aborted' })
