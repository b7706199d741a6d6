/**
 * When the calls of one address may begin in this process: evenly spaced where there is a limit, and slower once the store asked for
 * less. In order; who gives up is forgotten. Without either nobody waits.
 */
import { isSlowed, longestHoldMs, notSlowed, rateAt, refuse } from '../../model/slow-down.ts'
import { whenAborted } from '../cancel.ts'
import { StorageError } from '../error.ts'
import { aborted } from '../retrying.ts'
import type { CallOptions, Turns } from '../storage.ts'

export interface TurnsOptions {
  /** Calls a second. Default: any number. */
  readonly most?: number
  readonly now?: () => number
}

interface Lane {
  readonly waiting: Set<() => void>
  /** When the next turn is. */
  nextMs: number
}

/** A late timer may be made up for by so much. */
const lateMs = 50
const measuredMs = 250
/** Calls that are on their way when the store is asked less from now on still meet it at the old rate: for so long at most. */
const drainMs = 2_000
/** A store that answered nothing else for so long is at fault. */
const hopelessMs = 600_000
/** Refusals further apart are not one. */
const apartMs = longestHoldMs + 60_000

export class RequestTurns implements Turns {
  readonly #most: number
  readonly #now: () => number
  readonly #calls: Lane = { waiting: new Set(), nextMs: -Infinity }
  readonly #rooms: Lane = { waiting: new Set(), nextMs: -Infinity }
  #slow = notSlowed
  #timer: NodeJS.Timeout | undefined
  #begun = { sinceMs: -Infinity, count: 0, before: 0 }
  #inFlight = 0
  /** Of the calls in flight, those that began before the last cut. */
  #draining = 0
  #answeredMs = -Infinity
  #refused: { readonly sinceMs: number; readonly lastMs: number } | undefined

  constructor({ most = Infinity, now = () => performance.now() }: TurnsOptions = {}) {
    this.#most = most
    this.#now = now
  }

  get slowed(): boolean {
    return isSlowed(this.#slow, this.#now())
  }

  /** Undefined: a call may begin at once. Fails `aborted`. */
  begin(options?: CallOptions): Promise<void> | undefined {
    return this.#enter(this.#calls, options)
  }

  room(options?: CallOptions): Promise<void> | undefined {
    return this.#enter(this.#rooms, options)
  }

  /** A call begins. Returns when. */
  began(): number {
    const nowMs = this.#now()
    this.#inFlight++
    const { sinceMs, count } = this.#begun
    if (nowMs < sinceMs + measuredMs) this.#begun.count++
    else this.#begun = { sinceMs: nowMs, count: 1, before: nowMs < sinceMs + 2 * measuredMs ? count : 0 }
    return nowMs
  }

  /** The call that began then is over. */
  ended(startedMs: number): void {
    this.#inFlight--
    if (startedMs <= this.#slow.cutAtMs) this.#draining--
  }

  /** The store answered a call, with what it was asked for or with a failure of its own. */
  answered(): void {
    this.#answeredMs = this.#now()
    this.#refused = undefined
  }

  /**
   * The store asked to go slower. The error to go on with: where nothing else was answered meanwhile, every other call fails alike,
   * and after long enough it is no use to go on.
   */
  refused(error: StorageError, startedMs: number): StorageError {
    const nowMs = this.#now()
    const before = this.#slow
    const isEarly = this.#draining > 0 && nowMs < before.cutAtMs + drainMs
    const sentMs = isEarly ? before.cutAtMs : startedMs
    this.#slow = refuse(before, { startedMs: sentMs, nowMs, usedPerSecond: this.#usedPerSecond(nowMs), retryAfterMs: error.retryAfterMs })
    if (this.#slow.cutAtMs > before.cutAtMs) this.#draining = this.#inFlight
    const last = this.#refused
    this.#refused = { sinceMs: last && nowMs < last.lastMs + apartMs ? last.sinceMs : nowMs, lastMs: nowMs }
    if (this.#answeredMs > startedMs) return error
    const isHopeless = nowMs >= this.#refused.sinceMs + hopelessMs
    return new StorageError(error.message, { ...error, cause: error.cause, scope: 'address', retryable: !isHopeless })
  }

  #usedPerSecond(nowMs: number): number {
    const { sinceMs, count, before } = this.#begun
    const passed = Math.min(1, (nowMs - sinceMs) / measuredMs)
    return (count + before * (1 - passed)) * (1_000 / measuredMs)
  }

  #enter(lane: Lane, { signal }: CallOptions = {}): Promise<void> | undefined {
    const nowMs = this.#now()
    if (lane.waiting.size === 0) {
      lane.nextMs = Math.max(lane.nextMs, nowMs)
      if (this.#pass(lane, nowMs)) return undefined
    }
    if (signal?.aborted) return Promise.reject(aborted())
    return new Promise((resolve, reject) => {
      const go = () => {
        forget?.()
        resolve()
      }
      const giveUp = () => {
        lane.waiting.delete(go)
        this.#serve()
        reject(aborted())
      }
      const forget = signal && whenAborted(signal, giveUp)
      lane.waiting.add(go)
      this.#serve()
    })
  }

  /** Takes the lane's next turn, if that is now. */
  #pass(lane: Lane, nowMs: number): boolean {
    const turnMs = this.#turnOf(lane)
    if (turnMs > nowMs || (lane === this.#rooms && this.#calls.waiting.size > 0)) return false
    lane.nextMs = Math.max(turnMs, nowMs - lateMs) + 1_000 / Math.min(this.#most, rateAt(this.#slow, nowMs))
    return true
  }

  #turnOf = ({ nextMs }: Lane): number => Math.max(nextMs, this.#slow.heldUntilMs)

  #serve(): void {
    clearTimeout(this.#timer)
    const nowMs = this.#now()
    for (const lane of [this.#calls, this.#rooms]) {
      for (const go of lane.waiting) {
        if (!this.#pass(lane, nowMs)) break
        lane.waiting.delete(go)
        go()
      }
    }
    const lane = [this.#calls, this.#rooms].find(({ waiting }) => waiting.size > 0)
    if (lane) this.#timer = setTimeout(() => this.#serve(), Math.max(1, Math.ceil(this.#turnOf(lane) - nowMs)))
  }
}
