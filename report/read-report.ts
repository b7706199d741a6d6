/** Reads reports that stand at a destination. */
import { retrying } from '../storage/retrying.ts'
import { jobFileName, listFileName, reportFolder, type ListName } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import type { JobFile } from './job-file.ts'

const chunkBytes = 4 * 1024 ** 2

/** The bytes of one list over all its volumes, the header row once. Nothing when the run has no such list. */
export async function* readList(
  storage: Storage,
  job: string,
  run: number,
  list: ListName,
  options: CallOptions = {},
): AsyncGenerator<Uint8Array> {
  for (let volume = 1; ; volume++) {
    const key = reportFolder + listFileName(job, run, list, volume)
    let first = 0
    for (let size = Infinity; first < size; ) {
      const chunk = await readChunk(storage, key, first, options)
      if (chunk === undefined) return
      yield volume > 1 && first === 0 ? chunk.bytes.subarray(chunk.bytes.indexOf('\n') + 1) : chunk.bytes
      size = chunk.size
      first += chunk.bytes.length
    }
  }
}

/** Undefined where there is no such object. */
async function readChunk(storage: Storage, key: string, first: number, { signal }: CallOptions) {
  try {
    return await retrying(async () => {
      const chunks: Buffer[] = []
      const range = { first, last: first + chunkBytes - 1 }
      const { size } = await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), { range, signal })
      return { bytes: Buffer.concat(chunks), size }
    }, { signal })
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  }
}

/** What is told of the job and its runs; undefined where no report of it stands. */
export async function readJobFile(storage: Storage, job: string, options: CallOptions = {}): Promise<JobFile | undefined> {
  const chunk = await readChunk(storage, reportFolder + jobFileName(job), 0, options)
  return chunk && (JSON.parse(chunk.bytes.toString('utf8')) as JobFile)
}
