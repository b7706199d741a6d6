/**
 * Writes the run's lists from the ledger's fragments, then the run into `_job.json`, and removes the ledger. May be repeated at any point:
 * lists are replaced whole, and a report that stands is not written again.
 */
import { retrying } from '../storage/retrying.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ReportInput, ReportResult } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import { jobFileName, listFileName, listNames, reportFolder, type ListName } from '../model/report-row.ts'
import { totalOf } from '../model/status.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import { allFragments, type Fragment } from './all-fragments.ts'
import { AccountingError } from './accounting.ts'
import { headerOf } from './csv.ts'
import { toRunRecord, withRun, type RunRecord } from './job-file.ts'
import { putStream } from './put-stream.ts'
import { readJobFile } from './read-report.ts'
import { volumesOf, type Volume } from './volumes.ts'

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

/** Fails AccountingMismatch where the lists do not have the rows that the run counted. */
export async function writeReport(task: ReportTask): Promise<ReportResult> {
  const { destination, ledger, input, signal } = task
  const record = (await standing(task)) ?? (await write(task))
  await ledger.remove({ signal })
  if (input.context.options.ledger !== undefined) await ledger.removeFrom(destination, { signal })
  return { lists: record.lists.map(({ name }) => name), counts: input.counts }
}

/** The report of this very run, when an earlier attempt wrote all of it. */
async function standing({ destination, input: { context }, signal }: ReportTask): Promise<RunRecord | undefined> {
  const file = await readJobFile(destination, context.options.job, { signal })
  return file?.runs.find(({ run, epoch }) => run === context.run && epoch === context.epoch)
}

async function write(task: ReportTask): Promise<RunRecord> {
  const { input, signal } = task
  const fragments = await allFragments(task.ledger, input.fragments, { signal })
  assertRows(input, fragments)
  const lists: { name: string; rows: number; bytes: number }[] = []
  for (const list of listNames) {
    if (list === 'excluded_list' && !input.context.options.listExcluded) continue
    for (const [i, volume] of volumesOf(list, fragments).entries()) lists.push(await writeVolume(task, list, i + 1, volume))
  }
  const dropped = fragments.reduce((sum, [, { droppedMetadata }]) => sum + droppedMetadata, 0)
  const record = toRunRecord(input, lists, dropped)
  await addToJobFile(task.destination, input.context.options, record, { signal })
  return record
}

function assertRows({ counts }: ReportInput, fragments: readonly Fragment[]): void {
  const rowsOf = (list: ListName) => volumesOf(list, fragments).reduce((sum, { rows }) => sum + rows, 0)
  const expected = [
    ['total_list', totalOf(counts).files],
    ['completed_list', counts.completed.files],
    ['skipped_list', counts.skipped.files],
    ['error_list', counts.failed.files],
  ] as const
  for (const [list, files] of expected) {
    if (rowsOf(list) !== files) throw new AccountingError(`The ${list} has ${rowsOf(list)} rows where the run counted ${files} files.`)
  }
}

async function writeVolume(task: ReportTask, list: ListName, number: number, volume: Volume) {
  const { destination, input, signal } = task
  const { options, run } = input.context
  const name = listFileName(options.job, run, list, number)
  const size = headerOf(list).length + volume.bytes
  await putStream(destination, reportFolder + name, volumeBytes(task, list, volume), { size, metadata: csvMetadata, signal })
  return { name, rows: volume.rows, bytes: size }
}

const csvMetadata = { contentType: 'text/csv; charset=utf-8', user: {} }

async function* volumeBytes({ ledger, signal, onProgress }: ReportTask, list: ListName, { parts }: Volume): AsyncGenerator<Uint8Array> {
  yield headerOf(list)
  let bytes = 0
  for (const { fragment, part } of parts) {
    const chunk = await ledger.readFragment(fragment, part, { signal })
    yield chunk
    bytes += chunk.length
    onProgress({ bytes })
  }
}

async function addToJobFile(storage: Storage, options: JobOptions, record: RunRecord, { signal }: CallOptions): Promise<void> {
  const file = withRun(await readJobFile(storage, options.job, { signal }), options, record)
  const body = [Buffer.from(`${JSON.stringify(file, null, 2)}\n`)]
  const metadata = { contentType: 'application/json', user: {} }
  await retrying(() => storage.put(reportFolder + jobFileName(options.job), body, { metadata, signal }), { signal })
}
