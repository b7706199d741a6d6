import { StorageError, type StorageErrorKind } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { toObjectInfo, wholeBytes } from './info.ts'
import type { Row } from './row.ts'
import type { Sizes } from './size.ts'

/** A body without length up to this size is kept until it has ended. */
const mostHeldBytes = 2 ** 20
/** A server that ignores ranges sends all before each: so much of it is read and dropped. */
const mostSkippedBytes = 256 * 2 ** 20

/** Thrown when the answer has no length, and its body is too long to wait for. */
export class NoLength extends Error {}
/** Thrown when all that was asked for has been given, and more follows. */
export class Enough extends Error {}

/** One answer to a GET, on its way into a sink. */
export class Reading {
  readonly #row: Row
  readonly #sizes: Sizes
  readonly #sink: Sink
  readonly #options: GetOptions
  readonly #held: Buffer[] = []
  #info: ObjectInfo | undefined
  #skip = 0
  #left = 0
  #leaves = false

  constructor(row: Row, sizes: Sizes, sink: Sink, options: GetOptions) {
    this.#row = row
    this.#sizes = sizes
    this.#sink = sink
    this.#options = options
  }

  begin(status: number, headers: ReceivedHeaders): Sink {
    this.#assertVersion(headers)
    const { range } = this.#options
    const size = status === 206 ? wholeBytes(headers) : this.#sizes.of(this.#row.url, headers)
    if (size === undefined && range !== undefined) throw new NoLength()
    if (size === undefined) return (chunk) => this.#hold(chunk)
    if (range !== undefined) this.#aim(status, headers, size, range)
    else this.#left = size
    this.#announce(size, headers)
    return (chunk) => this.#give(chunk)
  }

  /** Not every server knows If-Match. */
  #assertVersion(headers: ReceivedHeaders): void {
    const { ifMatch } = this.#options
    const etag = header(headers, 'etag')
    if (ifMatch === undefined || etag === undefined || etag === ifMatch || etag === `"${ifMatch}"`) return
    throw failure('precondition', 'The file has another ETag than before.')
  }

  #aim(status: number, headers: ReceivedHeaders, size: number, { first, last }: NonNullable<GetOptions['range']>): void {
    if (first >= size) throw failure('range', `Byte ${first} lies beyond the end at ${size}.`)
    this.#left = Math.min(last, size - 1) - first + 1
    if (status === 206) {
      if (!header(headers, 'content-range')?.startsWith(`bytes ${first}-`)) throw failure('unexpected', 'The server sent another range.')
      return
    }
    if (first > mostSkippedBytes)
      throw failure('unexpected', `The server ignores ranges: of its files only the first ${mostSkippedBytes} bytes can be read in pieces.`)
    this.#skip = first
    this.#leaves = true
  }

  #announce(size: number, headers: ReceivedHeaders): void {
    this.#info = toObjectInfo(this.#row.key, size, headers)
    this.#options.onInfo?.(this.#info)
  }

  #hold(chunk: Uint8Array): void {
    this.#held.push(Buffer.from(chunk))
    if (this.#held.reduce((sum, { length }) => sum + length, 0) > mostHeldBytes) throw new NoLength()
  }

  #give(chunk: Uint8Array): void | Promise<void> {
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    const given = chunk.subarray(skipped, skipped + this.#left)
    this.#left -= given.length
    if (!this.#leaves && skipped + given.length < chunk.length) throw failure('premature-end', 'More bytes came than were announced.')
    const taken = given.length === 0 ? undefined : this.#sink(given)
    return this.#leaves && this.#left === 0 ? Promise.resolve(taken).then(leave) : taken
  }

  /** Gives what was kept, now that its length is known. */
  async flush(headers: ReceivedHeaders): Promise<void> {
    if (this.#info !== undefined) return
    this.#left = this.#held.reduce((sum, { length }) => sum + length, 0)
    this.#announce(this.#left, headers)
    for (const chunk of this.#held) await this.#give(chunk)
  }

  end(): ObjectInfo {
    if (this.#info === undefined || this.#left > 0) throw failure('premature-end', `The body ended ${this.#left} bytes too early.`)
    return this.#info
  }
}

const leave = (): never => {
  throw new Enough()
}

const failure = (kind: StorageErrorKind, message: string): StorageError => new StorageError(message, { kind })
