/**
 * How many reads a pace lets begin, and what each must have paid. A read pays for its first bytes before it begins and for the next
 * before it asks for them, so that no byte is taken before its token. What all reads have paid ahead is little: under a low limit
 * few reads are open, and none of them idles. Only where tokens are left over, because each read is slow, may more begin.
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
/** What may be paid ahead, in seconds of the limit. With what one read pays: a read for each 256 KiB a second. */
const windowSeconds = 0.25
const widestSeconds = 1
const leastAhead = 64 * KiB

type Tokens = Pick<Pace, 'limit' | 'hasSpare' | 'take' | 'tryTake'>

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
    const { limit, hasSpare } = this.#tokens
    return limit === null || inside === 0 || inside + cost <= limit * (hasSpare ? widestSeconds : windowSeconds)
  }

  #open(bytes: number, first: number): PacedRead {
    let paid = first
    let received = 0
    let ended = false
    return {
      arrived: (chunk, options) => {
        received += chunk
        this.#learn(chunk, received)
        const due = Math.max(received, Math.min(bytes, received + this.#ahead)) - paid
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

  #learn(chunk: number, received: number): void {
    this.#largest = Math.max(this.#largest, chunk)
    if (received >= MiB) this.#ahead = this.#largest
    this.#door.wake()
  }
}
