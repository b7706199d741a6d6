/** RFC 4180: UTF-8, CRLF, quotes where a cell needs them. */
import { stringify } from 'csv-stringify/sync'
import { reportColumns, type ListName } from '../model/report-row.ts'

/** A lone CR or LF needs quotes too. */
const options = { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }

export function toCsv(rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(stringify(rows as string[][], options))
}

export const headerOf = (list: ListName): Buffer => toCsv([reportColumns[list]])
