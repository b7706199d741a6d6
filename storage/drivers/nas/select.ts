import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import type { EntryKind } from '../../storage.ts'
import { show, toPath, type ByteString } from './names.ts'
import { Smallest } from './smallest.ts'
import { isTemporary } from './temporary.ts'

/** One name of a directory. */
export interface Name {
  /** As it is shown and sorted: UTF-8, directories with '/' at the end. */
  readonly shown: ByteString
  readonly raw: ByteString
  readonly kind: EntryKind
}

export interface Wanted {
  /** Names after this one, and the directory on the way to it. */
  readonly after: ByteString
  /** Names after this one: what an earlier reading gave ends here. */
  readonly last: ByteString
  /** Names that begin so, and the directory on the way to it. */
  readonly prefix: ByteString
  readonly most: number
  /** Identities of this directory and those above; undefined where links are not followed. */
  readonly above: ReadonlySet<string> | undefined
}

export interface Selection {
  readonly names: readonly Name[]
  /** There are more names after these. */
  readonly more: boolean
  /** Names that the directory held, wanted or not. */
  readonly count: number
}

/** Reads a directory once and keeps the smallest of the wanted names: memory is bounded, whatever its size. */
export async function select(path: ByteString, wanted: Wanted): Promise<Selection> {
  const smallest = new Smallest<Name>(wanted.most)
  let count = 0
  for await (const entry of await openRaw(path)) {
    const raw = entry.name.toString('latin1')
    if (isTemporary(raw)) continue
    count++
    const name = await toName(path, raw, entry, wanted.above)
    if (isWanted(name, wanted)) smallest.add(name)
  }
  return { names: smallest.sorted(), more: smallest.dropped, count }
}

/** Node's types know no Buffer names here; the kind is looked up by it where the file system's listing does not say. */
async function openRaw(path: ByteString): Promise<AsyncIterable<Dirent<Buffer>>> {
  const options = { encoding: 'buffer', bufferSize: 1_024 } as unknown as { bufferSize: number }
  return (await opendir(toPath(path), options)) as unknown as AsyncIterable<Dirent<Buffer>>
}

async function toName(path: ByteString, raw: ByteString, entry: Dirent<Buffer>, above: Wanted['above']): Promise<Name> {
  const kind = above && entry.isSymbolicLink() ? await followed(`${path}/${raw}`, above) : kindOf(entry)
  const shown = show(raw)
  return { shown: kind === 'directory' ? `${shown}/` : shown, raw, kind }
}

function kindOf(entry: Dirent<Buffer>): EntryKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}

/** A link that leads nowhere, or back to a directory that it lies in, stays a link. */
async function followed(path: ByteString, above: ReadonlySet<string>): Promise<EntryKind> {
  const stats = await stat(toPath(path)).catch(() => undefined)
  if (!stats) return 'symlink'
  if (stats.isDirectory()) return above.has(identityOf(stats)) ? 'symlink' : 'directory'
  return stats.isFile() ? 'file' : 'other'
}

export const identityOf = ({ dev, ino }: { dev: number; ino: number }): string => `${dev}:${ino}`

function isWanted({ shown, kind }: Name, { after, last, prefix }: Wanted): boolean {
  if (shown <= last) return false
  const isAfter = shown > after || (kind === 'directory' && after.startsWith(shown))
  return isAfter && (shown.startsWith(prefix) || (kind === 'directory' && prefix.startsWith(shown)))
}
