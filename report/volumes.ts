/** Which parts of which fragments make up which volume of a list. Pure. */
import type { FragmentIndex } from '../ledger/entry.ts'
import type { FragmentRef } from '../model/batch.ts'
import { maxListRows, type ListName } from '../model/report-row.ts'

export interface VolumePart {
  readonly fragment: FragmentRef
  readonly part: number
}
export interface Volume {
  readonly rows: number
  /** Without the header row. */
  readonly bytes: number
  readonly parts: readonly VolumePart[]
}

/** At least one volume, even when it is empty; none has more rows than `maxRows`, unless a single part has. */
export function volumesOf(list: ListName, fragments: readonly (readonly [FragmentRef, FragmentIndex])[], maxRows = maxListRows): Volume[] {
  const volumes: { rows: number; bytes: number; parts: VolumePart[] }[] = [{ rows: 0, bytes: 0, parts: [] }]
  for (const [fragment, index] of fragments) {
    for (const [part, { list: of, rows, bytes }] of index.parts.entries()) {
      if (of !== list) continue
      let last = volumes.at(-1)
      if (!last || (last.rows > 0 && last.rows + rows > maxRows)) volumes.push((last = { rows: 0, bytes: 0, parts: [] }))
      last.rows += rows
      last.bytes += bytes
      last.parts.push({ fragment, part })
    }
  }
  return volumes
}
