/** The memory of a process that does nothing but merge and write a report, with many rows against a tenth of them. */
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse'
import { listFileName, reportFolder, type ListName } from '../../model/report-row.ts'
import { temporaryFolder } from '../../test/support/processes.ts'
import type { Figure } from './table.ts'

const MiB = 1024 ** 2
const promised = 1.2
const child = join(import.meta.dirname, 'report-child.ts')
/** Garbage is collected when the heap is full: a small one shows what is held, and not how much of it may lie about. */
const smallHeap = ['--max-semi-space-size=1', '--max-old-space-size=48']

export interface WrittenReport {
  readonly peakBytes: number
  /** As another CSV reader counts them, without the header. */
  readonly rows: Readonly<Partial<Record<ListName, number>>>
}

export async function writtenReport(rows: number): Promise<WrittenReport> {
  const folder = temporaryFolder('report')
  const { stdout } = await promisify(execFile)(process.execPath, [...smallHeap, child], { env: { ...process.env, ROWS: String(rows), FOLDER: folder } })
  const { peakBytes } = JSON.parse(stdout) as { readonly peakBytes: number }
  const count = (list: ListName): Promise<number> => countRows(join(folder, reportFolder, listFileName('many-rows', 1, list)))
  return { peakBytes, rows: { total_list: await count('total_list'), completed_list: await count('completed_list'), error_list: await count('error_list') } }
}

async function countRows(file: string): Promise<number> {
  let rows = -1
  for await (const _row of createReadStream(file).pipe(parse({ record_delimiter: '\r\n' }))) rows++
  return rows
}

export async function reportFigures(few: number, many: number): Promise<Figure[]> {
  const [less, more] = [await writtenReport(few), await writtenReport(many)]
  const ratio = more.peakBytes / less.peakBytes
  const rows = JSON.stringify(more.rows)
  const failed = Math.ceil(many / 10)
  const wanted = JSON.stringify({ total_list: many, completed_list: many - failed, error_list: failed })
  return [
    { name: `peak memory of a report of ${many} rows against ${few}`, promised: `≤ ${promised} ×`, measured: `${ratio.toFixed(2)} ×: ${Math.round(more.peakBytes / MiB)} against ${Math.round(less.peakBytes / MiB)} MiB`, ok: ratio <= promised },
    { name: `rows of that report`, promised: wanted, measured: rows, ok: rows === wanted },
  ]
}
