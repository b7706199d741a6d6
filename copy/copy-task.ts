import type { BatchState, Entry } from '../ledger/entry.ts'
import type { JobOptions } from '../model/job.ts'
import type { Counts } from '../model/status.ts'
import type { HashName, Storage } from '../storage/storage.ts'
import type { BatchOrder } from './batch-order.ts'
import type { Pace } from './pace.ts'
import type { PiecePool } from './piece-pool.ts'
import type { RequestPool } from './request-pool.ts'

/** What one call of `copyBatch` is given. */
export interface CopyTask {
  readonly source: Storage
  readonly destination: Storage
  readonly entries: readonly Entry[]
  readonly previous?: BatchState
  /** Others worked at this batch before: they may have left uploads that no checkpoint holds. */
  readonly followsOthers?: boolean
  readonly options: JobOptions
  readonly pool: RequestPool
  readonly pieces: PiecePool
  /** Of all batches of this process; absent: there is no other. */
  readonly order?: BatchOrder
  /** How fast this process may read the job's source; absent: as fast as it goes. */
  readonly pace?: Pace
  readonly signal: AbortSignal
  readonly cut: AbortSignal
  /** What a cut finds on its way may still take so long. */
  readonly graceMs?: number
  /** The batch is cut once `now()` has passed this. */
  readonly deadlineMs: number
  readonly now: () => number
  /** Called for each chunk: with the same object, which is worked out as it is looked at. */
  readonly onProgress: (progress: CopyProgress) => void
  /** Keeps the whole state of the batch; never called while a call is pending. */
  readonly checkpoint: (state: BatchState) => Promise<void>
  /** Larger files leave the batch. Absent: none does. */
  readonly largeBytes?: number
  /** What is written to the destination to see whether it works at all: whoever ends the run removes it too. */
  readonly canaryKey: string
  /** Hashes that the destination was seen to refuse when wrong. */
  readonly proven?: ReadonlySet<HashName>
}

export interface CopyProgress {
  readonly counts: Counts
  /** Bytes read from the source by this call, retries included. */
  readonly movedBytes: number
  readonly bytesPerSecond: number
}
