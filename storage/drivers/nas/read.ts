import { close, constants, fstat, lstat, open, read, stat, type Stats } from 'node:fs'
import { bufferPool } from '../../buffers.ts'
import { StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { asked, done } from './calls.ts'
import { codeOf } from './error.ts'
import type { Folder } from './folder.ts'
import { etagOf, toInfo } from './info.ts'
import { keyFault, parentOf } from '../../tree/key.ts'

const withBuffer = bufferPool(1024 * 1024)

export async function headFile(folder: Folder, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  assertGoing(signal)
  return await folder.guard(key, async () => {
    const stats = await look(folder, key)
    if (stats.isDirectory() !== key.endsWith('/')) throw notFound(key)
    return toInfo(key, stats)
  })
}

/** Fails `not-found` also where the way to the key ends in a file. */
async function look(folder: Folder, key: string): Promise<Stats> {
  if (keyFault(key)) throw notFound(key)
  try {
    await folder.assertReadable(parentOf(key))
    return await asked<Stats>((answer) => (folder.followSymlinks ? stat : lstat)(folder.at(key), answer))
  } catch (error) {
    throw codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ENAMETOOLONG' ? notFound(key) : error
  }
}

const notFound = (key: string): StorageError => new StorageError(`There is no file "${key}".`, { kind: 'not-found' })

export async function readFile(folder: Folder, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  assertGoing(options.signal)
  return await folder.guard(key, async () => {
    if (key.endsWith('/')) return announced(await headFile(folder, key, options), options)
    if (keyFault(key)) throw notFound(key)
    await folder.assertReadable(parentOf(key))
    const file = await openForReading(folder, key)
    try {
      return await pour(file, key, sink, options)
    } finally {
      await done((answer) => close(file, answer))
    }
  })
}

/** Without waiting where the name is a pipe, and never through a link unless told so. */
function openForReading(folder: Folder, key: string): Promise<number> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  const flags = O_RDONLY | O_NONBLOCK | (folder.followSymlinks ? 0 : O_NOFOLLOW)
  return asked((answer) => open(folder.at(key), flags, answer))
}

async function pour(file: number, key: string, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const before = await asked<Stats>((answer) => fstat(file, answer))
  if (!before.isFile()) throw new StorageError(`"${key}" is not a file.`, { kind: 'not-a-file' })
  if (options.ifMatch !== undefined && options.ifMatch !== etagOf(before)) throw changed(key)
  const wanted = span(before.size, options.range)
  const info = announced(toInfo(key, before), options)
  const given = await pourBytes(file, wanted, sink, options.signal)
  const after = await asked<Stats>((answer) => fstat(file, answer))
  if (etagOf(after) !== etagOf(before)) throw changed(key)
  if (given === wanted.length) return info
  throw new StorageError(`"${key}" ended after ${given} of ${wanted.length} bytes.`, { kind: 'premature-end' })
}

function announced(info: ObjectInfo, { onInfo }: GetOptions): ObjectInfo {
  onInfo?.(info)
  return info
}

interface Span {
  readonly first: number
  readonly length: number
}

function span(size: number, range: GetOptions['range']): Span {
  if (!range) return { first: 0, length: size }
  if (range.first >= size) throw new StorageError(`Byte ${range.first} lies beyond the end at ${size}.`, { kind: 'range' })
  return { first: range.first, length: Math.min(range.last + 1, size) - range.first }
}

function pourBytes(file: number, { first, length }: Span, sink: Sink, signal: AbortSignal | undefined): Promise<number> {
  return withBuffer(length, async (buffer) => {
    let given = 0
    while (given < length) {
      const wanted = Math.min(buffer.length, length - given)
      const bytesRead = await asked<number>((answer) => read(file, buffer, 0, wanted, first + given, answer))
      assertGoing(signal)
      if (bytesRead === 0) break
      await sink(buffer.subarray(0, bytesRead))
      given += bytesRead
    }
    return given
  })
}

const changed = (key: string): StorageError => new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
