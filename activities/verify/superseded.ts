/** A file that a later run copied again is that run's: the row of the earlier one is history. */
import { completedPages, type PagesTask } from '../../report/completed-rows.ts'
import type { DifferingRow } from '../../report/verify-list.ts'

/** A row that was found to differ, and the run whose list it stands in. */
export interface Differing {
  readonly run: number
  readonly row: DifferingRow
}

export async function withoutSuperseded(differing: readonly Differing[], pages: PagesTask): Promise<{ rows: DifferingRow[]; superseded: number }> {
  const oldest = Math.min(...differing.map(({ run }) => run))
  const volumes = pages.volumes.filter(({ run }) => run > oldest)
  const newest = new Map(differing.map(({ row: { key } }) => [key, 0]))
  for await (const { run, rows } of volumes.length === 0 ? [] : completedPages({ ...pages, volumes })) {
    for (const { key } of rows) if (newest.has(key)) newest.set(key, run)
  }
  const rows = differing.flatMap(({ run, row }) => ((newest.get(row.key) ?? 0) > run ? [] : [row]))
  return { rows, superseded: differing.length - rows.length }
}
