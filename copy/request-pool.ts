/** How many requests this process has in flight: one pool for all batches, so that no batch need know of another. */
import { aborted } from '../storage/retrying.ts'
import type { CallOptions } from '../storage/storage.ts'

export interface RequestPool {
  readonly limit: number
  /** Runs `call` once a place is free; callers are served in order. Fails `aborted` when the signal fires while waiting. */
  run<T>(call: () => Promise<T>, options?: CallOptions): Promise<T>
  /** The store asked to go slower: halves the limit, at most once a second. */
  slowDown(): void
}

const recoverAfter = 200

export function makeRequestPool(most = 64, now: () => number = Date.now): RequestPool {
  const waiting: { readonly start: () => void }[] = []
  let limit = most
  let running = 0
  let successes = 0
  let slowedAt = -Infinity

  const wake = () => {
    while (running < limit && waiting.length > 0) {
      running++
      waiting.shift()?.start()
    }
  }
  const succeed = () => {
    if (limit >= most || ++successes < recoverAfter) return
    successes = 0
    limit++
  }

  return {
    get limit() {
      return limit
    },
    async run(call, { signal } = {}) {
      await place(signal)
      try {
        const result = await call()
        succeed()
        return result
      } finally {
        running--
        wake()
      }
    },
    slowDown() {
      successes = 0
      if (now() - slowedAt < 1_000) return
      slowedAt = now()
      limit = Math.max(1, Math.floor(limit / 2))
    },
  }

  function place(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(aborted())
    return new Promise((resolve, reject) => {
      const waiter = { start }
      const onAbort = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(aborted())
      }
      function start() {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiting.push(waiter)
      wake()
    })
  }
}
