/** The lists of a run that goes on, read from here: for whoever has tranship.yaml at hand. */
import { openLedger } from '../ledger/ledger.ts'
import type { FinishedParts } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { sourceAddressPrefix } from '../report/row.ts'
import { runningReport, type ReportChunk } from '../report/running-report.ts'
import type { Storage } from '../storage/storage.ts'

export interface RunningReportHere {
  readonly source: Storage
  /** Where the ledger lies. */
  readonly ledger: Storage
  readonly options: JobOptions
  readonly parts: FinishedParts
  readonly signal: AbortSignal
}

export function runningReportHere({ source, ledger, options, parts, signal }: RunningReportHere): AsyncGenerator<ReportChunk> {
  const context = { options, epoch: parts.epoch, run: parts.run, proven: [] }
  return runningReport({ ledger: openLedger(ledger, context), sourcePrefix: sourceAddressPrefix(source.info), options, parts, signal })
}
