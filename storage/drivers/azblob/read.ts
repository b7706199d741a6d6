import { StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { readBody, type Announced } from '../../http/read-body.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { announcedBytes, toObjectInfo } from './info.ts'
import type { Headers } from './shared-key.ts'
import type { Wire } from './wire.ts'

export async function headBlob({ send }: Wire, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  const { headers } = await send({ method: 'HEAD', key, signal })
  return toObjectInfo(key, announcedBytes(headers), headers, header(headers, 'content-md5'))
}

/** Nothing is asked to be encoded and nothing is decoded. */
export function getBlob({ send }: Wire, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  const { signal, range, onInfo } = options
  return readBody({
    begin: (_status, headers) => announcedBy(headers, key, range),
    send: (onAnswer) => send({ method: 'GET', key, headers: readHeaders(options), onAnswer, signal }),
    sink,
    onInfo,
  })
}

function readHeaders({ range, ifMatch }: GetOptions): Headers {
  return {
    ...(range && { 'x-ms-range': `bytes=${range.first}-${range.last}` }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  }
}

function announcedBy(headers: ReceivedHeaders, key: string, range: GetOptions['range']): Announced {
  const bytes = announcedBytes(headers)
  if (range === undefined) return { info: toObjectInfo(key, bytes, headers, header(headers, 'content-md5')), bytes }
  const size = sizeOfRanged(header(headers, 'content-range'), range)
  return { info: toObjectInfo(key, size, headers, header(headers, 'x-ms-blob-content-md5')), bytes: Math.min(range.last, size - 1) - range.first + 1 }
}

/** Size of the whole blob, from an answer that must hold just the range asked for. Azurite gives no bytes for the one at the end. */
function sizeOfRanged(contentRange: string | undefined, { first }: { readonly first: number }): number {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange ?? '') ?? []
  if (size === undefined || Number(from) !== first) throw new StorageError('The store answered with another range.', { kind: 'unexpected' })
  if (first >= Number(size)) throw new StorageError(`The blob has only ${size} bytes.`, { kind: 'range' })
  return Number(size)
}
