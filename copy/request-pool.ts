/** How many requests this process has in flight: one pool for all batches, so that no batch need know of another. */
import type { CallOptions } from '../storage/storage.ts'
import { makeTurnstile } from './turnstile.ts'

export interface RequestPool {
  /** Runs `call` once a place is free; callers are served in order. Fails `aborted` when the signal fires while waiting. */
  run<T>(call: () => Promise<T>, options?: CallOptions): Promise<T>
}

export function makeRequestPool(most = 64): RequestPool {
  const door = makeTurnstile((place, running) => running + place <= most)
  return {
    async run(call, options) {
      const place = await door.enter(() => 1, options)
      try {
        return await call()
      } finally {
        door.leave(place)
      }
    },
  }
}
