import { listFileName, reportFolder } from '../model/report-row.ts'
import type { ReportFile } from '../model/report-row.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

export interface ReadReportInput {
  /** AddressRef text of the job's destination. */
  readonly destination: string
  readonly job: string
  readonly run: number
  readonly list: ReportFile
  readonly volume: number
  readonly offset: number
}
/** At most 512 KiB of a list, base64. `size` is the whole object's; 0 rows: the object is not there. */
export interface ReadReportResult {
  readonly bytes: string
  readonly size: number
}

const chunkBytes = 512 * 1024

export const createReadReport = ({ storages }: Dependencies) =>
  async function readReportActivity(input: ReadReportInput): Promise<ReadReportResult> {
    return await beating(5_000, () => undefined, async ({ cut: signal }) => {
      const storage = await storages.open(input.destination, 'destination')
      const key = `${reportFolder}${listFileName(input.job, input.run, input.list, input.volume)}`
      const { size } = await storage.head(key, { signal })
      if (input.offset >= size) return { bytes: '', size }
      const chunks: Buffer[] = []
      const last = Math.min(size, input.offset + chunkBytes) - 1
      await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), { range: { first: input.offset, last }, signal })
      return { bytes: Buffer.concat(chunks).toString('base64'), size }
    })
  }
