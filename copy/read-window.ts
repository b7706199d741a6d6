/**
 * How many reads a pace lets begin, and what each must have paid. A read pays for its first bytes before it begins and for the next
 * before it asks for them, so that no byte is taken before its token. What all reads have paid ahead is at most half a second's
 * tokens: under a low limit few reads are open, and none of them idles.
 */
import type { CallOptions } from '../storage/storage.ts'
import type { Pace } from './pace.ts'
import { makeTurnstile } from './turnstile.ts'

export interface PacedRead {
  /** Notes bytes that came. Where it gives a promise, no more may be asked for before that settles; it may fail `aborted`. */
  arrived(bytes: number, options?: CallOptions): void | Promise<void>
  /** Lets another read begin. Ending twice is harmless. */
  end(): void
}

const KiB = 1024
const MiB = 1024 * KiB
const windowSeconds = 0.5
/** With the window: one read for each 256 KiB a second of the limit. */
const leastAhead = 128 * KiB

type Tokens = Pick<Pace, 'limit' | 'take' | 'tryTake'>

export class ReadWindow {
  readonly #tokens: Tokens
  readonly #door = makeTurnstile((cost, inside) => this.#fits(cost, inside))
  /** The largest chunk that the source hands out: a guess until a MiB of one object was seen. */
  #ahead = MiB
  #largest = leastAhead

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  async begin(bytes: number, options?: CallOptions): Promise<PacedRead> {
    const first = await this.#door.enter(() => Math.max(1, Math.min(bytes, this.#ahead)), options)
    try {
      await this.#tokens.take(first, options)
    } catch (error) {
      this.#door.leave(first)
      throw error
    }
    return this.#open(bytes, first)
  }

  /** The limit may be another than before. */
  wake(): void {
    this.#door.wake()
  }

  #fits(cost: number, inside: number): boolean {
    const { limit } = this.#tokens
    return limit === null || inside === 0 || inside + cost <= limit * windowSeconds
  }

  #open(bytes: number, first: number): PacedRead {
    let paid = first
    let received = 0
    let ended = false
    return {
      arrived: (chunk, options) => {
        received += chunk
        const due = Math.max(received, Math.min(bytes, received + this.#aheadOf(chunk, received))) - paid
        if (due <= 0) return undefined
        paid += due
        return this.#tokens.tryTake(due) ? undefined : this.#tokens.take(due, options)
      },
      end: () => {
        if (!ended) this.#door.leave(first)
        ended = true
      },
    }
  }

  #aheadOf(chunk: number, received: number): number {
    this.#largest = Math.max(this.#largest, chunk)
    if (received >= MiB && this.#ahead !== this.#largest) {
      this.#ahead = this.#largest
      this.#door.wake()
    }
    return this.#ahead
  }
}
