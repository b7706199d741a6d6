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
  /** No more bytes should be asked for at a time: systems take them in before they are paid for. */
  readonly mostAtOnce: number
  /** Lets another read begin. Ending twice is harmless. */
  end(): void
}

const KiB = 1024
const MiB = 1024 * KiB
/** What may be paid ahead, in seconds of the limit; the latter where tokens are left over. */
const windowSeconds = 0.25
const widestSeconds = 2
const leastAhead = 64 * KiB
/** Systems take in so much of a long read before anybody asks for it: it is paid as far as the limit lets that be soon, by all reads together. */
const mostAhead = 4 * MiB
const leastAtOnce = 256 * KiB
const aheadSeconds = 0.5

type Tokens = Pick<Pace, 'limit' | 'hasSpare' | 'take' | 'tryTake'>

export class ReadWindow {
  readonly #tokens: Tokens
  readonly #door = makeTurnstile((cost, inside) => this.#fits(cost, inside))
  /** The largest chunk that the source hands out: a guess until a MiB of one object was seen. */
  #chunk = MiB
  #largest = leastAhead
  #reads = 0

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

  get #ahead(): number {
    return Math.max(this.#chunk, Math.min(mostAhead, ((this.#tokens.limit ?? Infinity) * aheadSeconds) / Math.max(1, this.#reads)))
  }

  #fits(cost: number, inside: number): boolean {
    const { limit, hasSpare } = this.#tokens
    return limit === null || inside === 0 || inside + cost <= limit * (hasSpare ? widestSeconds : windowSeconds)
  }

  #open(bytes: number, first: number): PacedRead {
    let paid = first
    let received = 0
    let ended = false
    this.#reads += 1
    const tokens = this.#tokens
    return {
      get mostAtOnce() {
        return tokens.limit === null ? Infinity : Math.max(leastAtOnce, Math.floor(tokens.limit * aheadSeconds))
      },
      arrived: (chunk, options) => {
        received += chunk
        this.#learn(chunk, received)
        const due = Math.max(received, Math.min(bytes, received + this.#ahead)) - paid
        if (due <= 0) return undefined
        paid += due
        return this.#tokens.tryTake(due) ? undefined : this.#tokens.take(due, options)
      },
      end: () => {
        if (ended) return
        ended = true
        this.#reads -= 1
        this.#door.leave(first)
      },
    }
  }

  #learn(chunk: number, received: number): void {
    this.#largest = Math.max(this.#largest, chunk)
    if (received >= MiB) this.#chunk = this.#largest
    this.#door.wake()
  }
}
