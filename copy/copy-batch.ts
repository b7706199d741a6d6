/**
 * Copies one batch. Files run side by side within the process's pools; each ends with one outcome. `cut` (or the deadline) ends
 * the work at the next piece and keeps what was done; `signal` ends it at once. What was done is in the returned state and was
 * handed to `checkpoint` before: a successor gets it as `previous`, never touches a file that has an outcome, and goes on with
 * open uploads.
 */
import type { BatchState, Entry } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import type { JobOptions } from '../model/job.ts'
import type { Counts, FailureCounts } from '../model/status.ts'
import type { HashName, Storage } from '../storage/storage.ts'
import type { PiecePool } from './piece-pool.ts'
import type { RequestPool } from './request-pool.ts'

export interface CopyTask {
  readonly source: Storage
  readonly destination: Storage
  readonly entries: readonly Entry[]
  readonly previous?: BatchState
  readonly options: JobOptions
  readonly pool: RequestPool
  readonly pieces: PiecePool
  readonly signal: AbortSignal
  readonly cut: AbortSignal
  /** The batch is cut once `now()` has passed this. */
  readonly deadlineMs: number
  readonly now: () => number
  readonly onProgress: (progress: CopyProgress) => void
  /** Keeps the whole state of the batch; never called while a call is pending. */
  readonly checkpoint: (state: BatchState) => Promise<void>
  /** Hashes that the destination was seen to refuse when wrong. */
  readonly proven?: ReadonlySet<HashName>
}

export interface CopyProgress {
  readonly counts: Counts
  /** Bytes read from the source by this call, retries included. */
  readonly movedBytes: number
  readonly bytesPerSecond: number
}

/** The state is the one last handed to `checkpoint` with success (or `previous`). */
export interface BatchResult extends BatchState {
  /** Every entry has an outcome. */
  readonly done: boolean
  readonly counts: Counts
  readonly failures: FailureCounts
  /** The address itself is at fault: no file was blamed for it. */
  readonly blocked?: Fault
}

export async function copyBatch(task: CopyTask): Promise<BatchResult> {
  throw new Error(`not yet: ${task.entries.length}`)
}
