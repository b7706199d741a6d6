/** One answer while it comes in: head first, then its body into a sink, or collected where it has none. */
import { StorageError } from '../error.ts'
import type { Sink } from '../storage.ts'
import { bodyLength, joinChunks, parseHead, type BodyLength } from './answer-head.ts'
import type { ReceivedHeaders } from './headers.ts'
import { toNetworkError } from './network.ts'
import type { Answer, OnAnswer } from './transport.ts'

/** What an exchange needs of its connection. */
export interface ReadingEnds {
  /** What was asked for is all there; `keepAliveMs` 0: the connection is of no more use. */
  readonly done: (answer: Answer, keepAliveMs: number) => void
  readonly failed: (error: unknown) => void
  readonly resume: () => void
}

const maxHeadBytes = 64 * 1024
const maxCollectedBytes = 1024 ** 2

export class Reading {
  readonly #onAnswer: OnAnswer
  readonly #ends: ReadingEnds
  /** What came of a head, or of a body that has no sink. */
  #held: Buffer | undefined
  #status = 0
  #headers: ReceivedHeaders = {}
  #keepAliveMs = 0
  #left: BodyLength = 0
  #sink: Sink | undefined
  #taking: Promise<void> | undefined
  #over = false

  constructor(onAnswer: OnAnswer, ends: ReadingEnds) {
    this.#onAnswer = onAnswer
    this.#ends = ends
  }

  get hasBegun(): boolean {
    return this.#status !== 0
  }

  /** `chunk` is read over again after this; false: nothing more may come until `resume`. */
  receive(chunk: Buffer): boolean {
    try {
      if (this.#over) return false
      return this.hasBegun ? this.#body(chunk) : this.#head(chunk)
    } catch (error) {
      this.#fail(error instanceof RangeError ? new StorageError(error.message, { kind: 'network' }) : error)
      return false
    }
  }

  /** The other side will send no more. */
  close(error?: Error): void {
    if (this.#over) return
    if (this.#left === 'until-close' && error === undefined && this.hasBegun) return this.#finish()
    if (error !== undefined) return this.#fail(toNetworkError(error, this.hasBegun))
    this.#fail(new StorageError('The connection was closed.', { kind: this.hasBegun ? 'premature-end' : 'network' }))
  }

  #head(chunk: Buffer): boolean {
    const bytes = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk])
    const head = parseHead(bytes)
    if (head === undefined) return this.#hold(bytes, maxHeadBytes)
    this.#held = undefined
    const rest = bytes.subarray(head.bytes)
    if (head.status < 200) return rest.length === 0 || this.#head(rest)
    this.#status = head.status
    this.#headers = head.headers
    this.#keepAliveMs = head.keepAliveMs
    this.#left = bodyLength(head)
    this.#sink = this.#onAnswer(head.status, head.headers)
    return this.#body(rest)
  }

  #body(chunk: Buffer): boolean {
    if (this.#left === 'chunked') return this.#chunked(chunk)
    if (this.#left === 'until-close') return this.#give(chunk)
    if (chunk.length > this.#left) this.#keepAliveMs = 0
    const due = chunk.length > this.#left ? chunk.subarray(0, this.#left) : chunk
    this.#left -= due.length
    const goesOn = due.length === 0 || this.#give(due)
    if (this.#left === 0) this.#finish()
    return goesOn
  }

  #give(chunk: Buffer): boolean {
    if (this.#sink === undefined) return this.#hold(Buffer.concat([this.#held ?? Buffer.of(), chunk]), maxCollectedBytes)
    const taking = this.#sink(chunk)
    if (taking === undefined) return true
    this.#taking = taking
    taking.then(
      () => {
        this.#taking = undefined
        this.#ends.resume()
      },
      (error: unknown) => this.#fail(error),
    )
    return false
  }

  /** No sink takes a body whose length is not told: refusals come so, and are short. */
  #chunked(chunk: Buffer): boolean {
    this.#hold(Buffer.concat([this.#held ?? Buffer.of(), chunk]), maxCollectedBytes)
    const whole = joinChunks(this.#held ?? chunk)
    if (whole === undefined) return true
    this.#held = undefined
    if (whole.length > 0) this.#give(whole)
    this.#finish()
    return true
  }

  /** A copy: what came is read over again. */
  #hold(bytes: Buffer, most: number): boolean {
    if (bytes.length > most) throw new StorageError('The answer is too long.', { kind: 'unexpected' })
    this.#held = Buffer.from(bytes)
    return true
  }

  #finish(): void {
    if (this.#taking !== undefined) return void this.#taking.then(() => this.#finish(), () => undefined)
    if (this.#over) return
    this.#over = true
    this.#ends.done({ status: this.#status, headers: this.#headers, body: this.#held ?? Buffer.of() }, this.#keepAliveMs)
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#ends.failed(error)
  }

  /** Ends it from outside. */
  abort(error: unknown): void {
    this.#fail(error)
  }
}
