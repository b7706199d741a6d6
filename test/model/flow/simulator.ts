/**
 * Hosts that share a job's limit through a recorder that behaves as Temporal does: heartbeats are recorded late and in order,
 * views are old when they arrive, a share without heartbeats ends after its timeout and is begun again elsewhere in time as another
 * attempt. Hosts have clocks of their own, burst as their buckets let them, die, and lose touch for reading, writing or both.
 */
import { emptyBucket, grantable, refill, spend, type Bucket } from '../../../model/flow/bucket.ts'
import { allowedAt } from '../../../model/flow/limit.ts'
import { allowanceOf, beat, joinShare, look, shareBeatMs, shareTimeoutMs, type Claim, type Share, type Usage } from '../../../model/flow/share.ts'

/** What is tried out: the real rules, or those with one of them broken. */
export interface Rules {
  readonly joinShare: typeof joinShare
  readonly look: typeof look
  readonly beat: typeof beat
  readonly allowanceOf: typeof allowanceOf
}
export const realRules: Rules = { joinShare, look, beat, allowanceOf }

export type Happening =
  | { readonly kind: 'limit'; readonly limit: number }
  | { readonly kind: 'join' | 'leave' | 'die'; readonly host: number }
  /** Bytes a second that the host could move; Infinity: more than anybody grants. */
  | { readonly kind: 'demand'; readonly host: number; readonly demand: number }
  | { readonly kind: 'cut'; readonly host: number; readonly lost: 'heartbeats' | 'views' | 'both'; readonly forMs: number }
export type Event = Happening & { readonly atMs: number }

/** How late a heartbeat is recorded, and how old a view is when it arrives: from, to. */
export interface Delays {
  readonly heartbeatMs: readonly [number, number]
  readonly viewMs: readonly [number, number]
}
export const worstDelays: Delays = { heartbeatMs: [200, 2_000], viewMs: [200, 2_500] }
export const usualDelays: Delays = { heartbeatMs: [10, 500], viewMs: [10, 500] }

export interface Scenario {
  readonly delays: Delays
  readonly seed: number
  readonly limit: number
  /** Of the hosts that are there from the beginning. */
  readonly demands: readonly number[]
  readonly events: readonly Event[]
  readonly endMs: number
}

/** By tick. */
export interface Course {
  readonly bytes: readonly number[]
  /** Bytes a second that all hosts together took to be theirs. */
  readonly granted: readonly number[]
  readonly limits: readonly number[]
  /** Bytes a second that the living could move together. */
  readonly demands: readonly number[]
}

export const tickMs = 50

interface Recorded {
  readonly host: Host
  readonly share: string
  readonly timeoutMs: number
  recorded?: Claim
  heardAtMs: number
}

interface Host {
  readonly name: number
  readonly clock: (ms: number) => number
  demand: number
  state: 'up' | 'leaving' | 'gone' | 'dead'
  share?: Share
  attempts: number
  bucket: Bucket
  since: { ticks: number; taken: number; waited: number }
  lastRecordAtMs: number
  heartbeatsLostUntilMs: number
  viewsLostUntilMs: number
}

export function simulate(scenario: Scenario, rules: Rules = realRules): Course {
  return new Simulation(scenario, rules).run()
}

class Simulation {
  readonly #rules: Rules
  readonly #delays: Delays
  readonly #endMs: number
  readonly #random: () => number
  readonly #later = new Map<number, (() => void)[]>()
  readonly #hosts = new Map<number, Host>()
  readonly #shares = new Map<string, Recorded>()
  readonly #course = { bytes: [] as number[], granted: [] as number[], limits: [] as number[], demands: [] as number[] }
  #limit: number
  #nowMs = 0

  constructor({ delays, seed, limit, demands, events, endMs }: Scenario, rules: Rules) {
    this.#rules = rules
    this.#delays = delays
    this.#endMs = endMs
    this.#limit = limit
    this.#random = mulberry32(seed)
    for (const [name, demand] of demands.entries()) this.#join(name, demand)
    for (const event of events) this.#at(event.atMs, () => this.#happen(event))
  }

  run(): Course {
    for (; this.#nowMs < this.#endMs; this.#nowMs += tickMs) {
      for (const act of this.#later.get(this.#nowMs) ?? []) act()
      this.#later.delete(this.#nowMs)
      this.#timeOut()
      this.#course.granted.push([...this.#hosts.values()].reduce((sum, host) => sum + this.#grantedTo(host), 0))
      this.#course.bytes.push([...this.#hosts.values()].reduce((sum, host) => sum + this.#move(host), 0))
      this.#course.limits.push(this.#limit)
      this.#course.demands.push([...this.#hosts.values()].reduce((sum, { state, demand }) => sum + (state === 'up' ? demand : 0), 0))
    }
    return this.#course
  }

  #at(ms: number, act: () => void): void {
    const tick = Math.max(this.#nowMs, Math.ceil(ms / tickMs) * tickMs)
    const acts = this.#later.get(tick)
    if (acts) acts.push(act)
    else this.#later.set(tick, [act])
  }

  #between(least: number, most: number): number {
    return least + this.#random() * (most - least)
  }

  #happen(event: Event): void {
    if (event.kind === 'limit') {
      this.#limit = event.limit
      return
    }
    const host = this.#hosts.get(event.host)
    if (event.kind === 'join') this.#join(event.host, host?.demand ?? Infinity)
    if (host?.state !== 'up') return
    if (event.kind === 'demand') host.demand = event.demand
    else if (event.kind === 'die') host.state = 'dead'
    else if (event.kind === 'leave') this.#leave(host)
    else if (event.kind === 'cut') this.#cut(host, event.lost, this.#nowMs + event.forMs)
  }

  #join(name: number, demand: number): void {
    const known = this.#hosts.get(name)
    if (known && known.state !== 'gone') return
    const [offset, drift] = [this.#between(-1e9, 1e9), this.#between(0.9995, 1.0005)]
    const clock = (ms: number) => offset + ms * drift
    const host: Host = {
      name, clock, demand, state: 'up', attempts: known?.attempts ?? 0, bucket: emptyBucket(clock(this.#nowMs)), since: { ticks: 0, taken: 0, waited: 0 },
      lastRecordAtMs: 0, heartbeatsLostUntilMs: 0, viewsLostUntilMs: 0,
    }
    this.#hosts.set(name, host)
    this.#at(this.#nowMs + this.#between(100, 2_000), () => this.#begin(host))
  }

  /** Without a batch it uses nothing; that its share ended is known later. */
  #leave(host: Host): void {
    host.state = 'leaving'
    this.#at(this.#nowMs + this.#between(200, 2_000), () => {
      host.state = 'gone'
      for (const [name, share] of this.#shares) if (share.host === host) this.#shares.delete(name)
    })
  }

  #cut(host: Host, lost: 'heartbeats' | 'views' | 'both', untilMs: number): void {
    if (lost !== 'views') host.heartbeatsLostUntilMs = untilMs
    if (lost !== 'heartbeats') host.viewsLostUntilMs = untilMs
  }

  /** An attempt begins at the recorder; its host hears of it a little later. */
  #begin(host: Host): void {
    if (host.state !== 'up') return
    if (host.heartbeatsLostUntilMs > this.#nowMs) return this.#at(host.heartbeatsLostUntilMs + 500, () => this.#begin(host))
    const share = `${host.name}/${++host.attempts}`
    this.#shares.set(share, { host, share, timeoutMs: shareTimeoutMs + this.#between(0, 5_000), heardAtMs: this.#nowMs })
    this.#at(this.#nowMs + this.#between(50, 1_000), () => {
      const first = host.share === undefined
      host.share = this.#rules.joinShare(share)
      host.lastRecordAtMs = 0
      if (first) this.#live(host)
    })
  }

  #live(host: Host): void {
    this.#every(host, this.#between(0, 1_000), () => this.#beat(host))
    this.#every(host, this.#between(0, 1_000), () => this.#poll(host))
  }

  #every(host: Host, afterMs: number, act: () => void): void {
    this.#at(this.#nowMs + afterMs, () => {
      if (host.state === 'dead' || host.state === 'gone') return
      act()
      this.#every(host, shareBeatMs + this.#between(0, 100), act)
    })
  }

  #beat(host: Host): void {
    if (!host.share) return
    const { share, claim } = this.#rules.beat(host.share, this.#usage(host), host.clock(this.#nowMs))
    host.share = share
    if (this.#nowMs < host.heartbeatsLostUntilMs) return
    host.lastRecordAtMs = Math.max(host.lastRecordAtMs, this.#nowMs + this.#between(...this.#delays.heartbeatMs))
    this.#at(host.lastRecordAtMs, () => {
      const recorded = this.#shares.get(share.share)
      if (recorded) Object.assign(recorded, { recorded: claim, heardAtMs: this.#nowMs })
    })
  }

  #usage({ since }: Host): Usage {
    const { ticks, taken, waited } = since
    Object.assign(since, { ticks: 0, taken: 0, waited: 0 })
    return { bytesPerSecond: (taken * 1_000) / (Math.max(1, ticks) * tickMs), waiting: waited / Math.max(1, ticks) }
  }

  #poll(host: Host): void {
    const askedAtMs = host.clock(this.#nowMs)
    const arrivesMs = this.#nowMs + this.#between(...this.#delays.viewMs)
    if (this.#nowMs < host.viewsLostUntilMs) return
    this.#at(this.#nowMs + this.#random() * (arrivesMs - this.#nowMs) * 0.1, () => {
      const view = { limit: this.#limit, askedAtMs, participants: [...this.#shares.values()].map(({ share, recorded }) => ({ share, ...(recorded && { recorded }) })) }
      this.#at(arrivesMs, () => {
        if (host.share && this.#nowMs >= host.viewsLostUntilMs) host.share = this.#rules.look(host.share, view)
      })
    })
  }

  /** A retry of the share waits for its host, and begins anew. */
  #timeOut(): void {
    for (const [name, { host, heardAtMs, timeoutMs }] of this.#shares) {
      if (this.#nowMs - heardAtMs < timeoutMs) continue
      this.#shares.delete(name)
      this.#at(this.#nowMs + this.#between(1_000, 3_000), () => this.#begin(host))
    }
  }

  #grantedTo({ state, share, clock }: Host): number {
    return state !== 'up' || share === undefined ? 0 : (allowedAt(this.#rules.allowanceOf(share), clock(this.#nowMs)) ?? Infinity)
  }

  #move(host: Host): number {
    host.bucket = refill(host.bucket, this.#grantedTo(host), host.clock(this.#nowMs))
    const wanted = host.state === 'up' ? (host.demand * tickMs * this.#between(0.7, 1.3)) / 1_000 : 0
    const taken = grantable(host.bucket, Math.floor(wanted))
    host.bucket = spend(host.bucket, taken)
    host.since.ticks++
    host.since.taken += taken
    if (taken < Math.floor(wanted)) host.since.waited++
    return taken
  }
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
