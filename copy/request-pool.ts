/** How many requests this process has in flight: one pool for all batches, so that no batch need know of another. */
import type { CallOptions } from '../storage/storage.ts'
import { makeTurnstile } from './turnstile.ts'

export interface RequestPool {
  readonly limit: number
  /** Runs `call` once a place is free; callers are served in order. Fails `aborted` when the signal fires while waiting. */
  run<T>(call: () => Promise<T>, options?: CallOptions): Promise<T>
  /** The store asked to go slower: halves the limit, at most once a second. */
  slowDown(): void
}

const recoverAfter = 200

export function makeRequestPool(most = 64, now: () => number = Date.now): RequestPool {
  let limit = most
  let successes = 0
  let slowedAt = -Infinity
  const door = makeTurnstile((place, running) => running + place <= limit)

  const succeed = () => {
    if (limit >= most || ++successes < recoverAfter) return
    successes = 0
    limit++
  }

  return {
    get limit() {
      return limit
    },
    async run(call, options) {
      const place = await door.enter(() => 1, options)
      try {
        const result = await call()
        succeed()
        return result
      } finally {
        door.leave(place)
      }
    },
    slowDown() {
      successes = 0
      if (now() - slowedAt < 1_000) return
      slowedAt = now()
      limit = Math.max(1, Math.floor(limit / 2))
    },
  }
}
