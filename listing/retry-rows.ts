/** The failed files of a previous run, from its error list, as entries: each is looked at anew at the source. */
import { parse } from 'csv-parse/sync'
import { eachOf } from '../model/each-of.ts'
import { fileError } from '../storage/file-error.ts'
import type { Entry, SourcePosition } from '../ledger/entry.ts'
import { fileErrorCodes, type FileErrorCode } from '../model/codes.ts'
import { listFileName, reportColumns, reportFolder } from '../model/report-row.ts'
import { lastRowEnd } from '../model/rows-end.ts'
import { noTally } from '../model/status.ts'
import { isStorageError } from '../storage/error.ts'
import type { Storage } from '../storage/storage.ts'
import { at } from './blocked.ts'
import type { EntryPage } from './decide-source.ts'
import { entryOf } from './entry-of.ts'

export interface RetryTask {
  readonly source: Storage
  readonly destination: Storage
  readonly job: string
  readonly run: number
  /** Only files that failed with this code; the others are carried over as they are. */
  readonly only?: string
  readonly from?: Extract<SourcePosition, { kind: 'retry' }>
  readonly signal: AbortSignal
}

const chunkBytes = 256 * 1024
const headsAtOnce = 16

export async function* retryEntries(task: RetryTask): AsyncGenerator<EntryPage> {
  let { volume, offset } = task.from ?? { volume: 1, offset: 0 }
  for (;;) {
    const chunk = await readRows(task, volume, offset)
    if (chunk === undefined) return
    const rows = offset === 0 ? chunk.rows.slice(1) : chunk.rows
    const isVolumeEnd = chunk.rows.length === 0
    volume = isVolumeEnd ? volume + 1 : volume
    offset = isVolumeEnd ? 0 : offset + chunk.bytes
    yield { entries: await toEntries(task, rows), excluded: noTally, next: { kind: 'retry', volume, offset } }
  }
}

interface Rows {
  readonly rows: readonly (readonly string[])[]
  readonly bytes: number
}

/** Whole rows from `offset` on; none at the volume's end; undefined where there is no such volume. */
async function readRows({ destination, job, run, signal }: RetryTask, volume: number, offset: number): Promise<Rows | undefined> {
  const key = `${reportFolder}${listFileName(job, run, 'error_list', volume)}`
  for (let most = chunkBytes; ; most *= 2) {
    const bytes = await readRange(destination, key, offset, most, signal)
    if (bytes === undefined) return undefined
    const end = lastRowEnd(bytes)
    if (end > 0) return { rows: parse(bytes.subarray(0, end), { relax_column_count: true }), bytes: end }
    if (bytes.length < most) return { rows: [], bytes: bytes.length }
  }
}

async function readRange(storage: Storage, key: string, first: number, bytes: number, signal: AbortSignal): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), { range: { first, last: first + bytes - 1 }, signal })
    return Buffer.concat(chunks)
  } catch (error) {
    if (isStorageError(error, 'range')) return Buffer.alloc(0)
    if (isStorageError(error, 'not-found')) return undefined
    return await at('destination', Promise.reject(error))
  }
}

async function toEntries(task: RetryTask, rows: Rows['rows']): Promise<Entry[]> {
  const entries: Entry[] = new Array(rows.length)
  await eachOf(rows.entries(), headsAtOnce, async ([i, row]) => {
    entries[i] = await toEntry(task, row)
  })
  return entries
}

async function toEntry(task: RetryTask, row: readonly string[]): Promise<Entry> {
  const { file_name: key = '', ...before } = Object.fromEntries(reportColumns.error_list.map((name, i) => [name, row[i]]))
  const fail = task.only === undefined || before['code'] === task.only ? undefined : carriedOver(before)
  const seen = await look(task, key)
  return fail === undefined ? seen : { ...seen, fail }
}

function carriedOver(row: Readonly<Record<string, string | undefined>>): NonNullable<Entry['fail']> {
  const { code, description = '', started_at: startedAt = '', ended_at: endedAt = '' } = row
  return { code: toCode(code), description, startedAt: Date.parse(startedAt), endedAt: Date.parse(endedAt) }
}

const toCode = (text: string | undefined): FileErrorCode => fileErrorCodes.find((code) => code === text) ?? 'Unexpected'

/** What may answer later is looked at again by the copier, which tells one bad file from an outage. */
async function look({ source, signal }: RetryTask, key: string): Promise<Entry> {
  try {
    return entryOf(await source.head(key, { signal }))
  } catch (error) {
    if (isStorageError(error) && error.retryable) return { key, size: 0, mtimeMs: 0, unseen: true }
    if (!isStorageError(error) || error.kind === 'aborted' || error.scope === 'address') return await at('source', Promise.reject(error))
    return { key, size: 0, mtimeMs: 0, fail: fileError(error, 'source') }
  }
}
