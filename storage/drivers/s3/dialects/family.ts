import type { StorageLimits } from '../../../storage.ts'

const GiB = 2 ** 30

/** What the whole family has; a dialect adds the rest, and says what it has otherwise. */
export const familyLimits: Omit<StorageLimits, 'minPartBytes' | 'maxKeyBytes' | 'maxMetadataBytes'> = {
  maxPutBytes: 5 * GiB,
  maxPartBytes: 5 * GiB,
  maxParts: 10_000,
  maxObjectBytes: 10_000 * 5 * GiB,
  mtimeResolutionMs: 1000,
  maxListEntries: 1000,
}
