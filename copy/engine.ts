/** What the copying of one file is given: both ends, the process's pools, and how the batch wants it to end. */
import type { DestinationState } from '../ledger/entry.ts'
import type { Comparison } from '../model/decision.ts'
import type { JobOptions } from '../model/job.ts'
import type { Storage } from '../storage/storage.ts'
import type { Direct } from './direct.ts'
import type { Hasher, HashPlan } from './hashing.ts'
import type { Pace } from './pace.ts'
import type { PiecePool } from './piece-pool.ts'
import type { RequestPool } from './request-pool.ts'
import type { UploadBook } from './upload-book.ts'

export interface Engine {
  readonly source: Storage
  readonly destination: Storage
  readonly options: JobOptions
  readonly pool: RequestPool
  readonly pieces: PiecePool
  readonly hash: Hasher
  readonly hashes: HashPlan
  readonly comparison: Comparison
  readonly direct: Direct
  readonly uploads: UploadBook
  /** Others worked at this batch before. */
  readonly followsOthers: boolean
  readonly now: () => number
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** No new piece may begin. */
  readonly stopped: () => boolean
  /** Milliseconds until no new piece may begin. */
  readonly timeLeftMs: () => number
  /** Fires when the batch is cut: waiting between tries and for tokens ends. */
  readonly halt: AbortSignal
  /** Fires when no new piece may begin: `stopped` for those who wait for their pace. */
  readonly closing: AbortSignal
  /** How fast the source may be read; absent: as fast as it goes. */
  readonly pace?: Pace
  readonly onMoved: (bytes: number) => void
  /** Absent: every file is copied here to its end. */
  readonly large?: LargeDoor
}

export interface Leaving {
  readonly ranges: number
  readonly long?: true
}

/** How a large file leaves its batch. */
export interface LargeDoor {
  /** Files with more than this left to send leave, and all whose parts are long: those may take longer than a batch's turn. */
  readonly aboveBytes: number
  /** Notes the file, whose upload is open, and ends what is done for it here: throws `aborted`. */
  leave(key: string, file: Leaving): never
}

/** What a put relies on: the destination as it was looked at. Undefined: nobody looked, nothing is relied on. */
export type Expected = DestinationState | null | undefined

/** Conditions that protect what appeared at the destination after the look. */
export function conditionsFor(expected: Expected): { readonly ifAbsent?: boolean; readonly ifMatch?: string } {
  if (expected === undefined) return {}
  if (expected === null) return { ifAbsent: true }
  return expected.etag === undefined ? {} : { ifMatch: expected.etag }
}
