import { StorageError } from '../../error.ts'
import { objectStore } from '../../object-store.ts'
import type { Storage, StorageAbilities, StorageInfo, StorageLimits } from '../../storage.ts'
import type { Call, MemoryBucket } from './bucket.ts'
import { fault } from './error.ts'
import { groupsOf } from './groups.ts'
import { openMultipart } from './multipart.ts'
import { found, listPage, readObject, toInfo } from './read.ts'
import { memoryStore } from './store.ts'
import { putObject } from './write.ts'

export interface MemoryOptions {
  /** Whoever opens the same name sees the same objects; default: a store of its own. */
  readonly store?: string
  readonly limits?: Partial<StorageLimits>
  readonly now?: () => number
  /** How long a restore takes. */
  readonly restoreMs?: number
}

const defaultLimits: StorageLimits = {
  maxPutBytes: 5 * 1024 ** 3,
  minPartBytes: 1,
  maxPartBytes: 5 * 1024 ** 3,
  maxParts: 10_000,
  maxObjectBytes: 8 * 1024 ** 4,
  maxKeyBytes: 1_024,
  maxMetadataBytes: 8 * 1024,
  mtimeResolutionMs: 1,
  maxListEntries: 1_000,
}

const abilities: StorageAbilities = { ...objectStore, putHashes: ['crc64', 'md5'], statedHashes: ['crc64'] }

/** A store with every ability, without a system behind it: what tests run against, judged by the same suite as the others. */
export function openMemory({ store: name = crypto.randomUUID(), limits, now = Date.now, restoreMs = 0 }: MemoryOptions = {}): Storage {
  const bucket: MemoryBucket = { store: memoryStore(name), limits: { ...defaultLimits, ...limits }, now, restoreMs }
  const { store } = bucket
  const info: StorageInfo = { vendor: 'memory', bucket: name, prefix: '', endpoint: 'memory:' }
  const multipart = openMultipart(bucket)
  const call: Call = async (options, work) => {
    await Promise.resolve()
    if (options?.signal?.aborted) throw new StorageError('The caller gave up.', { kind: 'aborted' })
    if (store.removed) throw fault('no-bucket', store.name)
    return await work()
  }
  return {
    info,
    limits: bucket.limits,
    abilities,
    list: (options = {}) => call(options, () => listPage(store, options, bucket.limits)),
    head: (key, options) => call(options, () => toInfo(key, found(store, key), now())),
    get: (key, sink, options = {}) => call(options, () => readObject(bucket, key, sink, options)),
    put: (key, body, options) => call(options, () => putObject(bucket, key, body, options)),
    delete: (key, options) => call(options, () => store.remove(key)),
    close: async () => {},
    multipart: {
      create: (key, options) => call(options, () => multipart.create(key, options)),
      putPart: (upload, number, body, options) => call(options, () => multipart.putPart(upload, number, body, options)),
      putLongPart: (upload, number, body, options) => call(options, () => multipart.putLongPart(upload, number, body, options)),
      listParts: (upload, options) => call(options, () => multipart.listParts(upload, options)),
      complete: (upload, parts, options) => call(options, () => multipart.complete(upload, parts, options)),
      abort: (upload, options) => call(options, () => multipart.abort(upload, options)),
      listUploads: (key, options) => call(options, () => multipart.listUploads(key, options)),
    },
    ...groupsOf(bucket, call, info),
  }
}
