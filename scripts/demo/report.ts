import { parse } from 'csv-parse/sync'
import type { Bucket } from './bucket.ts'
import { clientOf } from './client.ts'

export interface ReportSummary {
  readonly total: number
  readonly completed: number
  readonly skipped: number
  readonly failed: number
  /** The completed list. */
  readonly rows: readonly CompletedRow[]
}
export interface CompletedRow {
  readonly file_name: string
  readonly size: string
  readonly crc64: string
}

/** The report as it lies in the bucket, read with Alibaba's client and an independent CSV reader. */
export async function readReport(bucket: Bucket, job: string, run: number): Promise<ReportSummary> {
  const client = clientOf(bucket)
  const read = async <Row>(list: string): Promise<Row[]> => {
    const { content } = await client.get(`aliyun_mgw_import_report/${job}@${run}_${list}`)
    return parse(content as Buffer, { columns: true })
  }
  const [total, completed, skipped, failed] = await Promise.all([
    read('total_list'), read<CompletedRow>('completed_list'), read('skipped_list'), read('error_list'),
  ])
  return { total: total.length, completed: completed.length, skipped: skipped.length, failed: failed.length, rows: completed }
}
