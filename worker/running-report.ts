/** The lists of a run that goes on, of what is finished so far: read from its ledger, nothing is written. */
import { openLedger } from '../ledger/ledger.ts'
import type { FinishedBatch, FragmentRef } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { listNames, type ListName } from '../model/report-row.ts'
import { readBatchOutcomes } from '../report/batch-outcomes.ts'
import { headerOf, toCsv } from '../report/csv.ts'
import { rowsOf, sourceAddressPrefix } from '../report/row.ts'
import type { Storage } from '../storage/storage.ts'

export interface RunningReportTask {
  readonly source: Storage
  /** Where the ledger lies. */
  readonly ledger: Storage
  readonly options: JobOptions
  /** As the job's query `reportParts` answers. */
  readonly parts: {
    readonly epoch: string
    readonly run: number
    readonly fragments: readonly FragmentRef[]
    readonly finished: readonly FinishedBatch[]
  }
  readonly signal: AbortSignal
}

export interface ReportChunk {
  readonly list: ListName
  readonly bytes: Uint8Array
}

/** Bytes of all lists, mixed; those of one list in order, its header first. Fails `not-found` once the run's report stands. */
export async function* runningReport({
  source,
  ledger: storage,
  options,
  parts,
  signal,
}: RunningReportTask): AsyncGenerator<ReportChunk> {
  const ledger = openLedger(storage, { options, epoch: parts.epoch, run: parts.run, proven: [] })
  for (const list of runningLists(options)) yield { list, bytes: headerOf(list) }
  for (const fragment of parts.fragments) {
    const index = await ledger.readFragmentIndex(fragment, { signal })
    for (const [part, { list }] of index.parts.entries())
      yield { list, bytes: await ledger.readFragment(fragment, part, { signal }) }
  }
  const prefix = sourceAddressPrefix(source.info)
  for (const batch of parts.finished) {
    const { outcomes } = await readBatchOutcomes(ledger, batch, { signal })
    const rows = outcomes.flatMap((outcome) => rowsOf(outcome, prefix))
    for (const list of listNames) {
      const cells = rows.filter((row) => row.list === list).map((row) => row.cells)
      if (cells.length > 0) yield { list, bytes: toCsv(cells) }
    }
  }
}

export const runningLists = ({ listExcluded }: JobOptions): readonly ListName[] =>
  listNames.filter((list) => list !== 'excluded_list' || listExcluded)
