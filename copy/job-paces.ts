/**
 * The paces of one copy process: one for each job that it copies for, which stands still until the host has said how fast it may go.
 * Where the host hears nothing of Temporal any more the pace ends first, and then everything that is done for the job: others may be
 * at it by then.
 */
import { lasting } from '../model/flow/limit.ts'
import type { JobAllowance, JobUse } from '../model/flow/pacing.ts'
import { monotonicMs, Pace } from './pace.ts'

export interface HeldPace {
  readonly pace: Pace
  /** Fires when the work does not count any more. */
  readonly lost: AbortSignal
  release(): void
}

const longestTimerMs = 2 ** 31 - 1

interface Held {
  readonly pace: Pace
  holders: number
  lost: AbortController
  timer?: NodeJS.Timeout
}

export class JobPaces {
  readonly #onHeld: (job: string) => void
  readonly #held = new Map<string, Held>()

  /** `onHeld` is told of each job that is copied for from now on, or again. */
  constructor(onHeld: (job: string) => void) {
    this.#onHeld = onHeld
  }

  hold(job: string): HeldPace {
    const known = this.#held.get(job)
    const held = known ?? { pace: new Pace(lasting(0)), holders: 0, lost: new AbortController() }
    const isNews = known === undefined || held.lost.signal.aborted
    if (held.lost.signal.aborted) held.lost = new AbortController()
    held.holders += 1
    this.#held.set(job, held)
    if (isNews) this.#onHeld(job)
    const release = (): void => {
      held.holders -= 1
      if (held.holders > 0) return
      clearTimeout(held.timer)
      this.#held.delete(job)
    }
    return { pace: held.pace, lost: held.lost.signal, release }
  }

  allow({ job, allowance, lostAtMs }: JobAllowance): void {
    const held = this.#held.get(job)
    if (held === undefined) return
    held.pace.set(allowance)
    clearTimeout(held.timer)
    held.timer = setTimeout(() => held.lost.abort(), Math.min(longestTimerMs, Math.max(0, lostAtMs - monotonicMs())))
  }

  /** Since this was last asked. */
  takeUses(): JobUse[] {
    return [...this.#held].map(([job, { pace }]) => ({ job, usage: pace.takeUsage() }))
  }
}
