/** One connection of HTTP/1.1 over a plain socket, which reads into one buffer that is used again; one exchange at a time. */
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { whenAborted } from '../cancel.ts'
import { StorageError } from '../error.ts'
import type { Body, LongBody } from '../storage.ts'
import { isLong, sliceBytes, slicesOf } from './body.ts'
import { toNetworkError } from './network.ts'
import { Reading } from './reading.ts'
import type { Answer, OnAnswer, Request } from './transport.ts'

export interface ConnectionOptions {
  readonly origin: string
  readonly ca?: string
  readonly connectTimeoutMs: number
}

/** What one read of the socket can bring. */
const bufferBytes = 128 * 1024

export class Connection {
  readonly #socket: Socket
  readonly #connectBy: number
  #connected = false
  #request: Request | undefined
  #reading: Reading | undefined
  #isSending = false
  #lastMs = Date.now()
  #idleMs = 0

  constructor(options: ConnectionOptions, onClose: () => void) {
    this.#connectBy = Date.now() + options.connectTimeoutMs
    this.#socket = openSocket(options, (bytes) => this.#receive(bytes))
    this.#socket.setNoDelay(true)
    this.#socket.once(options.origin.startsWith('https:') ? 'secureConnect' : 'connect', () => this.#onConnect())
    this.#socket.on('error', (error) => this.#reading?.close(error))
    this.#socket.once('end', () => this.#reading?.close())
    this.#socket.once('close', () => {
      this.#reading?.close()
      onClose()
    })
  }

  /** Open, and nothing is going on. */
  get isFree(): boolean {
    const isKept = this.#reading === undefined && Date.now() - this.#lastMs < this.#idleMs
    return isKept && !this.#socket.destroyed && this.#socket.writable
  }

  async exchange(request: Request, onAnswer: OnAnswer | undefined): Promise<Answer> {
    const { method, signal, body } = request
    const head = toHead(request)
    return new Promise((resolve, reject) => {
      let forget = (): void => {}
      const reading = new Reading({
        onAnswer,
        bodyless: method === 'HEAD',
        resume: () => this.#resume(),
        done: (answer, keepAliveMs) => {
          forget()
          this.#rest(keepAliveMs)
          resolve(answer)
        },
        failed: (error) => {
          forget()
          this.drop()
          reject(error)
        },
      })
      this.#reading = reading
      this.#request = request
      this.#lastMs = Date.now()
      this.#socket.ref()
      if (signal) forget = whenAborted(signal, () => reading.fail(abortedBy(signal)))
      if (!signal?.aborted) this.#send(head, body ?? [])
    })
  }

  /** Drops what has stood still for too long. */
  look(nowMs: number): void {
    if (this.#reading === undefined) {
      if (nowMs - this.#lastMs >= this.#idleMs) this.drop()
    } else if (this.#isLate(nowMs, this.#reading)) {
      this.#reading.fail(new StorageError('The store did not answer in time.', { kind: 'timeout' }))
    }
  }

  #isLate(nowMs: number, { hasBegun, isHeld }: Reading): boolean {
    if (!this.#connected) return nowMs >= this.#connectBy
    const { bodyTimeoutMs = 0, headersTimeoutMs = 0 } = this.#request ?? {}
    return !isHeld && nowMs - this.#lastMs >= (hasBegun ? bodyTimeoutMs : headersTimeoutMs)
  }

  drop(): void {
    this.#socket.destroy()
  }

  #onConnect(): void {
    this.#connected = true
    this.#lastMs = Date.now()
  }

  /** A small body goes out in one write with the head. */
  #send(head: string, body: Body | LongBody): void {
    if (isLong(body)) return void this.#sendLong(head, body)
    const [first] = body
    const isSmall = first !== undefined && body.length === 1 && first.length <= sliceBytes
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    if (isSmall) this.#socket.write(first)
    this.#socket.uncork()
    if (!isSmall && body.length > 0) this.#sendSlices(slicesOf(body))
  }

  #sendSlices(slices: Iterator<Uint8Array>): void {
    this.#isSending = true
    const next = (): void => {
      this.#lastMs = Date.now()
      const slice = slices.next()
      if (slice.done) this.#isSending = false
      else if (!this.#socket.destroyed) this.#socket.write(slice.value, next)
    }
    next()
  }

  /** The next chunk is asked for when the system has taken the one before: its memory is used again then. */
  async #sendLong(head: string, { chunks }: LongBody): Promise<void> {
    this.#isSending = true
    const reading = this.#reading
    try {
      await this.#written(Buffer.from(head, 'latin1'))
      for await (const chunk of chunks) {
        for (const slice of slicesOf([chunk])) await this.#written(slice)
      }
      this.#isSending = false
    } catch (error) {
      reading?.fail(error)
    }
  }

  #written(bytes: Uint8Array): Promise<void> {
    this.#lastMs = Date.now()
    return new Promise((resolve, reject) => void this.#socket.write(bytes, (error) => (error ? reject(toNetworkError(error, false)) : resolve())))
  }

  #receive(bytes: Buffer): boolean {
    this.#lastMs = Date.now()
    if (this.#reading !== undefined) return this.#reading.receive(bytes)
    this.drop()
    return false
  }

  #resume(): void {
    this.#lastMs = Date.now()
    this.#socket.resume()
  }

  /** A refusal that came before the body was through leaves the rest of it unsent. */
  #rest(keepAliveMs: number): void {
    this.#reading = undefined
    this.#idleMs = this.#isSending ? 0 : keepAliveMs
    if (this.#idleMs === 0) this.drop()
    else this.#socket.unref()
  }
}

function openSocket({ origin, ca }: ConnectionOptions, receive: (bytes: Buffer) => boolean): Socket {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const onread = { buffer: Buffer.allocUnsafeSlow(bufferBytes), callback: (length: number, buffer: Uint8Array) => receive((buffer as Buffer).subarray(0, length)) }
  if (protocol === 'http:') return connectPlain({ host, port: Number(port || 80), onread })
  // TLS takes `onread` too, which its types do not know.
  const options = { host, port: Number(port || 443), onread, ca, servername: isIP(host) === 0 ? host : '', ALPNProtocols: ['http/1.1'] }
  return connectTls(options)
}

export const abortedBy = (signal: AbortSignal | undefined): StorageError => new StorageError('The call was aborted.', { kind: 'aborted', cause: signal?.reason })

/** Fails `invalid`: a line break in a value would begin a header, or a request, of its own. */
function toHead({ method, path, headers }: Request): string {
  let head = `${method} ${path} HTTP/1.1\r\n`
  for (let i = 0; i < headers.length; i += 2) {
    const line = `${headers[i]}: ${headers[i + 1]}`
    if (/[\r\n\0]/.test(line)) throw new StorageError('A header holds a line break.', { kind: 'invalid' })
    head += `${line}\r\n`
  }
  return `${head}\r\n`
}
