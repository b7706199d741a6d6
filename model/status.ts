/** What a person is told of a job: the JSON of CLI.md, and the compact form of it that the workflow keeps in its memo. */
import type { Role } from './address.ts'
import type { Changed } from './change.ts'
import type { Fault, FileErrorCode } from './codes.ts'
import type { Flow } from './flow/flow.ts'

export type JobStatus = 'Migrating' | 'Stopped' | 'Create Failed' | 'Completed' | 'Failed'
export type JobPhase = 'checking' | 'listing' | 'copying' | 'reporting' | 'waiting' | 'stopping' | 'blocked'

export interface Tally {
  readonly files: number
  readonly bytes: number
}
export const noTally: Tally = { files: 0, bytes: 0 }
export const addTally = (a: Tally, b: Tally): Tally => ({ files: a.files + b.files, bytes: a.bytes + b.bytes })

/** Counts of one run. total = completed + skipped + failed; excluded stands beside. */
export interface Counts {
  readonly completed: Tally
  readonly skipped: Tally
  readonly failed: Tally
  /** Completed files whose bytes no hash of the store proved, and that were not read back. */
  readonly unverified: number
  /** Completed files that the store copied itself without stating their CRC-64/XZ. Absent: none. */
  readonly withoutCrc64?: number
}
export const noCounts: Counts = { completed: noTally, skipped: noTally, failed: noTally, unverified: 0 }
export function addCounts(a: Counts, b: Counts): Counts {
  const withoutCrc64 = (a.withoutCrc64 ?? 0) + (b.withoutCrc64 ?? 0)
  return {
    completed: addTally(a.completed, b.completed),
    skipped: addTally(a.skipped, b.skipped),
    failed: addTally(a.failed, b.failed),
    unverified: a.unverified + b.unverified,
    ...(withoutCrc64 !== 0 && { withoutCrc64 }),
  }
}
export const countsSince = (now: Counts, before: Counts): Counts =>
  addCounts(now, {
    completed: minus(before.completed),
    skipped: minus(before.skipped),
    failed: minus(before.failed),
    unverified: -before.unverified,
    ...(before.withoutCrc64 && { withoutCrc64: -before.withoutCrc64 }),
  })
/** In words; undefined: nobody slows the job down. */
export const slowedText = (slowedBy: readonly Role[] = []): string | undefined =>
  slowedBy.length === 0 ? undefined : `slowed down by the ${slowedBy.join(' and the ')}`

const minus = ({ files, bytes }: Tally): Tally => ({ files: -files, bytes: -bytes })

export const totalOf = (counts: Counts): Tally => addTally(addTally(counts.completed, counts.skipped), counts.failed)

export type FailureCounts = Readonly<Partial<Record<FileErrorCode, number>>>
export function addFailures(a: FailureCounts, b: FailureCounts): FailureCounts {
  const sum: Partial<Record<FileErrorCode, number>> = { ...a }
  for (const [code, files] of Object.entries(b) as [FileErrorCode, number][]) sum[code] = (sum[code] ?? 0) + files
  return sum
}

/** Somebody changed what the job is to do; `at` in ms since 1970. */
export interface Change {
  readonly at: number
  readonly by: string
  readonly what: string
}

/** The workflow's memo under `status`, ≤ 1 KiB: what `describe` shows without a worker. Times in ms since 1970. */
export interface StatusMemo {
  readonly status: JobStatus
  readonly phase: JobPhase
  readonly reason: Fault | null
  readonly run: number
  /** Null: no end. */
  readonly runs: number | null
  /** Only while the job waits for it. */
  readonly nextRunAt?: number
  readonly epoch: string
  readonly source: string
  readonly destination: string
  readonly listed: Tally & { readonly complete: boolean }
  readonly excluded: Tally
  readonly counts: Counts
  readonly failures: FailureCounts
  /** Archived files that wait for their restored copies. Absent: none. */
  readonly restoring?: number
  /** Whose store wants to be asked less. Absent: neither's. */
  readonly slowedBy?: readonly Role[]
  /** Absent: it was never set. */
  readonly flow?: Flow
  /** The last 20, the newest last. Absent: none. */
  readonly changes?: readonly Change[]
  /** Options that were changed since the job was made. Absent: none. */
  readonly changed?: Changed
  readonly expected: Tally | null
  readonly timeZone: string
  readonly startedAt: number
  readonly endedAt: number | null
  /** Lists of the last report that stands, e.g. `photos@1_total_list`. */
  readonly lists: readonly string[]
}

export interface JobView {
  readonly job: string
  readonly status: JobStatus
  readonly phase: JobPhase
  readonly reason: Fault | null
  readonly run: number
  /** Null: no end. */
  readonly runs: number | null
  readonly nextRunAt: string | null
  readonly workflowId: string
  /** AddressRef texts, as the job was made with. */
  readonly source: string
  readonly destination: string
  readonly listed: Tally & { readonly complete: boolean }
  readonly excluded: Tally
  readonly completed: Tally
  readonly skipped: Tally
  readonly failed: Tally
  /** Completed files whose CRC-64/XZ nobody stated: an empty column in the report. */
  readonly withoutCrc64: number
  /** Archived files that wait for their restored copies. */
  readonly restoring: number
  /** Whose store asked to go slower: fewer requests are made there until it has recovered. */
  readonly slowedBy: readonly Role[]
  readonly failures: readonly { readonly code: FileErrorCode; readonly files: number; readonly example: string | null }[]
  readonly flow: {
    readonly version: number
    readonly limitBytesPerSecond: number | null
    readonly bytesPerSecond: number
    readonly timeZone: string
    readonly nextChangeAt: string | null
    readonly rows: readonly { readonly from: string; readonly to: string; readonly bytesPerSecond: number }[]
    readonly maxBytesPerSecond: number | null
  }
  readonly startedAt: string
  readonly endedAt: string | null
  readonly secondsLeft: number | null
  readonly changes: readonly { readonly at: string; readonly by: string; readonly what: string }[]
  readonly report: { readonly folder: string; readonly lists: readonly string[] } | null
}
