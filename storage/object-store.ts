import type { StorageAbilities } from './storage.ts'

/** What object stores have in common. A driver says which hashes it knows, and what is otherwise. */
export const objectStore: Omit<StorageAbilities, 'putHashes' | 'statedHashes'> = {
  ordered: true,
  startAfter: true,
  read: true,
  write: true,
  conditionalPut: true,
  conditionalGet: true,
  etag: true,
  contentHeaders: true,
  userMetadata: true,
  keepsMtime: false,
}
