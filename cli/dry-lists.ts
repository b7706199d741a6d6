/** The lists of a dry run, in a folder of this machine: the report's, with what would be copied instead of what was. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { DryOutcome } from '../worker/dry-run.ts'
import type { JobOptions } from '../model/job.ts'
import { reportColumns } from '../model/report-row.ts'
import { toCsv } from '../report/csv.ts'
import { rowsOf, sourceAddressPrefix } from '../report/row.ts'
import type { Storage } from '../storage/storage.ts'

const columns = {
  total_list: reportColumns.total_list,
  copy_list: ['file_name', 'size'],
  skipped_list: reportColumns.skipped_list,
  error_list: reportColumns.error_list,
  excluded_list: reportColumns.excluded_list,
} as const
type DryListName = keyof typeof columns

export interface DryLists {
  add(outcome: DryOutcome): Promise<void>
  /** Closes the files and says what they hold. */
  end(): Promise<{ readonly name: string; readonly rows: number; readonly bytes: number; readonly file: string }[]>
}

export async function createDryLists(
  { job, listExcluded }: JobOptions,
  out: string,
  source: Storage,
  folder: string,
): Promise<DryLists> {
  const to = resolve(folder, out)
  await mkdir(to, { recursive: true })
  const names = (Object.keys(columns) as DryListName[]).filter((list) => list !== 'excluded_list' || listExcluded)
  const lists = new Map(names.map((list) => [list, new DryList(`${job}@dry-run_${list}`, to, columns[list])]))
  const prefix = sourceAddressPrefix(source.info)
  return {
    async add(outcome) {
      for (const { list, cells } of toRows(outcome, prefix)) await lists.get(list)?.add(cells)
    },
    end: () => Promise.all([...lists.values()].map((list) => list.end())),
  }
}

interface DryRow {
  readonly list: DryListName
  readonly cells: readonly string[]
}

function toRows(outcome: DryOutcome, prefix: string): readonly DryRow[] {
  if (outcome.kind !== 'copy')
    return rowsOf(outcome, prefix).filter((row): row is typeof row & DryRow => row.list !== 'completed_list')
  const { key, size, mtimeMs } = outcome.entry
  const total = rowsOf({ kind: 'skipped', reason: 'same', key, size, mtimeMs }, prefix).filter(
    (row): row is typeof row & DryRow => row.list === 'total_list',
  )
  return [...total, { list: 'copy_list', cells: [key, String(size)] }]
}

class DryList {
  private readonly name: string
  private readonly file: string
  private readonly stream: WriteStream
  private rows = -1
  private bytes = 0

  constructor(name: string, folder: string, header: readonly string[]) {
    this.name = name
    this.file = join(folder, `${name}.csv`)
    this.stream = createWriteStream(this.file)
    void this.add(header)
  }

  async add(cells: readonly string[]): Promise<void> {
    const row = toCsv([cells])
    this.rows++
    this.bytes += row.length
    if (!this.stream.write(row)) await once(this.stream, 'drain')
  }

  async end(): Promise<{ readonly name: string; readonly rows: number; readonly bytes: number; readonly file: string }> {
    await new Promise<void>((done) => this.stream.end(done))
    return { name: this.name, rows: this.rows, bytes: this.bytes, file: this.file }
  }
}
