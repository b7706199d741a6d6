import type { Dirent, Stats } from 'node:fs'
import type { EntryKind, ListEntry, ObjectInfo } from '../../storage.ts'

/** Changes whenever a file is written: size and modified time, not a hash of the bytes. */
export const etagOf = ({ size, mtimeMs }: Stats): string => `${size}-${mtimeMs}`

export function kindOf(stats: Stats | Dirent<Buffer>): EntryKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

/** What is no file has no bytes to read. */
export function toEntry(key: string, stats: Stats, kind = kindOf(stats)): ListEntry {
  if (kind !== 'file') return { key, size: 0, mtimeMs: stats.mtimeMs, kind }
  return { key, size: stats.size, mtimeMs: stats.mtimeMs, etag: etagOf(stats) }
}

export const toInfo = (key: string, stats: Stats): ObjectInfo => ({ ...toEntry(key, stats), metadata: { user: {} }, hashes: {} })
