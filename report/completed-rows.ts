/** The completed lists of a job's runs, page by page, from any page on. A list that stands is never changed. */
import { parse } from 'csv-parse/sync'
import { listFileName, reportFolder } from '../model/report-row.ts'
import { lastRowEnd } from '../model/rows-end.ts'
import { isStorageError } from '../storage/error.ts'
import { retrying } from '../storage/retrying.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import type { JobFile } from './job-file.ts'

export interface CompletedRow {
  readonly key: string
  readonly size: number
  /** Decimal; empty where nobody stated it. */
  readonly crc64: string
}

/** Where a page begins. */
export interface PagePlace {
  readonly run: number
  readonly volume: number
  readonly offset: number
}
export interface RowPage extends PagePlace {
  readonly rows: readonly CompletedRow[]
}

export interface Volume {
  readonly run: number
  readonly volume: number
  readonly rows: number
}

/** The volumes of completed lists that have rows, the oldest run first. */
export function completedVolumes({ job, runs }: JobFile): Volume[] {
  return runs.flatMap(({ run, lists }) => {
    const rowsOf = new Map(lists.map(({ name, rows }) => [name, rows]))
    const volumes: Volume[] = []
    for (let volume = 1; ; volume++) {
      const rows = rowsOf.get(listFileName(job, run, 'completed_list', volume))
      if (rows === undefined) return volumes
      if (rows > 0) volumes.push({ run, volume, rows })
    }
  })
}

export interface PagesTask extends CallOptions {
  readonly storage: Storage
  readonly job: string
  readonly volumes: readonly Volume[]
  /** Absent: from the first volume's beginning. */
  readonly from?: PagePlace
}

export async function* completedPages({ storage, job, volumes, from, signal }: PagesTask): AsyncGenerator<RowPage> {
  const first = from === undefined ? 0 : volumes.findIndex(({ run, volume }) => run === from.run && volume === from.volume)
  if (first < 0) throw new Error(`Run ${from?.run} of "${job}" is not in its report any more.`)
  for (const [i, { run, volume }] of volumes.slice(first).entries()) {
    const key = reportFolder + listFileName(job, run, 'completed_list', volume)
    let offset = i === 0 ? (from?.offset ?? 0) : 0
    for (;;) {
      const page = await readPage(storage, key, offset, { signal })
      if (page.bytes === 0) break
      yield { run, volume, offset, rows: offset === 0 ? page.rows.slice(1) : page.rows }
      offset += page.bytes
    }
  }
}

const pageBytes = 256 * 1024

/** Whole rows from `offset` on, and how many bytes they are: none at the end. */
async function readPage(storage: Storage, key: string, offset: number, options: CallOptions): Promise<{ rows: CompletedRow[]; bytes: number }> {
  for (let most = pageBytes; ; most *= 2) {
    const bytes = await readRange(storage, key, offset, most, options)
    const end = lastRowEnd(bytes)
    if (end > 0 || bytes.length < most) return { rows: (parse(bytes.subarray(0, end)) as string[][]).map(toRow), bytes: end }
  }
}

const toRow = ([key = '', size = '', crc64 = '']: readonly string[]): CompletedRow => ({ key, size: Number(size), crc64 })

async function readRange(storage: Storage, key: string, first: number, most: number, { signal }: CallOptions): Promise<Buffer> {
  try {
    return await retrying(async () => {
      const chunks: Buffer[] = []
      await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), { range: { first, last: first + most - 1 }, signal })
      return Buffer.concat(chunks)
    }, { signal })
  } catch (error) {
    if (isStorageError(error, 'range')) return Buffer.alloc(0)
    throw error
  }
}
