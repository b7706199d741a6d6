import { isOneCaller } from '../../caller.ts'
import type { Acl, Archive, ServerCopy, Storage, StorageInfo, Tagging } from '../../storage.ts'
import { copyObject, copyPart } from './copy.ts'
import type { Call, MemoryBucket } from './bucket.ts'
import { found } from './read.ts'

/** What only some stores have. */
export function groupsOf(bucket: MemoryBucket, call: Call, info: StorageInfo): Pick<Storage, 'tagging' | 'acl' | 'archive' | 'serverCopy'> {
  const { store } = bucket
  const tagging: Tagging = { maxTags: 10, getTags: (key, options) => call(options, () => found(store, key).tags ?? {}) }
  const acl: Acl = { getAcl: (key, options) => call(options, () => found(store, key).acl ?? 'private') }
  const archive: Archive = { restore: (key, options) => call(options, () => restore(bucket, key)) }
  return { tagging, acl, archive, serverCopy: serverCopyOf(bucket, call, info) }
}

function restore({ store, now, restoreMs }: MemoryBucket, key: string): void {
  const object = found(store, key)
  store.set(key, { ...object, restoredMs: object.restoredMs ?? now() + restoreMs })
}

function serverCopyOf(bucket: MemoryBucket, call: Call, info: StorageInfo): ServerCopy {
  return {
    maxCopyBytes: bucket.limits.maxPutBytes,
    reaches: (source) => isOneCaller(source, info),
    copy: (source, key, options) => call(options, () => copyObject(bucket, source, key, options)),
    copyPart: (upload, number, source, options) => call(options, () => copyPart(bucket, upload, number, source, options.range)),
  }
}
