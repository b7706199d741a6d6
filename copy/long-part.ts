/**
 * A part larger than memory may hold: read piece by piece, each pinned to the version and repeated by itself, and sent as one body
 * meanwhile. Memory is one piece. A part that has begun is brought to its end: only a cut ends it, at a piece.
 */
import { createHash } from 'node:crypto'
import type { OpenUpload } from '../ledger/entry.ts'
import { partRange } from '../model/plan.ts'
import { aborted } from '../storage/retrying.ts'
import type { Hashes, Multipart, ObjectInfo, Part } from '../storage/storage.ts'
import { crc64Combine } from './crc64/combine.ts'
import type { Engine } from './engine.ts'
import { atDestination } from './fault.ts'
import { fetchRange, type Range } from './fetch.ts'
import type { Piece } from './piece-pool.ts'
import { tryPiece } from './try-piece.ts'

export type PutLongPart = NonNullable<Multipart['putLongPart']>

/** With our own hashes, whatever the store stated: `stated` has those. */
export interface SentPart {
  readonly part: Part
  readonly stated: Hashes
}

export async function sendLongPart(engine: Engine, info: ObjectInfo, { upload }: OpenUpload, number: number, put: PutLongPart): Promise<SentPart> {
  const range = partRange(number, info.size, upload.partBytes)
  const sum = makeSum(engine)
  const stop = new AbortController()
  const signal = AbortSignal.any([engine.signal, stop.signal])
  const going: Engine = { ...engine, signal, stopped: () => engine.halt.aborted, timeLeftMs: () => Infinity }
  const source = watched(piecesOf(going, info, range, sum))
  try {
    const first = await source.chunks.next()
    const chunks = startingWith(first, source.chunks)
    const part = await atDestination(put(upload, number, { size: range.last - range.first + 1, chunks }, { signal: going.signal }))
    return { part: { ...part, hashes: sum.hashes() }, stated: part.hashes }
  } catch (error) {
    throw source.broken() ?? error
  } finally {
    stop.abort()
    await source.chunks.return()
  }
}

interface Sum {
  add(body: readonly Uint8Array[], bytes: number): void
  hashes(): Hashes
}

/** Running sums: no hash can go with such a part, so ours are held against what the store states of it. */
function makeSum(engine: Engine): Sum {
  const md5 = createHash('md5')
  let crc64 = '0'
  return {
    add(body, bytes) {
      for (const chunk of body) md5.update(chunk)
      crc64 = crc64Combine(crc64, engine.hash(body, ['crc64']).crc64 ?? '', bytes)
    },
    hashes: () => ({ crc64, md5: md5.copy().digest('hex') }),
  }
}

async function* piecesOf(engine: Engine, info: ObjectInfo, { first, last }: Range, sum: Sum): AsyncGenerator<Uint8Array, void, undefined> {
  let at = first
  while (at <= last) {
    const range = { first: at, last: Math.min(at + pieceBytes(engine), last + 1) - 1 }
    const piece = await tryPiece(engine, info.key, () => readPiece(engine, info, range))
    try {
      sum.add(piece.body, piece.length)
      yield* piece.body
    } finally {
      piece.release()
    }
    at = range.last + 1
  }
}

const MiB = 1024 ** 2
/** Under a limit small ones: the request that sends them must not stand still for long. */
const pieceBytes = ({ pace, pieces }: Engine): number =>
  (pace?.limit ?? null) === null ? pieces.pieceBytes : Math.min(MiB, pieces.pieceBytes)

/** The piece is the caller's to release. Needs its place among the requests only while it is read. */
async function readPiece(engine: Engine, info: ObjectInfo, range: Range): Promise<Piece> {
  const bytes = range.last - range.first + 1
  const paced = await engine.pace?.begin(bytes, { signal: engine.halt })
  try {
    const piece = await engine.pieces.take(bytes, { signal: engine.signal })
    const read = async (): Promise<void> => {
      if (engine.stopped()) throw aborted()
      await fetchRange(engine, info, range, piece, paced)
    }
    await engine.pool.run(read, { signal: engine.signal }).catch((error: unknown) => {
      piece.release()
      throw error
    })
    return piece
  } finally {
    paced?.end()
  }
}

interface Watched {
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>
  /** What broke the reading: to the one who sends it is only a body that ended. */
  broken(): unknown
}

function watched(inner: AsyncGenerator<Uint8Array, void, undefined>): Watched {
  let broken: unknown
  const chunks = (async function* () {
    try {
      yield* inner
    } catch (error) {
      broken = error
      throw error
    }
  })()
  return { chunks, broken: () => broken }
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  if (first.done === true) return
  yield first.value
  yield* rest
}
