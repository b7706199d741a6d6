/** `<job>@<run>_job.json`: what the job was asked and what the run came to. Written last: a report stands when it is there. */
import type { ReportInput } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { totalOf, type Tally } from '../model/status.ts'

export interface JobFile {
  readonly job: string
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
  /** Completed files whose bytes no hash of the destination proved. */
  readonly unverified: number
  /** Completed files that the store copied itself without stating their CRC-64/XZ: an empty column. */
  readonly withoutCrc64: number
  /** Completed files that lost metadata, tags or rights, by the policy `drop`. */
  readonly droppedMetadata: number
  readonly lists: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[]
  readonly options: JobOptions
}

export type JobFileLists = JobFile['lists']

export function toJobFile({ context, counts, excluded, startedAt, endedAt }: ReportInput, lists: JobFileLists, droppedMetadata: number): JobFile {
  const { options, run, epoch } = context
  return {
    job: options.job,
    run,
    epoch,
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
    options,
  }
}
