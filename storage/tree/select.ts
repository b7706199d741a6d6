import type { ByteString } from './names.ts'
import { show } from './names.ts'
import type { RawName, Reader } from './reader.ts'
import { Smallest } from './smallest.ts'

/** One name of a directory. */
export interface Name<Details> extends RawName<Details> {
  /** As it is shown and sorted: UTF-8, directories with '/' at the end. */
  readonly shown: ByteString
}

export interface Wanted {
  /** Names after this one, and the directory on the way to it. */
  readonly after: ByteString
  /** Names after this one: what an earlier reading gave ends here. */
  readonly last: ByteString
  /** Names that begin so, and the directory on the way to it. */
  readonly prefix: ByteString
  readonly most: number
  /** Identities of this directory and those above. */
  readonly above: ReadonlySet<string>
  readonly signal: AbortSignal | undefined
}

export interface Selection<Details> {
  readonly names: readonly Name<Details>[]
  /** There are more names after these. */
  readonly more: boolean
  /** Names that the directory held, wanted or not. */
  readonly count: number
}

/** Reads a directory once and keeps the smallest of the wanted names: memory is bounded, whatever its size. */
export async function select<Details>(reader: Reader<Details>, directory: ByteString, wanted: Wanted): Promise<Selection<Details>> {
  const smallest = new Smallest<Name<Details>>(wanted.most)
  let count = 0
  for await (const chunk of reader.read(directory, wanted.signal)) {
    count += chunk.length
    for (const one of await followed(reader, directory, chunk, wanted)) {
      const name = toName(one)
      if (isWanted(name, wanted)) smallest.add(name)
    }
  }
  return { names: smallest.sorted(), more: smallest.dropped, count }
}

/** With links as what they lead to. One that leads nowhere, or back to a directory that it lies in, stays a link. */
async function followed<Details>(
  { links }: Reader<Details>, directory: ByteString, chunk: readonly RawName<Details>[], { above, signal }: Wanted,
): Promise<readonly RawName<Details>[]> {
  if (!links || !chunk.some(({ kind }) => kind === 'symlink')) return chunk
  return await Promise.all(chunk.map(async (name) => {
    const target = name.kind === 'symlink' ? await links.follow(directory + name.raw, signal) : undefined
    if (!target || (target.kind === 'directory' && above.has(target.identity))) return name
    return { raw: name.raw, kind: target.kind, details: target.details }
  }))
}

function toName<Details>({ raw, kind, details }: RawName<Details>): Name<Details> {
  const shown = show(raw)
  return { shown: kind === 'directory' ? `${shown}/` : shown, raw, kind, details }
}

function isWanted({ shown, kind }: Name<unknown>, { after, last, prefix }: Wanted): boolean {
  if (shown <= last) return false
  const isAfter = shown > after || (kind === 'directory' && after.startsWith(shown))
  return isAfter && (shown.startsWith(prefix) || (kind === 'directory' && prefix.startsWith(shown)))
}
