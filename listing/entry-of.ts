import type { Entry } from '../ledger/entry.ts'
import type { ListEntry } from '../storage/storage.ts'

/** What the source says of a file, as a batch has it, with what is known of the destination. */
export function entryOf({ key, size, mtimeMs, etag, storageClass, kind, unseen, fault }: ListEntry, destination?: Entry['destination']): Entry {
  const fail = fault === undefined ? undefined : ({ code: 'KeyUnsupported', description: fault } as const)
  return { key, size, mtimeMs, etag, storageClass, kind, unseen, destination, fail }
}
