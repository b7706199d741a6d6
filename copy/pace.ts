/**
 * The pace at which this process may take a job's bytes from its source: one for all its batches. Tokens are granted in order, small
 * requests whole, large ones by turns. How old the allowance is, is looked at when a token is granted: a process that was frozen
 * or lost touch is granted nothing.
 */
import { burstOf, emptyBucket, grantable, refill, spend, waitMs } from '../model/flow/bucket.ts'
import { allowedAt, lasting, type Allowance, type Limit } from '../model/flow/limit.ts'
import type { Usage } from '../model/flow/share.ts'
import { whenAborted } from '../storage/cancel.ts'
import { aborted } from '../storage/retrying.ts'
import type { CallOptions } from '../storage/storage.ts'
import { ReadWindow, type PacedRead } from './read-window.ts'

interface Waiter {
  left: number
  /** What it may still get before others have their turn; 0: its turn has not begun. */
  turn: number
  given: number
  readonly grant: () => void
}

/** The same for all processes of a machine, and never put back. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

export class Pace {
  readonly #now: () => number
  readonly #waiting = new Set<Waiter>()
  readonly #window = new ReadWindow(this)
  #allowance: Allowance
  #bucket
  #taken = 0
  #waitedMs = 0
  #last
  #timer: NodeJS.Timeout | undefined

  /** `now`: the clock that allowances are meant in. */
  constructor(allowance: Allowance = lasting(null), now: () => number = monotonicMs) {
    this.#now = now
    this.#allowance = allowance
    this.#bucket = emptyBucket(now())
    this.#last = { atMs: this.#bucket.atMs, taken: 0, waitedMs: 0 }
  }

  get limit(): Limit {
    return allowedAt(this.#allowance, this.#now())
  }

  /** Tokens are left over: at least half of what the bucket holds. */
  get hasSpare(): boolean {
    const limit = this.#refill()
    return this.#waiting.size === 0 && this.#bucket.tokens >= burstOf(limit) / 2
  }

  /** Bytes granted since ever. */
  get taken(): number {
    return this.#taken
  }

  /** How the limit was used since this was last asked. */
  takeUsage(): Usage {
    this.#refill()
    const last = this.#last
    this.#last = { atMs: this.#bucket.atMs, taken: this.#taken, waitedMs: this.#waitedMs }
    const elapsedMs = Math.max(1, this.#bucket.atMs - last.atMs)
    return { bytesPerSecond: ((this.#taken - last.taken) * 1_000) / elapsedMs, waiting: Math.min(1, (this.#waitedMs - last.waitedMs) / elapsedMs) }
  }

  /** Counts from now on, also for those who wait. */
  set(allowance: Allowance): void {
    this.#refill()
    this.#allowance = allowance
    this.#serve()
    this.#window.wake()
  }

  /** Resolves once a read of so many bytes may begin. Fails `aborted` when the signal fires before. */
  begin(bytes: number, options?: CallOptions): Promise<PacedRead> {
    return this.#window.begin(bytes, options)
  }

  /** Takes all of `bytes` if that can be without waiting. */
  tryTake(bytes: number): boolean {
    const limit = this.#refill()
    if (this.#waiting.size > 0 || (limit !== null && grantable(this.#bucket, bytes) < bytes)) return false
    this.#spend(bytes, limit)
    return true
  }

  /** Resolves once all of `bytes` are granted. Fails `aborted` when the signal fires before: what was granted is given back. */
  take(bytes: number, { signal }: CallOptions = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(aborted())
    if (bytes === 0 || this.tryTake(bytes)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#forget(waiter)
        reject(aborted())
      }
      const grant = () => {
        forget?.()
        resolve()
      }
      const waiter: Waiter = { left: bytes, turn: 0, given: 0, grant }
      const forget = signal && whenAborted(signal, giveUp)
      this.#waiting.add(waiter)
      if (this.#waiting.size === 1) this.#serve()
    })
  }

  #refill(): Limit {
    const { limit } = this
    const { atMs } = this.#bucket
    this.#bucket = refill(this.#bucket, limit, this.#now())
    if (this.#waiting.size > 0) this.#waitedMs += this.#bucket.atMs - atMs
    return limit
  }

  #spend(bytes: number, limit: Limit): void {
    this.#taken += bytes
    if (limit !== null) this.#bucket = spend(this.#bucket, bytes)
  }

  #forget(waiter: Waiter): void {
    this.#waiting.delete(waiter)
    this.#spend(-waiter.given, this.#refill())
    this.#serve()
  }

  #serve(): void {
    clearTimeout(this.#timer)
    const limit = this.#refill()
    for (const waiter of this.#waiting) {
      waiter.turn ||= turnOf(limit)
      const due = limit === null ? waiter.left : Math.min(waiter.left, waiter.turn)
      const slice = limit === null ? due : grantable(this.#bucket, due)
      this.#give(waiter, slice, limit)
      if (slice < due) return this.#lookAgain(waiter, limit ?? 0)
      this.#endTurn(waiter)
    }
  }

  #give(waiter: Waiter, slice: number, limit: Limit): void {
    this.#spend(slice, limit)
    waiter.given += slice
    waiter.left -= slice
    waiter.turn -= slice
  }

  #endTurn(waiter: Waiter): void {
    this.#waiting.delete(waiter)
    if (waiter.left === 0) return waiter.grant()
    waiter.turn = 0
    this.#waiting.add(waiter)
  }

  /** Where nothing flows only `set` can help: no timer then. */
  #lookAgain({ left, turn }: Waiter, bytesPerSecond: number): void {
    if (bytesPerSecond > 0) this.#timer = setTimeout(() => this.#serve(), waitMs(this.#bucket, bytesPerSecond, Math.min(left, turn)))
  }
}

/** A turn is what the bucket holds. */
const turnOf = (limit: Limit): number => Math.max(1, Math.floor(burstOf(limit)))
