/** One answer while it comes in: head first, then its body into a sink, or collected where it has none. */
import { StorageError } from '../error.ts'
import type { Sink } from '../storage.ts'
import { bodyLength, parseHead } from './answer-head.ts'
import { Chunks } from './chunks.ts'
import type { ReceivedHeaders } from './headers.ts'
import { toNetworkError } from './network.ts'
import type { Answer, OnAnswer } from './transport.ts'

export interface ReadingOptions {
  readonly onAnswer?: OnAnswer | undefined
  /** To a HEAD: what it says of a body does not come. */
  readonly bodyless?: boolean
  /** All is there. `keepAliveMs` 0: the connection is of no more use. */
  readonly done: (answer: Answer, keepAliveMs: number) => void
  readonly failed: (error: unknown) => void
  /** The sink is ready for more. */
  readonly resume: () => void
}

const maxHeadBytes = 64 * 1024
const maxCollectedBytes = 64 * 2 ** 20
const nothing = Buffer.alloc(0)

export class Reading {
  readonly #options: ReadingOptions
  /** What came of a head that is not whole yet. */
  #start: Buffer | undefined
  readonly #collected: Buffer[] = []
  #collectedBytes = 0
  #status = 0
  #headers: ReceivedHeaders = new Map()
  #keepAliveMs = 0
  #left = 0
  #chunks: Chunks | undefined
  #untilClose = false
  #sink: Sink | undefined
  #taking: Promise<void> | undefined
  #over = false

  constructor(options: ReadingOptions) {
    this.#options = options
  }

  get hasBegun(): boolean {
    return this.#status !== 0
  }

  /** It waits for its sink. */
  get isHeld(): boolean {
    return this.#taking !== undefined
  }

  /** `chunk` is read over again after this; false: nothing more may come until `resume`. */
  receive(chunk: Buffer): boolean {
    if (this.#over) return false
    try {
      if (this.hasBegun) this.#body(chunk)
      else this.#head(chunk)
    } catch (error) {
      this.fail(error instanceof RangeError ? new StorageError(error.message, { kind: 'network' }) : error)
    }
    return this.#taking === undefined
  }

  /** The other side will send no more. */
  close(error?: Error): void {
    if (this.#over) return
    if (error !== undefined) return this.fail(toNetworkError(error, this.hasBegun))
    if (this.#untilClose) return this.#finish()
    this.fail(new StorageError('The connection was closed.', { kind: this.hasBegun ? 'premature-end' : 'network' }))
  }

  /** Ends it, for what happened here or outside. */
  fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#options.failed(error)
  }

  #head(chunk: Buffer): void {
    const bytes = this.#start === undefined ? chunk : Buffer.concat([this.#start, chunk])
    const head = parseHead(bytes)
    if (head === undefined) return this.#keepStart(bytes)
    this.#start = undefined
    const rest = bytes.subarray(head.bytes)
    if (head.status < 200) return rest.length === 0 ? undefined : this.#head(rest)
    this.#status = head.status
    this.#headers = head.headers
    this.#keepAliveMs = head.keepAliveMs
    this.#expect(this.#options.bodyless ? 0 : bodyLength(head))
    this.#sink = this.#options.onAnswer?.(head.status, head.headers)
    this.#body(rest)
  }

  #keepStart(bytes: Buffer): void {
    if (bytes.length > maxHeadBytes) throw tooLong()
    this.#start = Buffer.from(bytes)
  }

  #expect(length: ReturnType<typeof bodyLength>): void {
    if (length === 'chunked') this.#chunks = new Chunks()
    else if (length === 'until-close') this.#untilClose = true
    else this.#left = length
  }

  #body(chunk: Buffer): void {
    if (this.#untilClose) return this.#give(chunk)
    if (this.#chunks) return this.#chunked(this.#chunks, chunk)
    if (chunk.length > this.#left) this.#keepAliveMs = 0
    const due = chunk.subarray(0, this.#left)
    this.#left -= due.length
    this.#give(due)
    if (this.#left === 0) this.#finish()
  }

  #chunked(chunks: Chunks, chunk: Buffer): void {
    for (const data of chunks.take(chunk)) this.#give(data)
    if (chunks.isOver) this.#finish()
  }

  #give(chunk: Buffer): void {
    if (chunk.length === 0) return
    if (this.#sink === undefined) return this.#collect(chunk)
    if (this.#taking !== undefined) return this.#giveLater(this.#sink, this.#taking, Buffer.from(chunk))
    const taking = this.#sink(chunk)
    if (taking !== undefined) this.#await(taking)
  }

  /** Several chunks of a body may have come at once. */
  #giveLater(sink: Sink, before: Promise<void>, chunk: Buffer): void {
    this.#await(before.then(() => sink(chunk)))
  }

  #await(taking: Promise<void>): void {
    this.#taking = taking
    taking.then(
      () => {
        if (this.#taking !== taking) return
        this.#taking = undefined
        this.#options.resume()
      },
      (error: unknown) => this.fail(error),
    )
  }

  #collect(chunk: Buffer): void {
    this.#collectedBytes += chunk.length
    if (this.#collectedBytes > maxCollectedBytes) throw tooLong()
    this.#collected.push(Buffer.from(chunk))
  }

  #finish(): void {
    if (this.#taking !== undefined) return void this.#taking.then(() => this.#finish(), () => undefined)
    if (this.#over) return
    this.#over = true
    this.#options.done({ status: this.#status, headers: this.#headers, body: this.#collected.length === 0 ? nothing : Buffer.concat(this.#collected) }, this.#keepAliveMs)
  }
}

const tooLong = (): StorageError => new StorageError('The answer is too long.', { kind: 'unexpected' })
