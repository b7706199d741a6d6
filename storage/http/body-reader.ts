/**
 * Reads bodies over plain sockets into buffers that are used again, at half of what they cost through streams (docs/performance.md).
 * Only GET, only without a proxy; all else goes through undici.
 */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { StorageError } from '../error.ts'
import { Reading } from './reading.ts'
import type { Answer, OnAnswer, Request } from './transport.ts'

export interface BodyReader {
  /** As `exchange` of transport.ts; bodies of refusals are collected. */
  read(request: Request, onAnswer: OnAnswer): Promise<Answer>
  close(): void
}

export interface BodyReaderOptions {
  readonly origin: string
  readonly ca?: string
  readonly connectTimeoutMs: number
}

/** What one read of the socket can bring. */
const bufferBytes = 128 * 1024
const lookEveryMs = 250

/** As many connections as there are reads at a time: callers bound those. The last one used is used first. */
export function openBodyReader(options: BodyReaderOptions): BodyReader {
  const all = new Set<Connection>()
  const idle: Connection[] = []
  let watch: NodeJS.Timeout | undefined
  let closed = false

  const look = (): void => {
    for (const connection of all) connection.look(Date.now())
    if (all.size > 0) return
    clearInterval(watch)
    watch = undefined
  }
  const open = (): Connection => {
    watch ??= setInterval(look, lookEveryMs).unref()
    const connection: Connection = new Connection(options, () => all.delete(connection))
    all.add(connection)
    return connection
  }
  const take = (): Connection => {
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.isFree) return kept
    return open()
  }
  return {
    async read(request, onAnswer) {
      if (request.signal?.aborted) throw abortedBy(request.signal)
      const connection = take()
      const answer = await connection.read(request, onAnswer)
      if (closed) connection.drop()
      else if (connection.isFree) idle.push(connection)
      return answer
    },
    close() {
      closed = true
      for (const connection of idle) connection.drop()
    },
  }
}

class Connection {
  readonly #socket: Socket
  readonly #connectBy: number
  #connected = false
  #reading: Reading | undefined
  #bodyTimeoutMs = 0
  #headersTimeoutMs = 0
  #lastMs = Date.now()
  #idleMs = 0
  /** Nobody asks for more: who takes the bytes is busy. */
  #held = false

  constructor({ origin, ca, connectTimeoutMs }: BodyReaderOptions, onClose: () => void) {
    const { protocol, hostname, port } = new URL(origin)
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    const isTls = protocol === 'https:'
    this.#connectBy = Date.now() + connectTimeoutMs
    const options = {
      host,
      port: Number(port || (isTls ? 443 : 80)),
      onread: { buffer: Buffer.allocUnsafeSlow(bufferBytes), callback: (length: number, bytes: Uint8Array) => this.#receive(length, bytes as Buffer) },
    }
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
    this.#socket = isTls ? connectTls({ ...options, ...name, ...(ca !== undefined && { ca }), ALPNProtocols: ['http/1.1'] }) : connectPlain(options)
    this.#socket.setNoDelay(true)
    this.#socket.once(isTls ? 'secureConnect' : 'connect', () => this.#onConnect())
    this.#socket.on('error', (error) => this.#reading?.close(error))
    this.#socket.once('end', () => this.#reading?.close())
    this.#socket.once('close', () => {
      this.#reading?.close()
      onClose()
    })
  }

  /** Open, and nothing is being read. */
  get isFree(): boolean {
    return this.#reading === undefined && this.#idleMs > 0 && !this.#socket.destroyed && this.#socket.writable
  }

  read({ method, path, headers, headersTimeoutMs, bodyTimeoutMs, signal }: Request, onAnswer: OnAnswer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reading.abort(abortedBy(signal))
      const reading = new Reading(onAnswer, {
        done: (answer, keepAliveMs) => {
          signal?.removeEventListener('abort', abort)
          this.#rest(keepAliveMs)
          resolve(answer)
        },
        failed: (error) => {
          signal?.removeEventListener('abort', abort)
          this.drop()
          reject(error)
        },
        resume: () => this.#resume(),
      })
      this.#reading = reading
      signal?.addEventListener('abort', abort)
      this.#headersTimeoutMs = headersTimeoutMs
      this.#bodyTimeoutMs = bodyTimeoutMs
      this.#lastMs = Date.now()
      this.#socket.ref()
      this.#socket.write(toHead(method, path, headers), 'latin1')
    })
  }

  /** Drops what has stood still for too long. */
  look(nowMs: number): void {
    const reading = this.#reading
    if (reading === undefined) {
      if (nowMs - this.#lastMs >= this.#idleMs) this.drop()
    } else if (this.#isLate(nowMs, reading.hasBegun)) {
      reading.abort(new StorageError('The store did not answer in time.', { kind: 'timeout' }))
    }
  }

  #isLate(nowMs: number, hasBegun: boolean): boolean {
    if (!this.#connected) return nowMs >= this.#connectBy
    return !this.#held && nowMs - this.#lastMs >= (hasBegun ? this.#bodyTimeoutMs : this.#headersTimeoutMs)
  }

  drop(): void {
    this.#socket.destroy()
  }

  #onConnect(): void {
    this.#connected = true
    this.#lastMs = Date.now()
  }

  #receive(length: number, bytes: Buffer): boolean {
    this.#lastMs = Date.now()
    if (this.#reading === undefined) {
      this.drop()
      return false
    }
    this.#held = !this.#reading.receive(bytes.subarray(0, length))
    return !this.#held
  }

  #resume(): void {
    this.#lastMs = Date.now()
    this.#held = false
    this.#socket.resume()
  }

  #rest(keepAliveMs: number): void {
    this.#reading = undefined
    this.#idleMs = keepAliveMs
    if (keepAliveMs === 0) this.drop()
    else this.#socket.unref()
  }
}

const abortedBy = (signal: AbortSignal | undefined): StorageError => new StorageError('The call was aborted.', { kind: 'aborted', cause: signal?.reason })

function toHead(method: string, path: string, headers: readonly string[]): string {
  let head = `${method} ${path} HTTP/1.1\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${head}\r\n`
}
