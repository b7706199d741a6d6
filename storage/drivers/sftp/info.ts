import type { EntryKind, ListEntry, ObjectInfo } from '../../storage.ts'

/** What the protocol says of a file: times in whole seconds. */
export interface Facts {
  readonly kind: EntryKind
  readonly size: number
  readonly mtimeMs: number
}

/** As SFTP version 3 sends it; a server may leave any of it out. */
export interface Attributes {
  readonly mode?: number
  readonly size?: number
  readonly mtime?: number
}

const kinds: Readonly<Record<number, EntryKind>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'symlink' }

export const toFacts = ({ mode = 0, size = 0, mtime = 0 }: Attributes): Facts => ({
  kind: kinds[mode & 0o170000] ?? 'other',
  size,
  mtimeMs: mtime * 1_000,
})

/** Size and second: two versions of one size within a second have the same. */
export const etagOf = ({ size, mtimeMs }: Facts): string => `${size}-${mtimeMs / 1_000}`

/** What is no file has no bytes to read. */
export function toEntry(key: string, facts: Facts, kind = facts.kind): ListEntry {
  if (kind !== 'file') return { key, size: 0, mtimeMs: facts.mtimeMs, kind }
  return { key, size: facts.size, mtimeMs: facts.mtimeMs, etag: etagOf(facts) }
}

export const toInfo = (key: string, facts: Facts): ObjectInfo => ({ ...toEntry(key, facts), metadata: { user: {} }, hashes: {} })

const latestSecond = 2 ** 32 - 1

/** The protocol has 32 bits of seconds, from 1970 to 2106; other times become the nearest that it has. */
export const toSeconds = (mtimeMs: number): number => Math.min(latestSecond, Math.max(0, Math.floor(mtimeMs / 1_000)))
