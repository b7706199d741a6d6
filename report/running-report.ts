/** The lists of a run that goes on, of what is finished so far: read from its ledger, nothing is written. */
import type { Ledger } from '../ledger/ledger.ts'
import type { FinishedBatch, FinishedParts, FragmentRef } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { listNames, type ListName } from '../model/report-row.ts'
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
  for (const read of runningChunks(task)) yield* await read()
}

/** The same, one step at a time: a step reads nothing until it is called, so that steps can be left out. */
export function* runningChunks(task: RunningReportTask): Generator<() => Promise<ReportChunk[]>> {
  const { options, parts } = task
  yield () => Promise.resolve(runningLists(options).map((list) => ({ list, bytes: headerOf(list) })))
  for (const fragment of parts.fragments)
    for (let part = 0; part < fragment.parts; part++) yield () => readPart(task, fragment, part)
  for (const batch of parts.finished) yield () => readBatch(task, batch)
}

async function readPart({ ledger, signal }: RunningReportTask, fragment: FragmentRef, part: number): Promise<ReportChunk[]> {
  const { list } = (await ledger.readFragmentIndex(fragment, { signal })).parts[part] ?? {}
  return list === undefined ? [] : [{ list, bytes: await ledger.readFragment(fragment, part, { signal }) }]
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
