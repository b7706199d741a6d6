/** Reads an object, or a range of it, into a piece. Runs within a place of the request pool. */
import { aborted } from '../storage/retrying.ts'
import type { ObjectInfo, Sink } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { atSource, CopyFault } from './fault.ts'
import type { Piece } from './piece-pool.ts'
import type { MaybePaced } from './with-piece.ts'

export type Fetched = { readonly kind: 'fetched'; readonly info: ObjectInfo } | { readonly kind: 'grown'; readonly info: ObjectInfo }

/** `grown`: the object is larger than the piece; nothing of it is kept. */
export async function fetchWhole(engine: Engine, key: string, piece: Piece, paced: MaybePaced): Promise<Fetched> {
  const { signal } = engine
  const into = fill(engine, piece, paced)
  let grown: ObjectInfo | undefined
  const onInfo = (info: ObjectInfo) => {
    if (info.size > piece.capacity) grown = info
  }
  const sink: Sink = (chunk) => {
    if (grown) throw aborted()
    return into(chunk)
  }
  try {
    const info = await atSource(engine.source.get(key, sink, { signal, onInfo }))
    assertLength(piece, info.size)
    return { kind: 'fetched', info }
  } catch (error) {
    if (grown) return { kind: 'grown', info: grown }
    throw error
  } finally {
    paced?.end()
  }
}

export interface Range {
  readonly first: number
  readonly last: number
}

/** Fails SourceChanged unless the bytes are of the version `pinned`. Under a low limit it takes several requests. */
export async function fetchRange(engine: Engine, pinned: ObjectInfo, range: Range, piece: Piece, paced: MaybePaced): Promise<void> {
  const ifMatch = pinned.etag?.startsWith('W/') ? undefined : pinned.etag
  const sink = fill(engine, piece, paced)
  for (let { first } = range; first <= range.last; ) {
    const last = Math.min(range.last, first + (paced?.mostAtOnce ?? Infinity) - 1)
    const info = await atSource(engine.source.get(pinned.key, sink, { signal: engine.signal, range: { first, last }, ifMatch }))
    assertSameVersion(pinned, info)
    first = last + 1
  }
  paced?.end()
  assertLength(piece, range.last - range.first + 1)
}

export type Version = Pick<ObjectInfo, 'size' | 'mtimeMs' | 'etag'>

export function assertSameVersion(pinned: Version, info: Version): void {
  const sameTag = pinned.etag === undefined || info.etag === undefined || pinned.etag === info.etag
  if (sameTag && pinned.size === info.size && pinned.mtimeMs === info.mtimeMs) return
  throw new CopyFault('SourceChanged', 'The object was changed while it was read.', 'source')
}

function fill(engine: Engine, piece: Piece, paced: MaybePaced): Sink {
  piece.reset()
  return (chunk) => {
    piece.write(chunk)
    engine.onMoved(chunk.length)
    return paced?.arrived(chunk.length, { signal: engine.halt })
  }
}

function assertLength({ length }: Piece, expected: number): void {
  if (length === expected) return
  throw new CopyFault('SizeMismatch', `${length} bytes came where ${expected} were announced.`, 'source')
}
