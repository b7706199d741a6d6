/** The lists of a run that goes on, of what is finished so far: read from its ledger, nothing is written. */
import type { Ledger } from '../ledger/ledger.ts'
import type { FinishedBatch, FinishedParts } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { listNames, type ListName } from '../model/report-row.ts'
import { allFragments } from './all-fragments.ts'
import { readBatchOutcomes } from './batch-outcomes.ts'
import { headerOf, toCsv } from './csv.ts'
import { rowsOf } from './row.ts'

export interface RunningReportTask {
  readonly ledger: Ledger
  /** What stands before the key in `source_address`. */
  readonly sourcePrefix: string
  readonly options: JobOptions
  readonly parts: FinishedParts
  readonly signal: AbortSignal
}

export interface ReportChunk {
  readonly list: ListName
  readonly bytes: Uint8Array
}

/**
 * Bytes of all lists, mixed; those of one list in order, its header first. The same parts give the same chunks, each a few MiB at
 * most. Fails `not-found` once the run's report stands.
 */
export async function* runningReport(task: RunningReportTask): AsyncGenerator<ReportChunk> {
  for (const read of await runningSteps(task)) yield* await read()
}

/** The same, one step at a time: a step reads nothing until it is called, so that steps can be left out. */
export async function runningSteps(task: RunningReportTask): Promise<(() => Promise<ReportChunk[]>)[]> {
  const { ledger, options, parts, signal } = task
  const fragments = await allFragments(ledger, parts.fragments, { signal })
  return [
    () => Promise.resolve(runningLists(options).map((list) => ({ list, bytes: headerOf(list) }))),
    ...fragments.flatMap(([fragment, index]) => index.parts.map(({ list }, part) => async () => [{ list, bytes: await ledger.readFragment(fragment, part, { signal }) }])),
    ...parts.finished.map((batch) => () => readBatch(task, batch)),
  ]
}

async function readBatch({ ledger, sourcePrefix, signal }: RunningReportTask, batch: FinishedBatch): Promise<ReportChunk[]> {
  const { outcomes } = await readBatchOutcomes(ledger, batch, { signal })
  const rows = outcomes.flatMap((outcome) => rowsOf(outcome, sourcePrefix))
  return listNames.flatMap((list) => {
    const cells = rows.filter((row) => row.list === list).map((row) => row.cells)
    return cells.length === 0 ? [] : [{ list, bytes: toCsv(cells) }]
  })
}

export const runningLists = ({ listExcluded }: JobOptions): readonly ListName[] =>
  listNames.filter((list) => list !== 'excluded_list' || listExcluded)
