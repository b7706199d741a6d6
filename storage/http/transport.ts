import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, EnvHttpProxyAgent, Pool, ProxyAgent, type Dispatcher } from 'undici'
import { whenAborted } from '../cancel.ts'
import { StorageError } from '../error.ts'
import type { Body, LongBody, Sink } from '../storage.ts'
import { bodyLength, isLong, sliceBytes, slicesOf } from './body.ts'
import { toReceived, type ReceivedHeaders } from './headers.ts'
import { toNetworkError } from './network.ts'
import { openSockets } from './sockets.ts'

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Encoded path and query, sent as it is: no URL parser may shorten `..` in it. */
  readonly path: string
  /** Names and values in turn, latin1. */
  readonly headers: string[]
  readonly body?: Body | LongBody
  readonly headersTimeoutMs: number
  readonly bodyTimeoutMs: number
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: ReceivedHeaders
  /** Empty where a sink took it. */
  readonly body: Buffer
}

/** Called when headers are in; may name a sink for the body. What it throws fails the exchange. */
export type OnAnswer = (status: number, headers: ReceivedHeaders) => Sink | undefined

/** Idle connections are dropped well before any store does it, which would break the next request. */
const keepAliveTimeoutMs = 5_000
const maxConnections = 256
const maxCollectedBytes = 64 * 2 ** 20

export interface TransportOptions {
  /** Absent: requests go to any. */
  readonly origin?: string
  readonly caFile?: string
  readonly proxy?: string
  readonly connectTimeoutMs: number
}

/** What exchanges with one origin: over sockets of our own, or, where a proxy stands between, through undici. */
export function openExchange({ origin, caFile, proxy, connectTimeoutMs }: TransportOptions & { readonly origin: string }): Exchange {
  if (proxy === undefined && !hasProxyVariable()) return openSockets({ origin, connectTimeoutMs, ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }) })
  const dispatcher = openDispatcher({ origin, connectTimeoutMs, ...(caFile !== undefined && { caFile }), ...(proxy !== undefined && { proxy }) })
  return { exchange: (request, onAnswer) => exchange(dispatcher, origin, request, onAnswer), close: () => dispatcher.close() }
}

export interface Exchange {
  /** One request, one answer of any status. Fails `network`, `timeout`, `premature-end`, `aborted`, or with what `onAnswer` or its sink threw. */
  exchange(request: Request, onAnswer?: OnAnswer): Promise<Answer>
  close(): Promise<void>
}

export function openDispatcher({ origin, caFile, proxy, connectTimeoutMs }: TransportOptions): Dispatcher {
  const tls = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }
  const options = {
    connect: { timeout: connectTimeoutMs, ...tls },
    keepAliveTimeout: keepAliveTimeoutMs,
    connections: maxConnections,
    allowH2: false,
  }
  if (proxy !== undefined) return new ProxyAgent({ ...options, uri: proxy, requestTls: tls })
  if (hasProxyVariable()) return new EnvHttpProxyAgent({ ...options, requestTls: tls })
  return origin === undefined ? new Agent(options) : new Pool(origin, options)
}

function hasProxyVariable(): boolean {
  return ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => process.env[name])
}

/**
 * One request, one answer of any status. Fails `network`, `timeout`, `premature-end`, `aborted`, or with what `onAnswer` or
 * its sink threw.
 */
export function exchange(dispatcher: Dispatcher, origin: string, request: Request, onAnswer?: OnAnswer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(resolve, reject, request.signal, onAnswer)
    if (!handler.listen()) return
    try {
      dispatcher.dispatch(
        {
          origin,
          path: request.path,
          method: request.method,
          headers: request.headers,
          body: toUndiciBody(request.body),
          headersTimeout: request.headersTimeoutMs,
          bodyTimeout: request.bodyTimeoutMs,
        },
        handler,
      )
    } catch (error) {
      handler.fail(error)
    }
  })
}

/** undici takes any iterable of bytes, its types know only streams. A small body is sent in one write with its headers. */
function toUndiciBody(body: Body | LongBody | undefined): Dispatcher.DispatchOptions['body'] {
  if (body === undefined || bodyLength(body) === 0) return null
  if (!isLong(body) && body.length === 1 && body[0] !== undefined && body[0].length <= sliceBytes) return body[0]
  const slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array> = isLong(body) ? copiesOf(body) : slicesOf(body)
  return slices as unknown as Dispatcher.DispatchOptions['body']
}

/** A socket may still hold a slice when it asks for the next: the chunk it was cut from is used again by then. */
async function* copiesOf({ chunks }: LongBody): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (const slice of slicesOf([chunk])) yield Buffer.from(slice)
  }
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  readonly #onAnswer: OnAnswer | undefined
  readonly #collected: Buffer[] = []
  #collectedBytes = 0
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: ReceivedHeaders = new Map()
  #sink: Sink | undefined
  #pending: Promise<void> | undefined
  #settled = false
  #forget = (): void => {}

  constructor(resolve: (answer: Answer) => void, reject: (error: unknown) => void, signal?: AbortSignal, onAnswer?: OnAnswer) {
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    this.#onAnswer = onAnswer
  }

  /** False when the signal has fired already: the exchange has failed. */
  listen(): boolean {
    if (this.#signal) this.#forget = whenAborted(this.#signal, () => this.#onAbort())
    return !this.#settled
  }

  #onAbort(): void {
    this.fail(new StorageError('The call was aborted.', { kind: 'aborted', cause: this.#signal?.reason }))
  }

  /** Ends the exchange and drops its connection, also where that is still being made. */
  fail(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#reject(error)
    this.#controller?.abort(error instanceof Error ? error : new Error(String(error)))
  }

  #settle(): void {
    this.#settled = true
    this.#forget()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('aborted'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#settled) return
    this.#status = status
    this.#headers = toReceived(headers)
    try {
      this.#sink = this.#onAnswer?.(status, this.#headers)
    } catch (error) {
      this.fail(error)
    }
  }

  /** undici hands out an empty chunk after each pause: pausing for it would never end. */
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled || chunk.length === 0) return
    if (this.#sink === undefined) this.#collect(chunk)
    else if (this.#pending === undefined) this.#give(controller, this.#sink, chunk)
    else this.#giveLater(controller, this.#sink, Buffer.from(chunk))
  }

  #collect(chunk: Buffer): void {
    this.#collectedBytes += chunk.length
    if (this.#collectedBytes > maxCollectedBytes) this.fail(new StorageError('The answer is too long.', { kind: 'unexpected' }))
    else this.#collected.push(chunk)
  }

  #give(controller: Dispatcher.DispatchController, sink: Sink, chunk: Buffer): void {
    try {
      const taken = sink(chunk)
      if (taken !== undefined) this.#hold(controller, taken)
    } catch (error) {
      this.fail(error)
    }
  }

  /** A peer that closes makes undici hand out what it had read although it was paused. */
  #giveLater(controller: Dispatcher.DispatchController, sink: Sink, chunk: Buffer): void {
    const before = this.#pending
    this.#hold(
      controller,
      Promise.resolve(before).then(() => sink(chunk)),
    )
  }

  #hold(controller: Dispatcher.DispatchController, taken: Promise<void>): void {
    controller.pause()
    const pending = taken.then(
      () => {
        if (this.#pending !== pending) return
        this.#pending = undefined
        controller.resume()
      },
      (error: unknown) => this.fail(error),
    )
    this.#pending = pending
  }

  onResponseEnd(): void {
    if (this.#pending === undefined) this.#finish()
    else void this.#pending.then(() => this.#finish())
  }

  #finish(): void {
    if (this.#settled) return
    this.#settle()
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#collected) })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(toNetworkError(error, this.#status !== 0))
  }
}
