/**
 * `<job>_job.json`: what the job was asked, and what each of its runs came to. It is written after a run's lists: the report of a
 * run stands when the run is in it.
 */
import type { ReportInput } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { totalOf, type Tally } from '../model/status.ts'

export interface JobFile {
  readonly job: string
  /** Of the newest run. */
  readonly options: JobOptions
  /** In ascending order, the last thousand of them. */
  readonly runs: readonly RunRecord[]
}

export interface RunRecord {
  readonly run: number
  /** Tells a report from that of an earlier job of the same name. */
  readonly epoch: string
  readonly startedAt: string
  readonly endedAt: string
  readonly total: Tally
  readonly completed: Tally
  readonly skipped: Tally
  readonly failed: Tally
  readonly excluded: Tally
  /** Completed files whose bytes no hash of the destination proved, and that were not read back. */
  readonly unverified: number
  /** Completed files that the store copied itself without stating their CRC-64/XZ: an empty column. */
  readonly withoutCrc64: number
  /** Completed files that lost metadata, tags or rights, by the policy `drop`. */
  readonly droppedMetadata: number
  readonly lists: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[]
}

const mostRuns = 1_000

export function toRunRecord({ context, counts, excluded, startedAt, endedAt }: ReportInput, lists: RunRecord['lists'], droppedMetadata: number): RunRecord {
  return {
    run: context.run,
    epoch: context.epoch,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    total: totalOf(counts),
    completed: counts.completed,
    skipped: counts.skipped,
    failed: counts.failed,
    excluded,
    unverified: counts.unverified,
    withoutCrc64: counts.withoutCrc64 ?? 0,
    droppedMetadata,
    lists,
  }
}

export function withRun(file: JobFile | undefined, options: JobOptions, record: RunRecord): JobFile {
  const others = (file?.runs ?? []).filter(({ run }) => run !== record.run)
  const runs = [...others, record].toSorted((a, b) => a.run - b.run).slice(-mostRuns)
  return { job: options.job, options, runs }
}
