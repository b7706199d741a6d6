/** How many requests this process has in flight: one pool for all batches, so that no batch need know of another. */
import { climb, startClimb, type Climb } from './climb.ts'
import type { CallOptions } from '../storage/storage.ts'
import { makeTurnstile } from './turnstile.ts'

export interface RequestPool {
  /** Runs `call` once a place is free; callers are served in order. Fails `aborted` when the signal fires while waiting. */
  run<T>(call: () => Promise<T>, options?: CallOptions): Promise<T>
}

const windowMs = 2_000
/** A window lasts until so many requests have ended in each place. */
const endedInEach = 4

/** With `places` places; absent: with as many as are of use. */
export function makeRequestPool(places?: number, now = Date.now): RequestPool {
  let state: Climb = startClimb(places)
  let [beganMs, ended, waited] = [now(), 0, 0]
  const door = makeTurnstile((place, running) => running + place <= state.places)

  const count = (): void => {
    ended += 1
    if (door.waiting > 0) waited += 1
    const ms = now() - beganMs
    if (ms < windowMs || ended < endedInEach * state.places) return
    state = climb(state, { ended, ms, full: waited === ended })
    ;[beganMs, ended, waited] = [now(), 0, 0]
  }
  return {
    async run(call, options) {
      const place = await door.enter(() => 1, options)
      try {
        return await call()
      } finally {
        if (places === undefined) count()
        door.leave(place)
      }
    },
  }
}
