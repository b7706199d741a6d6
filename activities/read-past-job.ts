import type { JobOptions } from '../model/job.ts'
import { readJobFile } from '../report/read-report.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

export interface PastJobInput {
  /** AddressRef text of where its reports stand. */
  readonly destination: string
  readonly job: string
}

/** What the report of a job's last run says, for whom Temporal has forgotten it. */
export interface PastJob {
  readonly options: JobOptions
  readonly run: number
  readonly failedFiles: number
}

export const createReadPastJob = ({ storages }: Dependencies) =>
  async function readPastJobActivity({ destination, job }: PastJobInput): Promise<PastJob | null> {
    return await beating(5_000, () => undefined, async ({ cut: signal }) => {
      const file = await readJobFile(await storages.open(destination, 'destination'), job, { signal })
      const last = file?.runs.at(-1)
      return file && last ? { options: file.options, run: last.run, failedFiles: last.failed.files } : null
    })
  }
