import { StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { etagOf } from '../s3/hashes.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { readBody, type Announced } from '../../http/read-body.ts'
import { anyName, toMetadata } from '../../http/metadata.ts'
import { rawUtf8 } from '../../http/metadata-text.ts'
import type { KodoWire } from './wire.ts'

const metadataForm = { prefix: 'x-qn-meta-', text: rawUtf8, names: anyName }

export async function headObject(wire: KodoWire, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  const { headers } = await wire.read({ method: 'HEAD', key, ...(signal && { signal }) })
  return toInfo(key, lengthOf(headers), headers)
}

export function getObject(wire: KodoWire, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  const { range, signal, onInfo } = options
  const headers = { ...(range && { range: `bytes=${range.first}-${range.last}` }) }
  return readBody({
    begin: (status, received) => announcedBy(status, received, key, options),
    send: (onAnswer) => wire.read({ method: 'GET', key, headers, onAnswer, ...(signal && { signal }) }),
    sink,
    onInfo,
  })
}

function announcedBy(status: number, headers: ReceivedHeaders, key: string, { range, ifMatch }: GetOptions): Announced {
  const info = toInfo(key, range ? sizeOfRanged(status, headers, range.first) : lengthOf(headers), headers)
  if (ifMatch !== undefined && info.etag !== ifMatch) throw new StorageError('The object is another one.', { kind: 'precondition' })
  return { info, bytes: range ? Math.min(range.last, info.size - 1) - range.first + 1 : info.size }
}

function toInfo(key: string, size: number, headers: ReceivedHeaders): ObjectInfo {
  const etag = etagOf(headers)
  return {
    key,
    size,
    mtimeMs: Date.parse(header(headers, 'last-modified') ?? ''),
    ...(etag && { etag }),
    metadata: toMetadata(headers, metadataForm),
    hashes: {},
  }
}

function lengthOf(headers: ReceivedHeaders): number {
  const length = header(headers, 'content-length')
  if (length === undefined) throw new StorageError('The answer has no Content-Length.', { kind: 'unexpected' })
  return Number(length)
}

function sizeOfRanged(status: number, headers: ReceivedHeaders, first: number): number {
  const [, begin, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(headers, 'content-range') ?? '') ?? []
  if (status !== 206 || size === undefined || Number(begin) !== first)
    throw new StorageError(`The domain ignored the range: it answered ${status}.`, { kind: 'unexpected' })
  return Number(size)
}
