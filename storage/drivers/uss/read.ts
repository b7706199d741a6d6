import { isStorageError, StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { readBody, type Announced } from '../../http/read-body.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { keyFault } from '../../tree/key.ts'
import { toCdnError } from './error.ts'
import { folderInfo, toObjectInfo } from './info.ts'
import { holdsMetadata } from './metadata.ts'
import type { Wire } from './wire.ts'

const firstByte = { range: 'bytes=0-0' }
const ignore: Sink = () => {}

export async function headFile(wire: Wire, key: string, options: CallOptions = {}): Promise<ObjectInfo> {
  const { signal } = options
  if (keyFault(key)) throw notFound(key)
  const asked = wire.send({ method: 'HEAD', key, ...(signal && { signal }) })
  const { headers } = await asked.catch((error: unknown) => explain(wire, key, error, options))
  const isFolder = header(headers, 'x-upyun-file-type') === 'folder'
  if (isFolder !== key.endsWith('/')) throw notFound(key)
  if (isFolder) return folderInfo(key, headers)
  const size = Number(header(headers, 'x-upyun-file-size') ?? header(headers, 'content-length'))
  if (size === 0 || holdsMetadata(headers)) return toObjectInfo(key, size, headers)
  return toObjectInfo(key, size, new Map([...headers, ...(await metadataHeaders(wire, key, options))]))
}

/** A refused HEAD has no words: a GET of one byte is refused for the same reason, and says it. */
async function explain(wire: Wire, key: string, error: unknown, { signal }: CallOptions): Promise<never> {
  if (isStorageError(error) && error.code === undefined && (error.status === 401 || error.status === 403))
    await wire.send({ method: 'GET', key, headers: firstByte, onAnswer: () => ignore, ...(signal && { signal }) })
  throw error
}

/** HEAD may leave metadata out: UPYUN promises them for GET alone. */
async function metadataHeaders(wire: Wire, key: string, { signal }: CallOptions): Promise<ReceivedHeaders> {
  const { headers } = await wire.send({ method: 'GET', key, headers: firstByte, onAnswer: () => ignore, ...(signal && { signal }) })
  return new Map([...headers].filter(([name]) => name.startsWith('x-upyun-meta-')))
}

const notFound = (key: string): StorageError => new StorageError(`There is no file "${key}".`, { kind: 'not-found' })

/** From the CDN where one is given. */
export async function getFile(wire: Wire, cdn: Wire | undefined, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  if (key.endsWith('/')) return await getFolder(wire, key, options)
  if (keyFault(key)) throw notFound(key)
  if (cdn === undefined) return await pour(wire, key, sink, options)
  try {
    return await pour(cdn, key, sink, options)
  } catch (error) {
    return await blameCdn(wire, key, error, options)
  }
}

async function getFolder(wire: Wire, key: string, options: GetOptions): Promise<ObjectInfo> {
  const info = await headFile(wire, key, options)
  options.onInfo?.(info)
  return info
}

/** It is the CDN's fault, unless the service itself does not have the file either. */
async function blameCdn(wire: Wire, key: string, error: unknown, options: GetOptions): Promise<never> {
  if (!isStorageError(error)) throw error
  if (error.kind === 'network' || error.kind === 'timeout') throw toCdnError(error)
  if (error.kind !== 'not-found' && error.kind !== 'forbidden') throw error
  await headFile(wire, key, options)
  throw toCdnError(error)
}

function pour(wire: Wire, key: string, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const { range, signal, onInfo } = options
  const headers = { ...(range && { range: `bytes=${range.first}-${range.last}` }) }
  return readBody({
    begin: (status, received) => announcedBy(status, received, key, options),
    send: (onAnswer) => wire.send({ method: 'GET', key, headers, onAnswer, ...(signal && { signal }) }),
    sink,
    onInfo,
  })
}

function announcedBy(status: number, headers: ReceivedHeaders, key: string, { range, ifMatch }: GetOptions): Announced {
  if (header(headers, 'x-upyun-list-iter') !== undefined) throw notFound(key)
  const length = header(headers, 'content-length')
  if (length === undefined) throw unexpected('The answer has no Content-Length.')
  const size = range === undefined ? Number(length) : sizeOfRanged(status, headers, range.first)
  const info = toObjectInfo(key, size, headers)
  if (ifMatch !== undefined && info.etag !== ifMatch) throw new StorageError('The file has another ETag than before.', { kind: 'precondition' })
  return { info, bytes: range === undefined ? size : Math.min(range.last, size - 1) - range.first + 1 }
}

function sizeOfRanged(status: number, headers: ReceivedHeaders, first: number): number {
  if (status !== 206) throw unexpected(`The service ignored the range: it answered ${status}.`)
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(headers, 'content-range') ?? '') ?? []
  if (size === undefined || Number(from) !== first) throw unexpected('The service answered with another range.')
  return Number(size)
}

const unexpected = (message: string): StorageError => new StorageError(message, { kind: 'unexpected' })
