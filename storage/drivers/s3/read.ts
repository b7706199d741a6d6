import { isStorageError, StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { toObjectInfo } from './info.ts'
import type { Headers } from './signing.ts'
import type { Wire } from './wire.ts'

export async function headObject<A>(
  wire: Wire,
  dialect: Dialect<A>,
  key: string,
  options: CallOptions = {},
): Promise<ObjectInfo> {
  const { signal } = options
  const asked = wire.send({ method: 'HEAD', key, headers: dialect.reads.headers, ...(signal && { signal }) })
  const { headers } = await asked.catch((error: unknown) => explain(wire, dialect, key, error, options))
  return toObjectInfo(key, announcedBytes(headers), headers, dialect)
}

/** A refused HEAD has no words: a GET of one byte is refused for the same reason, and says it. A missing key needs none. */
async function explain<A>(wire: Wire, dialect: Dialect<A>, key: string, error: unknown, { signal }: CallOptions): Promise<never> {
  if (isStorageError(error) && error.code === undefined && (error.status === 400 || error.status === 403)) {
    const headers = readHeaders(dialect, { range: { first: 0, last: 0 } })
    await wire.send({ method: 'GET', key, headers, onAnswer: () => () => {}, ...(signal && { signal }) })
  }
  throw error
}

/** The answer's body goes straight into the sink. Nothing is asked to be encoded and nothing is decoded. */
export async function getObject<A>(
  wire: Wire,
  dialect: Dialect<A>,
  key: string,
  sink: Sink,
  options: GetOptions = {},
): Promise<ObjectInfo> {
  const { signal, range } = options
  let reading: Reading | undefined
  const onAnswer = (status: number, headers: ReceivedHeaders): Sink => {
    reading = startReading(status, headers, key, dialect, range)
    options.onInfo?.(reading.info)
    return countInto(reading, sink)
  }
  await wire.send({ method: 'GET', key, headers: readHeaders(dialect, options), onAnswer, ...(signal && { signal }) })
  if (reading === undefined || reading.receivedBytes !== reading.expectedBytes) throw wrongLength(reading)
  return reading.info
}

interface Reading {
  readonly info: ObjectInfo
  readonly expectedBytes: number
  receivedBytes: number
}

function readHeaders<A>({ reads }: Dialect<A>, { range, ifMatch }: GetOptions): Headers {
  return {
    ...reads.headers,
    ...(range && { ...reads.rangeHeaders, range: `bytes=${range.first}-${range.last}` }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  }
}

function startReading<A>(
  status: number,
  headers: ReceivedHeaders,
  key: string,
  dialect: Dialect<A>,
  range: GetOptions['range'],
): Reading {
  const expectedBytes = announcedBytes(headers)
  if (range === undefined) return { info: toObjectInfo(key, expectedBytes, headers, dialect), expectedBytes, receivedBytes: 0 }
  const size = sizeOfRanged(status, headers, range)
  return {
    info: toObjectInfo(key, size, headers, dialect),
    expectedBytes: Math.min(range.last, size - 1) - range.first + 1,
    receivedBytes: 0,
  }
}

function announcedBytes(headers: ReceivedHeaders): number {
  const length = header(headers, 'content-length')
  if (length === undefined) throw unexpected('The answer has no Content-Length.')
  return Number(length)
}

/** Size of the whole object, from an answer that must hold just the range asked for. */
function sizeOfRanged(status: number, headers: ReceivedHeaders, range: { first: number }): number {
  if (status !== 206) throw unexpected(`The store ignored the range: it answered ${status}.`)
  const [, first, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(headers, 'content-range') ?? '') ?? []
  if (size === undefined || Number(first) !== range.first) throw unexpected('The store answered with another range.')
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
  return new StorageError(`The body has ${reading?.receivedBytes ?? 0} bytes, ${reading?.expectedBytes ?? 0} were announced.`, {
    kind: 'premature-end',
  })
}

const unexpected = (message: string): StorageError => new StorageError(message, { kind: 'unexpected' })
