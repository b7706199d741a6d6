/** The rows of the report's lists, PRODUCT.md §5. Pure. */
import type { Outcome } from '../ledger/entry.ts'
import type { ListName } from '../model/report-row.ts'
import type { StorageInfo } from '../storage/storage.ts'

/** `<vendor>://<bucket>/<prefix>`, for a NAS `nas://<mount point>:/<prefix>`: the key follows. */
export function sourceAddressPrefix({ vendor, bucket, prefix }: StorageInfo): string {
  return vendor === 'nas' ? `nas://${bucket}:/${prefix}` : `${vendor}://${bucket}/${prefix}`
}

export interface Row {
  readonly list: ListName
  readonly cells: readonly string[]
}

/** What a file adds to the lists: one row in the total list and one in the list of its kind, or one of what was excluded. */
export function rowsOf(outcome: Outcome, sourcePrefix: string): Row[] {
  const { key, size, mtimeMs } = outcome
  const file = [key, String(size)]
  const total: Row = { list: 'total_list', cells: [sourcePrefix + key, ...file, isoTime(mtimeMs)] }
  switch (outcome.kind) {
    case 'completed':
      return [total, { list: 'completed_list', cells: [...file, outcome.crc64, isoTime(outcome.completedAt)] }]
    case 'skipped':
      return [total, { list: 'skipped_list', cells: [...file, outcome.reason] }]
    case 'failed':
      return [total, { list: 'error_list', cells: errorCells(outcome) }]
    case 'excluded':
      return [{ list: 'excluded_list', cells: [...file, isoTime(mtimeMs)] }]
  }
}

function errorCells({ key, startedAt, endedAt, code, description }: Extract<Outcome, { kind: 'failed' }>): string[] {
  return [key, isoTime(startedAt), isoTime(endedAt), code, description]
}

/** ISO 8601 UTC with milliseconds; empty for what is no time. */
function isoTime(ms: number): string {
  const time = new Date(Math.floor(ms))
  return Number.isNaN(time.getTime()) ? '' : time.toISOString()
}
