/** A batch on two memory stores, with everything else at its defaults; but bytes pass through, though these stores could copy themselves. */
import { makePiecePool } from '../../copy/piece-pool.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import type { CopyTask } from '../../copy/copy-task.ts'
import type { BatchState, Entry } from '../../ledger/entry.ts'
import { jobDefaults, type JobOptions } from '../../model/job.ts'
import { StorageError, type StorageErrorDetails } from '../../storage/error.ts'
import { intercept, type Call } from '../../storage/layers/intercept.ts'
import type { Metadata, Storage } from '../../storage/storage.ts'

export const KiB = 1024

export const jobOptions = (options: Partial<JobOptions> = {}): JobOptions => ({
  job: 'photos-to-archive',
  source: 'photos',
  destination: 'archive',
  timeZone: 'UTC',
  ...jobDefaults,
  serverCopy: false,
  ...options,
})

export interface Rig extends CopyTask {
  readonly states: BatchState[]
}

/** Pieces of 64 KiB, so that small objects have parts. */
export function rig(task: Pick<CopyTask, 'source' | 'destination' | 'entries'> & Partial<CopyTask>): Rig {
  const states: BatchState[] = []
  return {
    options: jobOptions(),
    pool: makeRequestPool(16),
    pieces: makePiecePool(1024 * KiB, 64 * KiB),
    signal: new AbortController().signal,
    cut: new AbortController().signal,
    deadlineMs: Infinity,
    now: Date.now,
    onProgress: () => {},
    canaryKey: '.canary',
    checkpoint: async (state) => void states.push(structuredClone(state)),
    states,
    ...task,
  }
}

export const noMetadata: Metadata = { user: {} }

export async function put(storage: Storage, key: string, bytes: Uint8Array | string, metadata: Metadata = noMetadata): Promise<void> {
  await storage.put(key, [Buffer.from(bytes)], { metadata })
}

export async function read(storage: Storage, key: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

/** Bytes that no two pieces share. */
export function someBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed >>> 0 || 1
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** Everything that the source lists, as the lister would hand it on. */
export async function entriesOf(source: Storage, look: 'nothing-there' | 'not-looked' = 'nothing-there'): Promise<Entry[]> {
  const entries: Entry[] = []
  let cursor: string | undefined
  do {
    const page = await source.list({ cursor })
    entries.push(...page.entries.map((entry) => (look === 'not-looked' ? entry : { ...entry, destination: null })))
    cursor = page.next
  } while (cursor !== undefined)
  return entries
}

export async function keysOf(storage: Storage): Promise<string[]> {
  return (await entriesOf(storage)).map(({ key }) => key)
}

export const fault = (kind: StorageErrorDetails['kind'], details: Partial<StorageErrorDetails> = {}): StorageError =>
  new StorageError(`made to fail: ${kind}`, { kind, ...details })

/** Fails the calls for which `decide` gives an error, before they reach the store. */
export function failing(inner: Storage, decide: (call: Call) => StorageError | undefined): Storage {
  return intercept(inner, async (call, next) => {
    const error = decide(call)
    if (error) throw error
    return await next()
  })
}

/** The call goes through, its answer is lost. */
export function losingAnswers(inner: Storage, decide: (call: Call) => StorageError | undefined): Storage {
  return intercept(inner, async (call, next) => {
    const error = decide(call)
    const answer = await next()
    if (error) throw error
    return answer
  })
}

export function counting(inner: Storage): { readonly storage: Storage; readonly calls: Call[] } {
  const calls: Call[] = []
  const storage = intercept(inner, async (call, next) => {
    calls.push(call)
    return await next()
  })
  return { storage, calls }
}

/** An error for the first `times` calls of an operation, then none. */
export function first(times: number, operation: Call['operation'], error: StorageError): (call: Call) => StorageError | undefined {
  let left = times
  return (call) => (call.operation === operation && left-- > 0 ? error : undefined)
}
