/** The report's lists, PRODUCT.md §5: header strings and names exactly so. */
export const reportFolder = 'aliyun_mgw_import_report/'
export const ledgerFolder = `${reportFolder}.ledger/`

export const skipReasons = ['same', 'exists', 'not-newer', 'symlink', 'not-a-file', 'prefix-marker'] as const
export type SkipReason = (typeof skipReasons)[number]

export const reportColumns = {
  total_list: ['source_address', 'file_name', 'size', 'last_modified'],
  completed_list: ['file_name', 'size', 'crc64', 'completed_at'],
  skipped_list: ['file_name', 'size', 'reason'],
  error_list: ['file_name', 'started_at', 'ended_at', 'code', 'description'],
  excluded_list: ['file_name', 'size', 'last_modified'],
} as const
export type ListName = keyof typeof reportColumns
/** Every kind of list that may stand in the report folder; `verify_list` only once `tranship verify` has been through. */
export type ReportFile = ListName | 'verify_list'
export const listNames = Object.keys(reportColumns) as readonly ListName[]

export const maxListRows = 10_000_000

/** `photos@1_total_list`, then `photos@1_total_list_2`, … */
export function listFileName(job: string, run: number, list: ReportFile, volume = 1): string {
  return `${job}@${run}_${list}${volume === 1 ? '' : `_${volume}`}`
}
export const jobFileName = (job: string): string => `${job}_job.json`
