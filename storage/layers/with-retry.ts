import { backoffMs, type Backoff } from '../../model/backoff.ts'
import { isStorageError } from '../error.ts'
import type { Storage } from '../storage.ts'
import { intercept, type Operation } from './intercept.ts'
import { pause } from './pause.ts'

export interface RetryOptions {
  /** Calls in all. */
  readonly tries?: number
  /** A store that asks for more than the longest wait is left to whoever called. */
  readonly backoff?: Backoff
  readonly random?: () => number
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
}

/** Those without a body whose second call does no more than the first. Reads are repeated by the copy engine, by the piece. */
const repeatable: ReadonlySet<Operation> = new Set(['list', 'head', 'delete', 'listParts', 'abort', 'listUploads', 'restore', 'getTags', 'getAcl'])

const usual: Backoff = { firstMs: 200, maxMs: 15_000 }

/** Repeats what may succeed when it is repeated, after growing, random waits or the one that the store asked for. */
export function withRetry(inner: Storage, options: RetryOptions = {}): Storage {
  const { tries = 4, wait = pause } = options
  return intercept(inner, async ({ operation, signal }, next) => {
    for (let failed = 1; ; failed++) {
      try {
        return await next()
      } catch (error) {
        const ms = repeatable.has(operation) && failed < tries ? waitAfter(error, failed, options) : undefined
        if (ms === undefined) throw error
        await wait(ms, signal)
      }
    }
  })
}

/** Undefined: not again. */
function waitAfter(error: unknown, failed: number, { backoff = usual, random = Math.random }: RetryOptions): number | undefined {
  if (!isStorageError(error) || !error.retryable || (error.retryAfterMs ?? 0) > backoff.maxMs) return undefined
  return backoffMs(failed, random(), backoff, error.retryAfterMs)
}
