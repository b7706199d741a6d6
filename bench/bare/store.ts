/** The least that an S3 client can be: undici's dispatch, a signature, no error handling beyond giving up. */
import { Pool, type Dispatcher } from 'undici'
import type { S3Place } from '../place.ts'
import { makeSigner } from './sign.ts'

export interface BareStore {
  /** `into` is given each chunk of the answer. */
  send(call: BareCall): Promise<BareAnswer>
  close(): Promise<void>
}
export interface BareCall {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** '' for the bucket itself. */
  readonly key: string
  readonly query?: string
  readonly headers?: readonly string[]
  readonly body?: Uint8Array
  readonly into?: (chunk: Buffer) => void
}
export interface BareAnswer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export function openBare(place: S3Place, connections: number): BareStore {
  const pool = new Pool(place.endpoint, { connections, allowH2: false })
  const sign = makeSigner(place)
  return {
    send({ method, key, query = '', headers = [], body, into }) {
      const path = key === '' ? `/${place.bucket}` : `/${place.bucket}/${key}`
      const signed = sign(method, path, query)
      if (body) signed.push('content-length', String(body.length))
      return new Promise((resolve, reject) => {
        const handler = new Collect(resolve, reject, into)
        pool.dispatch({ origin: place.endpoint, path: query === '' ? path : `${path}?${query}`, method, headers: [...signed, ...headers], body: body ?? null }, handler)
      })
    },
    close: () => pool.close(),
  }
}

class Collect implements Dispatcher.DispatchHandler {
  private readonly resolve: (answer: BareAnswer) => void
  private readonly reject: (error: Error) => void
  private readonly into: ((chunk: Buffer) => void) | undefined
  private readonly chunks: Buffer[] = []
  private status = 0
  private headers: BareAnswer['headers'] = {}

  constructor(resolve: (answer: BareAnswer) => void, reject: (error: Error) => void, into: ((chunk: Buffer) => void) | undefined) {
    this.resolve = resolve
    this.reject = reject
    this.into = into
  }

  onRequestStart(): void {
    // undici wants it.
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: BareAnswer['headers']): void {
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.into && this.status < 300) this.into(chunk)
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.chunks).toString()
    if (this.status < 300) this.resolve({ headers: this.headers, text })
    else this.reject(new Error(`${this.status}: ${text}`))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.reject(error)
  }
}
