import { StorageError } from '../../error.ts'
import type { GetOptions, ListEntry, ListOptions, ListPage, ObjectInfo, Sink, StorageLimits } from '../../storage.ts'
import type { MemoryBucket } from './bucket.ts'
import { fault } from './error.ts'
import type { MemoryStore, StoredObject } from './store.ts'

const chunkBytes = 64 * 1024

export function listPage(store: MemoryStore, options: ListOptions, { maxListEntries }: StorageLimits): ListPage {
  const { prefix = '', startAfter = '', cursor, limit } = options
  const most = Math.max(1, Math.min(limit ?? maxListEntries, maxListEntries))
  const keys = store.page(prefix, cursor ?? startAfter, most + 1)
  const entries = keys.slice(0, most).map((key) => toEntry(key, found(store, key)))
  const last = entries.at(-1)
  return keys.length > most && last ? { entries, next: last.key } : { entries }
}

export function found(store: MemoryStore, key: string): StoredObject {
  const object = store.find(key)
  if (!object) throw fault('not-found', key)
  return object
}

function toEntry(key: string, { bytes, mtimeMs, etag, storageClass }: StoredObject): ListEntry {
  return { key, size: bytes.length, mtimeMs, etag, ...(storageClass !== undefined && { storageClass }) }
}

export function toInfo(key: string, object: StoredObject, now: number): ObjectInfo {
  const archived = archivedOf(object, now)
  return { ...toEntry(key, object), metadata: object.metadata, hashes: { crc64: object.crc64 }, ...(archived && { archived }) }
}

function archivedOf({ storageClass, restoredMs }: StoredObject, now: number): ObjectInfo['archived'] {
  if (!storageClass?.endsWith('Archive')) return undefined
  if (restoredMs === undefined) return 'archived'
  return now < restoredMs ? 'restoring' : undefined
}

/** What can be read now, and is still the one that is meant. */
export function readable({ store, now }: MemoryBucket, key: string, ifMatch: string | undefined): StoredObject {
  const object = found(store, key)
  if (ifMatch !== undefined && ifMatch !== object.etag) throw fault('precondition', key)
  if (archivedOf(object, now()) !== undefined) throw fault('archived', key)
  return object
}

export async function readObject(bucket: MemoryBucket, key: string, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const object = readable(bucket, key, options.ifMatch)
  const wanted = slice(object.bytes, options.range)
  const info = toInfo(key, object, bucket.now())
  options.onInfo?.(info)
  await pour(wanted, sink, options.signal)
  return info
}

export function slice(bytes: Uint8Array, range: GetOptions['range']): Uint8Array {
  if (!range) return bytes
  if (range.first < bytes.length) return bytes.subarray(range.first, range.last + 1)
  throw new StorageError(`Byte ${range.first} lies beyond the end at ${bytes.length}.`, { kind: 'range' })
}

/** A chunk is wiped once the sink is done with it, so that whoever keeps one without copying it is found out by tests. */
async function pour(bytes: Uint8Array, sink: Sink, signal: AbortSignal | undefined): Promise<void> {
  const chunk = new Uint8Array(Math.min(bytes.length, chunkBytes))
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes)
    chunk.set(part)
    await sink(chunk.subarray(0, part.length))
    chunk.fill(0xdb)
    if (signal?.aborted) throw new StorageError('The caller gave up.', { kind: 'aborted' })
  }
}
