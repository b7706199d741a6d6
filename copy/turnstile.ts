/** A door to what there is only so much of. Who waits goes through in order; who gives up is forgotten. */
import { whenAborted } from '../storage/cancel.ts'
import { aborted } from '../storage/retrying.ts'
import type { CallOptions } from '../storage/storage.ts'

export interface Turnstile {
  /** What those inside cost together. */
  readonly inside: number
  /** How many wait. */
  readonly waiting: number
  /** `cost` is asked each time there may be room; resolves with what it came to. Fails `aborted` when the signal fires before. */
  enter(cost: () => number, options?: CallOptions): Promise<number>
  leave(cost: number): void
  /** There may be more room than before. */
  wake(): void
}

interface Waiter {
  readonly cost: () => number
  readonly start: (cost: number) => void
}

/** `fits`: whether somebody who costs so much may join those inside, who cost `inside` together. */
export function makeTurnstile(fits: (cost: number, inside: number) => boolean): Turnstile {
  const waiting = new Set<Waiter>()
  let inside = 0
  const wake = () => {
    for (const waiter of waiting) {
      const cost = waiter.cost()
      if (!fits(cost, inside)) return
      waiting.delete(waiter)
      inside += cost
      waiter.start(cost)
    }
  }
  const enter: Turnstile['enter'] = (cost, { signal } = {}) => {
    if (signal?.aborted) return Promise.reject(aborted())
    const asked = cost()
    if (waiting.size === 0 && fits(asked, inside)) {
      inside += asked
      return Promise.resolve(asked)
    }
    return new Promise((resolve, reject) => {
      const start = (paid: number) => {
        forget?.()
        resolve(paid)
      }
      const giveUp = () => {
        waiting.delete(waiter)
        wake()
        reject(aborted())
      }
      const waiter: Waiter = { cost, start }
      const forget = signal && whenAborted(signal, giveUp)
      waiting.add(waiter)
      wake()
    })
  }
  const leave = (cost: number) => {
    inside -= cost
    wake()
  }
  return {
    enter, leave, wake,
    get inside() {
      return inside
    },
    get waiting() {
      return waiting.size
    },
  }
}
