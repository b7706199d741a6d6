import type { Role } from './address.ts'
import type { OutcomesRef } from './batch.ts'
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

/** All heartbeats of a job serialise on its workflow: together no more than 40 a second. */
export const heartbeatEveryMs = (window: number): number => Math.max(5_000, (window / 40) * 1_000)
export const heartbeatTimeoutMs = (window: number): number => 3 * heartbeatEveryMs(window)
