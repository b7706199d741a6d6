import { backoffMs, type Backoff } from '../../model/backoff.ts'
import { mayTryAgain, noTries, withFailure } from '../../model/tries.ts'
import { isStorageError, type StorageError } from '../error.ts'
import { askedWaitMs } from '../retrying.ts'
import type { Storage } from '../storage.ts'
import { intercept, type Operation } from './intercept.ts'
import { pause } from './pause.ts'

export interface RetryOptions {
  /** Calls in all. */
  readonly tries?: number
  /** A store that asks for more than the longest wait is left to whoever called, unless it asks to go slower. */
  readonly backoff?: Backoff
  readonly random?: () => number
  /** A store that asks to go slower is heeded for so long; then it is for whoever called to come again. */
  readonly patienceMs?: number
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  readonly now?: () => number
}

/** Those without a body whose second call does no more than the first. Reads are repeated by the copy engine, by the piece. */
const repeatable: ReadonlySet<Operation> = new Set(['list', 'head', 'delete', 'listParts', 'abort', 'listUploads', 'restore', 'getTags', 'getAcl'])

const usual: Backoff = { firstMs: 200, maxMs: 15_000 }
const usualPatienceMs = 60_000

/** Repeats what may succeed when it is repeated, after growing, random waits or the one that the store asked for. */
export function withRetry(inner: Storage, options: RetryOptions = {}): Storage {
  const { tries: most = 4, patienceMs = usualPatienceMs, wait = pause, now = () => performance.now() } = options
  const again = async <T>(signal: AbortSignal | undefined, next: () => Promise<T>): Promise<T> => {
    const untilMs = now() + patienceMs
    let tries = noTries
    for (let attempt = 1; ; attempt++) {
      try {
        return await next()
      } catch (error) {
        if (!isStorageError(error)) throw error
        tries = withFailure(tries, error)
        if (!error.retryable || !mayTryAgain(tries, most) || now() >= untilMs) throw error
        const ms = waitAfter(error, attempt, options)
        if (ms === undefined) throw error
        await wait(ms, signal)
      }
    }
  }
  return intercept(inner, ({ operation, signal }, next) => (repeatable.has(operation) ? again(signal, next) : next()))
}

/** Undefined: not again. */
function waitAfter(error: StorageError, attempt: number, { backoff = usual, random = Math.random }: RetryOptions): number | undefined {
  const askedMs = askedWaitMs(error) ?? 0
  return askedMs > backoff.maxMs ? undefined : backoffMs(attempt, random(), backoff, askedMs)
}
