/** One whole run on memory stores: list, copy, merge, report. */
import { parse } from 'csv-parse/sync'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openLedger, type Ledger } from '../../ledger/ledger.ts'
import { listBatches } from '../../listing/list-batches.ts'
import type { BatchRef, FinishedBatch, ListInput, ListPosition, ListResult, ReportResult, RunContext } from '../../model/batch.ts'
import type { JobOptions } from '../../model/job.ts'
import type { ListName } from '../../model/report-row.ts'
import { addTally, noTally } from '../../model/status.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { readList } from '../../report/read-report.ts'
import { sourceAddressPrefix } from '../../report/row.ts'
import { writeReport } from '../../report/write-report.ts'
import type { Storage } from '../../storage/storage.ts'
import { jobOptions, rig } from '../copy/support.ts'

export const signal = new AbortController().signal

export interface RunTask {
  readonly source: Storage
  readonly destination: Storage
  readonly options?: Partial<JobOptions>
  readonly run?: number
  readonly retry?: ListInput['retry']
}

export const contextOf = ({ options, run = 1 }: Pick<RunTask, 'options' | 'run'>): RunContext => ({
  options: jobOptions(options),
  epoch: 'epoch-1',
  run,
  proven: [],
})

export interface Listed {
  readonly batches: readonly BatchRef[]
  readonly excluded: ListResult['excluded']
  readonly calls: number
}

export async function listAll(task: RunTask, ledger: Ledger, limits: { readonly maxBatches?: number; readonly deadlineMs?: number } = {}): Promise<Listed> {
  const { source, destination, retry } = task
  const batches: BatchRef[] = []
  let excluded = noTally
  let from: ListPosition | undefined
  for (let call = 0; ; call++) {
    const input: ListInput = { context: ledger.context, from, call, firstBatch: batches.length, maxBatches: limits.maxBatches ?? 50, retry }
    const result = await listBatches({ source, destination, ledger, input, attempt: 1, signal, deadlineMs: limits.deadlineMs ?? Infinity, now: () => 1 })
    if (result.blocked) throw new Error(result.blocked.message)
    batches.push(...result.batches)
    excluded = addTally(excluded, result.excluded)
    if (result.position === undefined) return { batches, excluded, calls: call + 1 }
    from = result.position
  }
}

export async function copyAll({ source, destination, options }: RunTask, ledger: Ledger, batches: readonly BatchRef[]): Promise<FinishedBatch[]> {
  const finished: FinishedBatch[] = []
  for (const { n, listAttempt, skips } of batches) {
    if (skips) {
      finished.push([n, listAttempt, -1, 0])
      continue
    }
    const entries = await ledger.readEntries(n, listAttempt)
    const checkpoint = (state: Parameters<Ledger['writeOutcomes']>[2]) => ledger.writeOutcomes(n, { generation: 0, attempt: 1 }, state)
    await copyBatch({ ...rig({ source, destination, entries, options: jobOptions(options) }), checkpoint })
    finished.push([n, listAttempt, 0, 1])
  }
  return finished
}

export async function runJob(task: RunTask): Promise<ReportResult> {
  const ledger = openLedger(task.destination, contextOf(task))
  const { batches, excluded } = await listAll(task, ledger)
  return await reportOn(task, ledger, await copyAll(task, ledger, batches), excluded)
}

export async function reportOn({ source, destination }: RunTask, ledger: Ledger, batches: readonly FinishedBatch[], excluded = noTally): Promise<ReportResult> {
  const { context } = ledger
  const merge = { context, merge: 0, batches }
  const { fragment, counts } = await mergeBatches({ ledger, destination, input: merge, attempt: 1, sourcePrefix: sourceAddressPrefix(source.info), signal })
  const input = { context, fragments: [fragment], counts, excluded, startedAt: 0, endedAt: 1_000 }
  return await writeReport({ destination, ledger, input, attempt: 1, signal, onProgress: () => {} })
}

export async function textOf(storage: Storage, run: number, list: ListName): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readList(storage, jobOptions().job, run, list)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export async function rowsOf(storage: Storage, run: number, list: ListName): Promise<Record<string, string>[]> {
  return parse(await textOf(storage, run, list), { columns: true })
}
