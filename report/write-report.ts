/** Writes the run's lists and `_job.json` from the ledger's fragments, then removes the ledger. May be repeated. */
import type { ReportInput, ReportResult } from '../model/batch.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Storage } from '../storage/storage.ts'

export interface ReportTask {
  readonly destination: Storage
  readonly ledger: Ledger
  readonly input: ReportInput
  readonly attempt: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: ReportProgress) => void
}
export interface ReportProgress {
  readonly bytes: number
}

export async function writeReport(task: ReportTask): Promise<ReportResult> {
  throw new Error(`not yet: ${task.attempt}`)
}
