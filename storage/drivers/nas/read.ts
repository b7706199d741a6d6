import { constants } from 'node:fs'
import { lstat, open, stat, type FileHandle } from 'node:fs/promises'
import { bufferPool } from '../../buffers.ts'
import { StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
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
async function look(folder: Folder, key: string) {
  if (keyFault(key)) throw notFound(key)
  try {
    await folder.assertReadable(parentOf(key))
    return await (folder.followSymlinks ? stat : lstat)(folder.at(key))
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
    const handle = await openForReading(folder, key)
    try {
      return await pour(handle, key, sink, options)
    } finally {
      await handle.close()
    }
  })
}

/** Without waiting where the name is a pipe, and never through a link unless told so. */
function openForReading(folder: Folder, key: string): Promise<FileHandle> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  return open(folder.at(key), O_RDONLY | O_NONBLOCK | (folder.followSymlinks ? 0 : O_NOFOLLOW))
}

async function pour(handle: FileHandle, key: string, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const before = await handle.stat()
  if (!before.isFile()) throw new StorageError(`"${key}" is not a file.`, { kind: 'not-a-file' })
  if (options.ifMatch !== undefined && options.ifMatch !== etagOf(before)) throw changed(key)
  const wanted = span(before.size, options.range)
  const info = announced(toInfo(key, before), options)
  const given = await pourBytes(handle, wanted, sink, options.signal)
  if (etagOf(await handle.stat()) !== etagOf(before)) throw changed(key)
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

function pourBytes(handle: FileHandle, { first, length }: Span, sink: Sink, signal: AbortSignal | undefined): Promise<number> {
  return withBuffer(length, async (buffer) => {
    let given = 0
    while (given < length) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - given), first + given)
      assertGoing(signal)
      if (bytesRead === 0) break
      await sink(buffer.subarray(0, bytesRead))
      given += bytesRead
    }
    return given
  })
}

const changed = (key: string): StorageError => new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
