import { isStorageError, StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { saysObject } from './error.ts'
import { objectFields, parseJson, toObjectInfo, type ObjectResource } from './info.ts'
import type { Call, Wire } from './wire.ts'

export async function headObject(wire: Wire, key: string, options: CallOptions = {}): Promise<ObjectInfo> {
  const { signal } = options
  const call: Call = { method: 'GET', path: wire.paths.object(key), query: { fields: objectFields }, about: 'key', ...(signal && { signal }) }
  const { body } = await wire.send(call).catch((error: unknown) => explain(wire, error, options))
  return toObjectInfo(parseJson<ObjectResource>(body))
}

/** A 404 that does not say of what: listing tells whether the bucket is there. */
async function explain({ paths, send }: Wire, error: unknown, { signal }: CallOptions): Promise<never> {
  if (isStorageError(error, 'not-found') && !saysObject(error)) {
    await send({ method: 'GET', path: paths.objects, query: { maxResults: 1, fields: 'kind' }, about: 'bucket', ...(signal && { signal }) })
  }
  throw error
}

const maxOpenings = 5

/**
 * Two requests side by side: the bytes, and the object's resource. The headers of a download do not tell its metadata: Google
 * makes up a Cache-Control where the object has none, and the JSON API leaves user metadata out. The generation shows whether
 * both are of one version; if not, nothing was given yet, and both are asked again.
 */
export async function getObject(wire: Wire, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  for (let openings = 1; openings <= maxOpenings; openings++) {
    const info = await readVersion(wire, key, sink, options)
    if (info !== 'replaced') return info
  }
  throw new StorageError('The object was replaced again and again while it was opened.', { kind: 'unavailable', scope: 'file' })
}

async function readVersion(wire: Wire, key: string, sink: Sink, options: GetOptions): Promise<ObjectInfo | 'replaced'> {
  const { signal, ifMatch } = options
  const described = headObject(wire, key, signal && { signal })
  described.catch(() => undefined)
  const reading = new Reading(described, sink, options)
  try {
    await wire.send({
      method: 'GET',
      path: wire.paths.object(key),
      query: { alt: 'media', ...(ifMatch !== undefined && { ifGenerationMatch: ifMatch }) },
      headers: mediaHeaders(options),
      about: 'key',
      onAnswer: (status, headers) => reading.begin(status, headers),
      ...(signal && { signal }),
    })
    return await reading.end()
  } catch (error) {
    if (error instanceof Replaced) return 'replaced'
    if (isStorageError(error, 'not-found')) await described
    throw error
  }
}

/** Accepting gzip keeps Google from decoding what is stored with Content-Encoding: gzip. Nothing else is encoded on the way. */
function mediaHeaders({ range }: GetOptions): Record<string, string> {
  return { 'accept-encoding': 'gzip', ...(range && { range: `bytes=${range.first}-${range.last}` }) }
}

/** The bytes that come are not of the version that was described. */
class Replaced extends Error {}

class Reading {
  readonly #described: Promise<ObjectInfo>
  readonly #sink: Sink
  readonly #options: GetOptions
  #headers: ReceivedHeaders = new Map()
  #status = 0
  #info: ObjectInfo | undefined
  #receivedBytes = 0
  #expectedBytes = 0

  constructor(described: Promise<ObjectInfo>, sink: Sink, options: GetOptions) {
    this.#described = described
    this.#sink = sink
    this.#options = options
  }

  begin(status: number, headers: ReceivedHeaders): Sink {
    const { ifMatch } = this.#options
    if (ifMatch !== undefined && generationOf(headers) !== ifMatch) throw otherVersion()
    this.#status = status
    this.#headers = headers
    return (chunk) => this.#take(chunk)
  }

  /** Bytes wait until the object is described; who is told of it may have had enough. */
  #take(chunk: Uint8Array): void | Promise<void> {
    if (this.#info !== undefined) return this.#give(chunk)
    return this.#tell().then(() => (this.#options.signal?.aborted ? undefined : this.#give(chunk)))
  }

  async #tell(): Promise<void> {
    if (this.#info !== undefined) return
    const info = await this.#described
    if (info.etag !== generationOf(this.#headers)) throw new Replaced()
    this.#expectedBytes = expectedBytes(info, this.#status, this.#headers, this.#options.range)
    this.#info = info
    this.#options.onInfo?.(info)
  }

  #give(chunk: Uint8Array): void | Promise<void> {
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes > this.#expectedBytes) throw this.#wrongLength()
    return this.#sink(chunk)
  }

  async end(): Promise<ObjectInfo> {
    await this.#tell()
    if (this.#info === undefined || this.#receivedBytes !== this.#expectedBytes) throw this.#wrongLength()
    return this.#info
  }

  #wrongLength(): StorageError {
    const message = `The body has ${this.#receivedBytes} bytes, ${this.#expectedBytes} were announced.`
    return new StorageError(message, { kind: 'premature-end' })
  }
}

const generationOf = (headers: ReceivedHeaders): string | undefined => header(headers, 'x-goog-generation')

const otherVersion = (): StorageError => new StorageError('The object is another version by now.', { kind: 'precondition' })

/** Of an answer that must hold just the range asked for, or all that is stored. */
function expectedBytes({ size }: ObjectInfo, status: number, headers: ReceivedHeaders, range: GetOptions['range']): number {
  if (range === undefined) return size
  if (status !== 206) throw unexpected(`The store ignored the range: it answered ${status}.`)
  const [, first, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(headers, 'content-range') ?? '') ?? []
  if (Number(first) !== range.first || Number(whole) !== size) throw unexpected('The store answered with another range.')
  return Math.min(range.last, size - 1) - range.first + 1
}

const unexpected = (message: string): StorageError => new StorageError(message, { kind: 'unexpected' })
