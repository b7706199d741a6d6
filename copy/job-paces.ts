/** The paces of one copy process: one for each job that it copies for, which stands still until the host has said how fast it may go. */
import { lasting } from '../model/flow/limit.ts'
import type { JobAllowance, JobUse } from '../model/flow/pacing.ts'
import { Pace } from './pace.ts'

export interface HeldPace {
  readonly pace: Pace
  release(): void
}

export class JobPaces {
  readonly #onHeld: (job: string) => void
  readonly #held = new Map<string, { readonly pace: Pace; holders: number }>()

  /** `onHeld` is told of each job that is copied for from now on. */
  constructor(onHeld: (job: string) => void) {
    this.#onHeld = onHeld
  }

  hold(job: string): HeldPace {
    const known = this.#held.get(job)
    const held = known ?? { pace: new Pace(lasting(0)), holders: 0 }
    held.holders += 1
    this.#held.set(job, held)
    if (known === undefined) this.#onHeld(job)
    const release = (): void => {
      held.holders -= 1
      if (held.holders === 0) this.#held.delete(job)
    }
    return { pace: held.pace, release }
  }

  allow({ job, allowance }: JobAllowance): void {
    this.#held.get(job)?.pace.set(allowance)
  }

  /** Since this was last asked. */
  takeUses(): JobUse[] {
    return [...this.#held].map(([job, { pace }]) => ({ job, usage: pace.takeUsage() }))
  }
}
