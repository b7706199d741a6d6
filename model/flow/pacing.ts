/** What the copy processes of a host and the host itself tell each other: who copies for which job, and how fast each may. */
import type { Allowance } from './limit.ts'
import type { Usage } from './share.ts'

/** A process copies for a job: how it used its pace since it last told. */
export interface JobUse {
  readonly job: string
  readonly usage: Usage
}

export interface JobAllowance {
  readonly job: string
  readonly allowance: Allowance
  /** When the process must let go of all that it does for the job: by the host's clock, and later with each answer of Temporal's. */
  readonly lostAtMs: number
}
