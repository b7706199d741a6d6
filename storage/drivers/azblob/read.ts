import { StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { announcedBytes, toObjectInfo } from './info.ts'
import type { Headers } from './shared-key.ts'
import type { Wire } from './wire.ts'

export async function headBlob({ send }: Wire, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  const { headers } = await send({ method: 'HEAD', key, signal })
  return toObjectInfo(key, announcedBytes(headers), headers, header(headers, 'content-md5'))
}

/** The answer's body goes straight into the sink. Nothing is asked to be encoded and nothing is decoded. */
export async function getBlob({ send }: Wire, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  const { signal, range } = options
  let reading: Reading | undefined
  const onAnswer = (_status: number, headers: ReceivedHeaders): Sink => {
    reading = startReading(headers, key, range)
    options.onInfo?.(reading.info)
    return countInto(reading, sink)
  }
  await send({ method: 'GET', key, headers: readHeaders(options), onAnswer, signal })
  if (reading === undefined || reading.receivedBytes !== reading.expectedBytes) throw wrongLength(reading)
  return reading.info
}

interface Reading {
  readonly info: ObjectInfo
  readonly expectedBytes: number
  receivedBytes: number
}

function readHeaders({ range, ifMatch }: GetOptions): Headers {
  return {
    ...(range && { 'x-ms-range': `bytes=${range.first}-${range.last}` }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  }
}

function startReading(headers: ReceivedHeaders, key: string, range: GetOptions['range']): Reading {
  const announced = announcedBytes(headers)
  if (range === undefined) return { info: toObjectInfo(key, announced, headers, header(headers, 'content-md5')), expectedBytes: announced, receivedBytes: 0 }
  const size = sizeOfRanged(header(headers, 'content-range'), range)
  return {
    info: toObjectInfo(key, size, headers, header(headers, 'x-ms-blob-content-md5')),
    expectedBytes: Math.min(range.last, size - 1) - range.first + 1,
    receivedBytes: 0,
  }
}

/** Size of the whole blob, from an answer that must hold just the range asked for. Azurite gives no bytes for the one at the end. */
function sizeOfRanged(contentRange: string | undefined, { first }: { readonly first: number }): number {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange ?? '') ?? []
  if (size === undefined || Number(from) !== first) throw new StorageError('The store answered with another range.', { kind: 'unexpected' })
  if (first >= Number(size)) throw new StorageError(`The blob has only ${size} bytes.`, { kind: 'range' })
  return Number(size)
}

function countInto(reading: Reading, sink: Sink): Sink {
  return (chunk) => {
    reading.receivedBytes += chunk.length
    if (reading.receivedBytes > reading.expectedBytes) throw wrongLength(reading)
    return sink(chunk)
  }
}

function wrongLength(reading: Reading | undefined): StorageError {
  return new StorageError(`The body has ${reading?.receivedBytes ?? 0} bytes, ${reading?.expectedBytes ?? 0} were announced.`, { kind: 'premature-end' })
}
