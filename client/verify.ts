/** Reads again what a job copied, on the workers; one verification of a job at a time: who asks meanwhile follows that one. */
import type { Client } from '@temporalio/client'
import { workflowTaskQueue } from '../model/job.ts'
import { listFileName, reportFolder } from '../model/report-row.ts'
import { confidencePercent, differingOf, fewerThanPercent, verifyStatement, verifyWorkflowIdOf } from '../model/verify.ts'
import type { Verified, VerifyProgress, VerifyTask } from '../model/verify.ts'
import type { verifyJob } from '../workflows/verify-job.ts'
import { toTranshipError } from './errors.ts'
import { runWatched } from './run-watched.ts'
import type { WatchOptions } from './worker-watch.ts'

/** The JSON of `tranship verify`, without its examples. */
export interface VerifyView {
  readonly job: string
  readonly destination: string
  /** The newest run that was verified; all before it were too. */
  readonly run: number
  readonly mode: 'all' | 'sample'
  /** Copied in all runs, and read again of them. */
  readonly files: number
  readonly checked: number
  readonly bytes: number
  readonly equal: number
  /** Of the equal ones, by their size alone. */
  readonly sizeOnly: number
  /** Differ because a later run copied them again: not among the checked. */
  readonly superseded: number
  readonly differing: { readonly files: number; readonly missing: number; readonly size: number; readonly checksum: number }
  readonly unreadable: number
  /** Null where all were read. */
  readonly confidence: { readonly percent: number; readonly fewerThanPercent: number } | null
  readonly statement: string
  /** Where every file that differs stands. */
  readonly list: { readonly folder: string; readonly name: string }
  readonly startedAt: string
  readonly endedAt: string
}

export interface VerifyOptions {
  readonly onProgress?: (progress: VerifyProgress) => void
}

export async function runVerify(client: Client, task: VerifyTask, { onProgress }: VerifyOptions, watch: WatchOptions): Promise<VerifyView> {
  const onMemo = ({ verify }: Readonly<Record<string, unknown>>): void => {
    if (verify !== undefined) onProgress?.(verify as VerifyProgress)
  }
  const seed = Math.floor(Math.random() * 2 ** 31)
  const result = await runWatched<typeof verifyJob>(
    client,
    'verifyJob',
    { workflowId: verifyWorkflowIdOf(task.job), workflowIdConflictPolicy: 'USE_EXISTING', taskQueue: workflowTaskQueue, args: [{ task, seed }] },
    { ...watch, onMemo },
  )
  if ('fault' in result) throw toTranshipError(result.fault)
  return toView(result)
}

function toView(verified: Verified): VerifyView {
  const { task: { job, destination, sampleFiles }, run, files, counts, startedAt, endedAt } = verified
  const { missing, size, checksum, ...rest } = counts
  const bound = fewerThanPercent(verified)
  return {
    job, destination, run, files, ...rest,
    mode: sampleFiles === undefined ? 'all' : 'sample',
    differing: { files: differingOf(counts), missing, size, checksum },
    confidence: bound === null ? null : { percent: confidencePercent, fewerThanPercent: bound },
    statement: verifyStatement(verified),
    list: { folder: reportFolder, name: listFileName(job, run, 'verify_list') },
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
  }
}
