/**
 * A batch is the unit of work: at most 1,000 files or 1 GiB. Its files lie in the ledger; what is here travels through Temporal
 * and is small. A batch is copied by generations: each activity of it is one, and takes over what the one before left.
 */
import type { Role } from './address.ts'
import type { Fault } from './codes.ts'
import type { Counts, FailureCounts, Tally } from './status.ts'
import type { JobOptions } from './job.ts'

export const maxBatchFiles = 1_000
export const maxBatchBytes = 1024 ** 3

/** What every activity of a run is told. */
export interface RunContext {
  readonly options: JobOptions
  /** Run id of the workflow's first run: a name used again never meets old ledger files. */
  readonly epoch: string
  readonly run: number
  /** Hashes of a put that the destination was seen to check. */
  readonly proven: readonly string[]
}

/** One attempt of one generation wrote the outcomes file of this name; nobody reads another. */
export interface OutcomesRef {
  readonly generation: number
  readonly attempt: number
}

/** The same of one range of a large file, in the batch's generation `split`. */
export interface PartsRef extends OutcomesRef {
  readonly split: number
  readonly range: number
}

export interface BatchRef {
  readonly n: number
  /** The lister attempt whose `.list` file counts. */
  readonly listAttempt: number
  readonly files: number
  readonly bytes: number
  /** All its files are skipped, as the lister decided: no copy activity is needed. */
  readonly skips?: true
}

/** Where the lister goes on: the cursor itself (it holds a key) lies in the ledger. */
export interface ListPosition {
  readonly call: number
  readonly attempt: number
}

export interface ListInput {
  readonly context: RunContext
  /** Absent: from the beginning. */
  readonly from?: ListPosition
  readonly call: number
  readonly firstBatch: number
  readonly maxBatches: number
  /** The run retries the failed files of this one. */
  readonly retry?: { readonly run: number; readonly only?: string }
}
export interface ListResult {
  readonly batches: readonly BatchRef[]
  /** Absent: all is listed. */
  readonly position?: ListPosition
  readonly excluded: Tally
  readonly blocked?: Fault
}

/** Which file of a batch leaves it, and into how many ranges of parts. */
export interface LargeFile {
  /** Of the batch's entries, from 0. */
  readonly row: number
  readonly ranges: number
  /** Its parts are larger than memory holds: one may take longer than an activity's turn. */
  readonly long?: true
}

export interface RangeState {
  readonly generation: number
  /** The ledger's file of parts that counts; absent: nothing was recorded. */
  readonly parts?: OutcomesRef
  /** Nothing is left to do: all is sent, or (`ended`) it cannot be and the batch must look why. */
  readonly over?: 'sent' | 'ended'
}

/** A large file in the middle of its ranges. */
export interface LargeState {
  readonly row: number
  /** Generation of the batch that answered so: with it no two splits share names in the ledger. */
  readonly split: number
  readonly long?: true
  readonly ranges: readonly RangeState[]
}

export interface CopyInput {
  readonly context: RunContext
  readonly batch: BatchRef
  readonly generation: number
  readonly previous?: OutcomesRef
  /** What the job counts of this batch already: heartbeats tell what came since. */
  readonly known: Counts
  /** Batches in flight: how often to heartbeat follows from it. */
  readonly window: number
  /** Whoever asks knows what to do with `large`. */
  readonly splits?: true
  /** A file of this batch whose ranges are over: what they sent is to be gathered. */
  readonly large?: LargeState
}
export interface CopyResult {
  /** The outcomes file that counts from now on; absent when nothing was recorded. */
  readonly outcomes?: OutcomesRef
  /** Every file of the batch has an outcome. */
  readonly done: boolean
  /** Of the whole batch so far; absent where the ledger could not even be read: as before then. */
  readonly counts?: Counts
  readonly failures?: FailureCounts
  /** All that is left of the batch waits for restored copies: so many files. Its next generation is to come later. */
  readonly restoringFiles?: number
  /** All else that is left is this file: its upload is open, its parts are to be sent in ranges. */
  readonly large?: LargeFile
  /** The address itself is at fault: no file was blamed for it. */
  readonly blocked?: Fault
  /** Whose store wanted to be asked less at the end. Absent: neither's. */
  readonly slowedBy?: readonly Role[]
  /** How long the batch waited for a free slot. */
  readonly queuedMs: number
}

/** One range of parts of a large file. */
export interface PartsInput {
  readonly context: RunContext
  readonly batch: BatchRef
  /** Where its upload is noted. */
  readonly outcomes: OutcomesRef
  readonly row: number
  readonly split: number
  readonly range: number
  readonly ranges: number
  readonly generation: number
  readonly previous?: OutcomesRef
  readonly window: number
}
export interface PartsResult {
  /** The file of parts that counts from now on; absent when nothing was recorded. */
  readonly parts?: OutcomesRef
  /** Absent: there is more to send. */
  readonly over?: 'sent' | 'ended'
  readonly blocked?: Fault
}

/** A finished batch, waiting to be merged: [n, listAttempt, generation, attempt]; generation -1: no outcomes at all. */
export type FinishedBatch = readonly [n: number, listAttempt: number, generation: number, attempt: number]

export interface MergeInput {
  readonly context: RunContext
  readonly merge: number
  readonly batches: readonly FinishedBatch[]
  /** Fragments for which the new one stands too from now on: its index names them, and the job need not. */
  readonly before?: readonly FragmentRef[]
}
/** Fragments of the report: `parts` numbered objects that the attempt wrote. Counts are of the rows themselves. */
export interface MergeResult {
  readonly fragment: FragmentRef
  /** It stands for so many fragments before it. Absent: for none, as one that an earlier version was asked for. */
  readonly folded?: number
  readonly counts: Counts
}
export interface FragmentRef {
  readonly merge: number
  readonly attempt: number
  readonly parts: number
}

/** What of a run is finished so far: the job's query `reportParts` answers it. */
export interface FinishedParts {
  readonly epoch: string
  readonly run: number
  readonly fragments: readonly FragmentRef[]
  readonly finished: readonly FinishedBatch[]
}

export interface ReportInput {
  readonly context: RunContext
  readonly fragments: readonly FragmentRef[]
  readonly counts: Counts
  readonly excluded: Tally
  readonly startedAt: number
  readonly endedAt: number
}
export interface ReportResult {
  /** List names in the report folder, without `.csv`. */
  readonly lists: readonly string[]
  readonly counts: Counts
}

export interface CheckInput {
  readonly options: JobOptions
  readonly epoch: string
  /** The name may have reports at the destination already: go on after the highest run. */
  readonly again: boolean
}
export interface CheckResult {
  readonly fault: Fault | null
  /** Highest run of this name whose report stands at the destination; 0: none. */
  readonly latestRun: number
  readonly proven: readonly string[]
  readonly warnings: readonly string[]
}
