/** Reads the lists of reports that stand at a destination. */
import type { ListName } from '../model/report-row.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'

/** The bytes of one list over all its volumes, the header row once. Nothing when the run has no such list. */
export async function* readList(storage: Storage, job: string, run: number, list: ListName, options: CallOptions = {}): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${storage.info.bucket}${job}${run}${list}${options.signal?.aborted}`)
}

/** Runs of the job whose report stands, in ascending order. */
export async function findRuns(storage: Storage, job: string, options: CallOptions = {}): Promise<number[]> {
  throw new Error(`not yet: ${storage.info.bucket}${job}${options.signal?.aborted}`)
}
