import { bufferPool } from '../../buffers.ts'
import { assertGoing } from '../../cancel.ts'
import { isStorageError, StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { parentOf } from '../../tree/key.ts'
import { assertReadableKey, notFound, type Folder } from './folder.ts'
import { etagOf, toInfo, type Facts } from './info.ts'
import { openFlags, type Handle, type Session } from './session.ts'

/** What every server sends in one answer, and in one packet of SSH; and how many answers are waited for at a time. */
const chunkBytes = 31 * 1024
const chunksInFlight = 64
const withBuffer = bufferPool(chunkBytes * chunksInFlight)

export async function headFile(folder: Folder, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  return await folder.with(key, signal, async (session) => {
    const facts = await look(folder, session, key)
    if ((facts.kind === 'directory') !== key.endsWith('/')) throw notFound(key)
    return toInfo(key, facts)
  })
}

/** Fails `not-found` also where the way to the key ends in a file. */
async function look(folder: Folder, session: Session, key: string): Promise<Facts> {
  assertReadableKey(key)
  try {
    await folder.assertReadable(session, parentOf(key))
  } catch (error) {
    throw isStorageError(error, 'not-a-file') ? notFound(key) : error
  }
  return await (folder.followSymlinks ? session.stat(folder.at(key)) : session.lstat(folder.at(key)))
}

/** Opening a pipe or a link is never tried: the protocol cannot say "without waiting" or "no link". */
export async function readFile(folder: Folder, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  if (key.endsWith('/')) return announced(await headFile(folder, key, options), options)
  return await folder.with(key, options.signal, async (session) => {
    const { kind } = await look(folder, session, key)
    if (kind !== 'file') throw new StorageError(`"${key}" is not a file.`, { kind: 'not-a-file' })
    const handle = await session.open(folder.at(key), openFlags.read)
    try {
      return await pour({ session, handle, key, before: await session.fstat(handle) }, sink, options)
    } finally {
      session.close(handle).catch(() => {})
    }
  })
}

interface Span {
  readonly first: number
  readonly length: number
}

function spanOf(size: number, range: GetOptions['range']): Span {
  if (!range) return { first: 0, length: size }
  if (range.first >= size) throw new StorageError(`Byte ${range.first} lies beyond the end at ${size}.`, { kind: 'range' })
  return { first: range.first, length: Math.min(range.last + 1, size) - range.first }
}

interface Reading {
  readonly session: Session
  readonly handle: Handle
  readonly key: string
  readonly before: Facts
}

async function pour(reading: Reading, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const { session, handle, key, before } = reading
  if (options.ifMatch !== undefined && options.ifMatch !== etagOf(before)) throw changed(key)
  const span = spanOf(before.size, options.range)
  const info = announced(toInfo(key, before), options)
  const given = await pourBytes(reading, span, sink, options.signal)
  if (etagOf(await session.fstat(handle)) !== etagOf(before)) throw changed(key)
  if (given === span.length) return info
  throw new StorageError(`"${key}" ended after ${given} of ${span.length} bytes.`, { kind: 'premature-end' })
}

function announced(info: ObjectInfo, { onInfo }: GetOptions): ObjectInfo {
  onInfo?.(info)
  return info
}

interface Chunk {
  readonly into: Buffer
  readonly position: number
  readonly came: Promise<number>
}

/** Many reads in flight, given on in order. The buffer is let go once the server writes into it no more. */
async function pourBytes({ session, handle }: Reading, span: Span, sink: Sink, signal: AbortSignal | undefined): Promise<number> {
  return await withBuffer(span.length, async (buffer) => {
    const inFlight: Chunk[] = []
    try {
      let asked = 0
      for (let given = 0; given < span.length; ) {
        for (; asked < span.length && inFlight.length < chunksInFlight; asked += chunkBytes) inFlight.push(ask(session, handle, buffer, span, asked))
        const chunk = inFlight.shift()
        const came = chunk ? await fill(session, handle, chunk) : 0
        assertGoing(signal)
        if (!chunk || came === 0) return given
        await sink(chunk.into.subarray(0, came))
        assertGoing(signal)
        given += came
        if (came < chunk.into.length) return given
      }
      return span.length
    } finally {
      await Promise.allSettled(inFlight.map(({ came }) => came))
    }
  })
}

function ask(session: Session, handle: Handle, buffer: Buffer, { first, length }: Span, asked: number): Chunk {
  const at = asked % (chunkBytes * chunksInFlight)
  const into = buffer.subarray(at, at + Math.min(chunkBytes, length - asked))
  const came = session.read(handle, into, first + asked)
  came.catch(() => {})
  return { into, position: first + asked, came }
}

/** Servers may send less than they are asked for; none at all is the end. */
async function fill(session: Session, handle: Handle, { into, position, came }: Chunk): Promise<number> {
  let filled = await came
  for (let last = filled; last > 0 && filled < into.length; filled += last) last = await session.read(handle, into.subarray(filled), position + filled)
  return filled
}

const changed = (key: string): StorageError => new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
