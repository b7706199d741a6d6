/** The lists of a report, read with an independent CSV reader from the bytes that lie at the destination. */
import { parse } from 'csv-parse/sync'
import type { Found } from './s3-bucket.ts'

export const reportFolder = 'aliyun_mgw_import_report/'

export interface Lists {
  readonly total: readonly Record<'source_address' | 'file_name' | 'size' | 'last_modified', string>[]
  readonly completed: readonly Record<'file_name' | 'size' | 'crc64' | 'completed_at', string>[]
  readonly skipped: readonly Record<'file_name' | 'size' | 'reason', string>[]
  readonly error: readonly Record<'file_name' | 'started_at' | 'ended_at' | 'code' | 'description', string>[]
}

export function listsOf(found: ReadonlyMap<string, Found>, job: string, run: number): Lists {
  const read = (list: string): never => {
    const bytes = found.get(`${reportFolder}${job}@${run}_${list}`)?.bytes
    if (bytes === undefined) throw new Error(`There is no ${list} of ${job}@${run}.`)
    return parse(bytes, { columns: true, record_delimiter: '\r\n' }) as never
  }
  return { total: read('total_list'), completed: read('completed_list'), skipped: read('skipped_list'), error: read('error_list') }
}

/** Every file stands in total, and in exactly one of the others. */
export function accountsFor({ total, completed, skipped, error }: Lists, keys: readonly string[]): boolean {
  const outcomes = [...completed, ...skipped, ...error].map((row) => row.file_name)
  const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
  return same(total.map((row) => row.file_name), keys) && same(outcomes, keys)
}

export const leftOvers = (found: ReadonlyMap<string, unknown>): string[] => [...found.keys()].filter((key) => /\.ledger|\.canary|\.tranship/.test(key))
