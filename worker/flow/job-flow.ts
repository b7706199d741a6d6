/** One job that this host copies for: which of its processes do, which part of the limit is the host's, and what each may use of that. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { ShareLife } from '../../activities/share.ts'
import { monotonicMs } from '../../copy/pace.ts'
import { everything, fairParts } from '../../model/flow/fair.ts'
import { isLimiting, isNewer } from '../../model/flow/flow.ts'
import { lasting, type Allowance } from '../../model/flow/limit.ts'
import type { JobAllowance } from '../../model/flow/pacing.ts'
import { allowanceOf, beat, joinShare, look, shareBeatMs, type Share, type Usage } from '../../model/flow/share.ts'
import { join, lookAtControl, lookAtJob, type SeenControl, type SeenJob } from './look.ts'

/** A copy process of this host. */
export interface Copier {
  allow(allowance: JobAllowance): void
}

const lookEveryMs = 1_000
/** `flow/<job>` was told something new: it says within moments which limit that is. */
const lookAgainMs = 250
/** The job's own memo changes seldom, and is asked for half as often. */
const looksPerJobLook = 2
const joinEveryMs = 2_000
const idleAfterMs = 10_000
/** `told news`: `flow/<job>` was told something, and says within moments what follows. */
type Found = 'told news' | 'no news'

const hungry: Usage = { bytesPerSecond: 0, waiting: 1 }

export class JobFlow {
  readonly #client: Client
  readonly #queue: string
  readonly #job: string
  readonly #copiers = new Map<Copier, Usage>()
  #usedAtMs = monotonicMs()
  #seen: SeenJob | undefined
  #unlimited: Allowance | undefined
  /** When Temporal was last asked with success; a copy that was handed to this host tells as much. */
  #heardAtMs = monotonicMs()
  #share: Share | undefined
  #joinedAtMs = -Infinity

  constructor(client: Client, queue: string, job: string) {
    this.#client = client
    this.#queue = queue
    this.#job = job
  }

  /** A process begins to copy for the job: it stands still until it is told. */
  begin(copier: Copier): void {
    this.#copiers.set(copier, hungry)
    this.#usedAtMs = this.#heardAtMs = monotonicMs()
    this.#allow()
  }

  use(copier: Copier, usage: Usage): void {
    this.#copiers.set(copier, usage)
    this.#usedAtMs = monotonicMs()
  }

  end(copier: Copier): void {
    this.#copiers.delete(copier)
  }

  /** Looks again and again until the host copies for the job no more. A look that fails changes nothing: what was seen fades by itself. */
  async live(): Promise<void> {
    for (let looks = 0; !this.#isIdle; looks++) {
      const found = await this.#look(looks % looksPerJobLook === 0).catch(() => 'no answer' as const)
      if (found === 'no answer') looks = -1
      this.#allow()
      await delay(found === 'told news' ? lookAgainMs : lookEveryMs)
    }
  }

  /** Claims the host's part, once a second. */
  async share({ share, heartbeat, signal }: ShareLife): Promise<void> {
    this.#share = joinShare(share)
    while (this.#share?.share === share && !signal.aborted && !this.#isIdle && isLimiting(this.#seen?.flow)) {
      const beaten = beat(this.#share, this.#usage, monotonicMs())
      this.#share = beaten.share
      this.#allow()
      heartbeat(beaten.claim)
      await delay(shareBeatMs, undefined, { signal }).catch(() => undefined)
    }
    if (this.#share?.share === share) this.#share = undefined
    this.#allow()
  }

  get #isIdle(): boolean {
    return this.#copiers.size === 0 && monotonicMs() > this.#usedAtMs + idleAfterMs
  }

  get #usage(): Usage {
    const usages = [...this.#copiers.values()]
    return {
      bytesPerSecond: usages.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0),
      waiting: Math.max(0, ...usages.map(({ waiting }) => waiting)),
    }
  }

  async #look(alsoAtJob: boolean): Promise<Found> {
    if (alsoAtJob || this.#seen === undefined) await this.#lookAtJob()
    return this.#seen !== undefined && isLimiting(this.#seen.flow) ? await this.#lookAtControl(this.#seen) : 'no news'
  }

  async #lookAtJob(): Promise<void> {
    const askedAtMs = monotonicMs()
    const wasLimited = isLimiting(this.#seen?.flow)
    this.#seen = (await lookAtJob(this.#client, this.#job)) ?? this.#seen
    this.#heardAtMs = askedAtMs
    if (this.#seen === undefined) return
    if (!isLimiting(this.#seen.flow)) this.#unlimited = fresh(askedAtMs)
    else if (!wasLimited) this.#unlimited = undefined
  }

  async #lookAtControl(seen: SeenJob): Promise<Found> {
    const askedAtMs = monotonicMs()
    const control = await lookAtControl(this.#client, this.#job)
    this.#heardAtMs = askedAtMs
    if (control) this.#take(control, askedAtMs)
    this.#allow()
    return await this.#joinIfNeeded(seen, control)
  }

  #take({ flow, participants }: SeenControl, askedAtMs: number): void {
    const { limitBytesPerSecond: limit } = flow
    if (this.#share) this.#share = look(this.#share, { limit: limit ?? everything, participants, askedAtMs })
    this.#unlimited = limit === null ? fresh(askedAtMs) : undefined
  }

  async #joinIfNeeded({ flow, timeZone }: SeenJob, control: SeenControl | undefined): Promise<Found> {
    if (flow === undefined) return 'no news'
    const isMember = control?.participants.some(({ share }) => share === this.#share?.share) ?? false
    const isNews = control !== undefined && isNewer(flow, control.flow)
    if (!isNews && (isMember || monotonicMs() < this.#joinedAtMs + joinEveryMs)) return 'no news'
    this.#joinedAtMs = monotonicMs()
    await join(this.#client, this.#job, timeZone, { flow, queue: this.#queue })
    return 'told news'
  }

  get #allowance(): Allowance {
    if (this.#unlimited) return this.#unlimited
    return this.#share ? allowanceOf(this.#share) : lasting(0)
  }

  /** Divides what the host may use among its processes. */
  #allow(): void {
    const allowance = this.#allowance
    const total = allowance.bytesPerSecond
    const wants = [...this.#copiers.values()].map((usage) => wantOf(usage, total ?? 0))
    const parts = fairParts(total ?? 0, wants)
    const lostAtMs = this.#heardAtMs + lostMs
    for (const [i, copier] of [...this.#copiers.keys()].entries())
      copier.allow({ job: this.#job, allowance: { ...allowance, bytesPerSecond: total === null ? null : Math.floor(parts[i] ?? 0) }, lostAtMs })
  }
}

const freshMs = 2_500
const staleMs = 5_000
/** Before a copy of this host can have timed out and begun elsewhere: its heartbeats are at most 5 s old, its timeout is 15 s. */
const lostMs = 10_000
const fresh = (askedAtMs: number): Allowance => ({ bytesPerSecond: null, fullUntilMs: askedAtMs + freshMs, zeroAtMs: askedAtMs + staleMs })

/** All that is fair where somebody waits, else a little more than is used. */
const wantOf = ({ bytesPerSecond, waiting }: Usage, total: number): number => (waiting > 0.3 ? everything : 1.3 * bytesPerSecond + 0.05 * total)
