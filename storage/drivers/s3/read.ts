import { isStorageError, StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { readBody, type Announced } from '../../http/read-body.ts'
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
  const ask = () => wire.send({ method: 'HEAD', key, headers: dialect.reads.headers, ...(signal && { signal }) })
  const { headers } = await ask().catch(async (error: unknown) => {
    await explain(wire, dialect, key, error, options)
    return ask()
  })
  return toObjectInfo(key, announcedBytes(headers), headers, dialect)
}

/**
 * A refused HEAD has no words: a GET of one byte is refused for the same reason, and says it. A missing key needs none. Where the
 * GET is not refused, HEAD may be sent again: the credentials had expired, and are new now.
 */
async function explain<A>(wire: Wire, dialect: Dialect<A>, key: string, error: unknown, { signal }: CallOptions): Promise<void> {
  if (!isStorageError(error) || error.code !== undefined || (error.status !== 400 && error.status !== 403)) throw error
  const headers = readHeaders(dialect, { range: { first: 0, last: 0 } })
  await wire.send({ method: 'GET', key, headers, onAnswer: () => () => {}, ...(signal && { signal }) })
}

/** Nothing is asked to be encoded and nothing is decoded. */
export function getObject<A>(wire: Wire, dialect: Dialect<A>, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  const { signal, range, onInfo } = options
  return readBody({
    begin: (status, headers) => announcedBy(status, headers, key, dialect, range),
    send: (onAnswer) => wire.send({ method: 'GET', key, headers: readHeaders(dialect, options), onAnswer, ...(signal && { signal }) }),
    sink,
    onInfo,
  })
}

function readHeaders<A>({ reads }: Dialect<A>, { range, ifMatch }: GetOptions): Headers {
  return {
    ...reads.headers,
    ...(range && { ...reads.rangeHeaders, range: `bytes=${range.first}-${range.last}` }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  }
}

function announcedBy<A>(status: number, headers: ReceivedHeaders, key: string, dialect: Dialect<A>, range: GetOptions['range']): Announced {
  const bytes = announcedBytes(headers)
  if (range === undefined) return { info: toObjectInfo(key, bytes, headers, dialect), bytes }
  const size = sizeOfRanged(status, headers, range)
  return { info: toObjectInfo(key, size, headers, dialect), bytes: Math.min(range.last, size - 1) - range.first + 1 }
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

const unexpected = (message: string): StorageError => new StorageError(message, { kind: 'unexpected' })
