import type { Body, PutOptions, PutResult } from '../../storage.ts'
import { assertKey, fault } from './error.ts'
import { assertHashes, crc64, md5 } from './hashes.ts'
import type { MemoryBucket } from './bucket.ts'
import type { MemoryStore } from './store.ts'

export async function putObject({ store, now }: MemoryBucket, key: string, body: Body, options: PutOptions): Promise<PutResult> {
  assertKey(key)
  const bytes = concat(body)
  const hashes = { crc64: await crc64(bytes), md5: md5(bytes) }
  assertHashes(options.hashes, hashes)
  assertConditions(store, key, options)
  const { storageClass, tags, acl } = options
  const metadata = structuredClone(options.metadata)
  store.set(key, { bytes, mtimeMs: now(), etag: hashes.md5, crc64: hashes.crc64, storageClass, metadata, tags, acl })
  return { etag: hashes.md5, hashes: { crc64: hashes.crc64 } }
}

export function assertConditions(store: MemoryStore, key: string, conditions: Pick<PutOptions, 'ifAbsent' | 'ifMatch'>): void {
  const { ifAbsent, ifMatch } = conditions
  const etag = store.find(key)?.etag
  if (ifAbsent && etag !== undefined) throw fault('precondition', key)
  if (ifMatch !== undefined && ifMatch !== etag) throw fault('precondition', key)
}

/** Always a copy. */
export function concat(body: Body): Uint8Array {
  const bytes = new Uint8Array(body.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of body) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
