import type { Role } from './address.ts'
import type { OutcomesRef } from './batch.ts'
import type { Tuning } from './job.ts'
import type { Counts } from './status.ts'

/** Heartbeat details of one copy activity, ≤ 1 KiB. Counts are what came since the job last counted its batch. */
export interface CopyHeartbeat {
  readonly run: number
  readonly counts: Counts
  /** Bytes read from the source by this attempt, and how fast now. */
  readonly movedBytes: number
  readonly bytesPerSecond: number
  /** Whose store wants to be asked less. Absent: neither's. */
  readonly slowedBy?: readonly Role[]
  /** The last outcomes file that this attempt completed: its successor goes on from there. */
  readonly outcomes?: OutcomesRef
}

/** Heartbeats that may be missed before a worker is taken for lost. */
const missed = 3

/** All heartbeats of a job serialise on its workflow: together no more than 40 a second. */
export const heartbeatEveryMs = (window: number, { heartbeatTimeoutMs: timeoutMs }: Tuning = {}): number =>
  timeoutMs === undefined ? Math.max(5_000, (window / 40) * 1_000) : timeoutMs / missed
export const heartbeatTimeoutMs = (window: number, tuning?: Tuning): number => missed * heartbeatEveryMs(window, tuning)

/** The same for activities of which a job has one at a time. */
export const controlBeatMs = ({ heartbeatTimeoutMs: timeoutMs }: Tuning = {}): number => (timeoutMs === undefined ? 5_000 : timeoutMs / missed)
export const controlTimeoutMs = (tuning?: Tuning): number => missed * controlBeatMs(tuning)

/** A check that is lost three times has failed, so nobody is impatient with it. */
export const checkBeatMs = 5_000
export const checkTimeoutMs = missed * checkBeatMs
