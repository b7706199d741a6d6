/** What carries the SDK's requests: our own transport, which keeps time limits, takes bodies as they lie in memory and decodes nothing. */
import { Readable } from 'node:stream'
import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob'
import type { Dispatcher } from 'undici'
import type { Body, LongBody } from '../../storage.ts'
import type { ReceivedHeaders } from '../../http/headers.ts'
import { exchange, type Request } from '../../http/transport.ts'

export interface Timeouts {
  readonly connectMs: number
  /** From the last byte sent to the answer's headers. */
  readonly headersMs: number
  /** The service may think long about 50,000 blocks, or about a blob that it copies. */
  readonly completeMs: number
  /** Between two chunks of an answer. */
  readonly bodyMs: number
}

/** To the SDK a stream; the transport sends its chunks as they are and nobody reads it. */
export class ChunkedBody extends Readable {
  readonly body: Body | LongBody

  constructor(body: Body | LongBody) {
    super({ read: () => undefined })
    this.body = body
  }
}

/** Why a body ended early. The SDK hands on only what is named so, and replaces every other error. */
class BodyError extends Error {
  override readonly name = 'AbortError'
}

export function openHttpClient(dispatcher: Dispatcher, timeouts: Timeouts): IHttpClient {
  return {
    sendRequest: async (resource) => {
      const { origin } = new URL(resource.url)
      const answer = await exchangeStreaming(dispatcher, origin, toRequest(resource, origin, timeouts), resource.streamResponseStatusCodes)
      return toResponse(resource, answer)
    },
  }
}

function toRequest(resource: WebResource, origin: string, timeouts: Timeouts): Request {
  const { url, method, body, abortSignal } = resource
  return {
    method: toMethod(method),
    path: url.slice(origin.length),
    headers: Object.entries(resource.headers.toJson()).flat(),
    headersTimeoutMs: takesLong(resource) ? timeouts.completeMs : timeouts.headersMs,
    bodyTimeoutMs: timeouts.bodyMs,
    ...(body && { body: toBody(body) }),
    ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
  }
}

function takesLong({ url, method, headers }: WebResource): boolean {
  if (method !== 'PUT') return false
  return headers.contains('x-ms-copy-source') || new URLSearchParams(new URL(url).search).get('comp') === 'blocklist'
}

function toMethod(method: WebResource['method']): Request['method'] {
  if (method === 'GET' || method === 'HEAD' || method === 'PUT' || method === 'POST' || method === 'DELETE') return method
  throw new TypeError(`No call of this driver uses ${method}.`)
}

function toBody(body: unknown): Body | LongBody {
  if (body instanceof ChunkedBody) return body.body
  if (typeof body === 'string') return [Buffer.from(body)]
  throw new TypeError('The SDK sent a body of a kind that this driver does not give it.')
}

interface Answer {
  readonly status: number
  readonly headers: ReceivedHeaders
  readonly body: Buffer | Readable
}

/** Resolves with the headers where the body is to be streamed, else when all is in. */
function exchangeStreaming(dispatcher: Dispatcher, origin: string, request: Request, streamed: Set<number> = new Set()): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let stream: FedStream | undefined
    const exchanged = exchange(dispatcher, origin, request, (status, headers) => {
      if (!streamed.has(status)) return undefined
      const fed = new FedStream()
      stream = fed
      resolve({ status, headers, body: fed })
      return (chunk) => fed.feed(chunk)
    })
    exchanged.then(
      (answer) => (stream ? stream.push(null) : resolve(answer)),
      (error: unknown) => (stream ? stream.destroy(new BodyError('The body ended early.', { cause: error })) : reject(error)),
    )
  })
}

/** Takes a chunk when its reader wants one. */
class FedStream extends Readable {
  #wanted: (() => void) | undefined

  constructor() {
    super()
    this.on('error', () => undefined)
  }

  feed(chunk: Uint8Array): Promise<void> | undefined {
    if (this.destroyed) throw new BodyError('Nobody reads the body any more.')
    if (this.push(chunk)) return undefined
    return new Promise((resolve) => (this.#wanted = resolve))
  }

  override _read(): void {
    this.#wanted?.()
    this.#wanted = undefined
  }

  /** What waits for a reader goes on, to learn that there is none. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read()
    done(error)
  }
}

function toResponse(request: WebResource, { status, headers, body }: Answer): HttpOperationResponse {
  const received = request.headers.clone()
  for (const name of received.headerNames()) received.remove(name)
  for (const [name, value] of headers) received.set(name, value)
  const content = body instanceof Readable ? { readableStreamBody: body } : { bodyAsText: body.toString('utf8') }
  return { request, status, headers: received, ...content }
}
