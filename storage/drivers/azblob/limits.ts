import { objectStore } from '../../object-store.ts'
import type { StorageAbilities, StorageLimits } from '../../storage.ts'

const MiB = 2 ** 20

export const limits: StorageLimits = {
  maxPutBytes: 5_000 * MiB,
  minPartBytes: 1,
  maxPartBytes: 4_000 * MiB,
  maxParts: 50_000,
  maxObjectBytes: 50_000 * 4_000 * MiB,
  // 1,024 characters, whatever their bytes: key.ts counts them.
  maxKeyBytes: 3 * 1_024,
  maxMetadataBytes: 8 * 1_024,
  mtimeResolutionMs: 1_000,
  maxListEntries: 5_000,
}

export const abilities: StorageAbilities = {
  ...objectStore,
  // Microsoft promises an alphabetical order, without saying which. Seen by others: UTF-16 units, which is not the order of bytes, and folder
  // by folder in accounts with a hierarchical namespace.
  ordered: false,
  startAfter: false,
  putHashes: ['md5'],
  statedHashes: ['md5'],
  endsUploads: false,
}
