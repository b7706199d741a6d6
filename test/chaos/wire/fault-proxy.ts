/** A loopback HTTP proxy before a real server, which breaks the answers, requests or connections that a test names. */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type WireFault =
  /** The server is not asked. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The server does the work, nobody hears of it. */
  | { readonly kind: 'lose-answer' }
  /** The connection breaks after so many bytes of the answer's body, or of the request's. */
  | { readonly kind: 'reset'; readonly in: 'answer' | 'request'; readonly afterBytes: number }
  /** The body ends properly, after so many bytes of those announced. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** More bytes come than were announced. */
  | { readonly kind: 'long'; readonly bytes: number }
  /** The body comes in chunks, of which nobody said how many. */
  | { readonly kind: 'no-length' }
  /** The lowest bit of one byte of a body. */
  | { readonly kind: 'flip'; readonly in: 'answer' | 'request'; readonly at: number }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** All of the object comes, with status 200. */
  | { readonly kind: 'ignore-range' }

export interface Struck {
  readonly fault: WireFault
  readonly matches: (method: string, url: URL) => boolean
  /** Ends after so many. */
  times: number
}

export interface FaultProxy {
  readonly endpoint: string
  /** What goes wrong from now on; undefined: nothing. */
  struck: Struck | undefined
  hits: number
  stop(): Promise<void>
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port, pathname } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const strike = (method: string, path: string): WireFault | undefined => {
    const { struck } = proxy
    if (!struck || struck.times <= 0 || !struck.matches(method, new URL(path, target))) return undefined
    struck.times--
    proxy.hits++
    return struck.fault
  }
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    const fault = strike(method, url)
    if (fault?.kind === 'answer') return void refuse(incoming, outgoing, fault)
    if (fault?.kind === 'reset' && fault.in === 'request') return void incoming.on('data', () => incoming.socket.resetAndDestroy())
    const rawHeaders = fault?.kind === 'ignore-range' ? without(incoming.rawHeaders, 'range') : incoming.rawHeaders
    const onward = request({ hostname, port, method, path: url, headers: rawHeaders, agent, setHost: false })
    onward.on('response', (answer) => void pass(answer, outgoing, fault))
    onward.on('error', () => outgoing.destroy())
    if (fault?.kind === 'flip' && fault.in === 'request') void bodyOf(incoming).then((bytes) => onward.end(flipped(bytes, fault.at)))
    else incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname === '/' ? '' : pathname}`,
    struck: undefined,
    hits: 0,
    stop() {
      agent.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
  }
  return proxy
}

async function refuse(incoming: IncomingMessage, outgoing: ServerResponse, { status, headers = {}, body = '' }: Extract<WireFault, { kind: 'answer' }>): Promise<void> {
  await bodyOf(incoming)
  outgoing.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
}

async function pass(answer: IncomingMessage, outgoing: ServerResponse, fault: WireFault | undefined): Promise<void> {
  const { statusCode = 502, rawHeaders } = answer
  if (fault === undefined || fault.kind === 'ignore-range' || (fault.kind === 'flip' && fault.in === 'request')) {
    outgoing.writeHead(statusCode, rawHeaders)
    return void answer.pipe(outgoing)
  }
  const bytes = await bodyOf(answer)
  if (fault.kind === 'lose-answer') return void outgoing.socket?.resetAndDestroy()
  if (fault.kind === 'no-length') {
    outgoing.writeHead(statusCode, [...without(rawHeaders, 'content-length'), 'Transfer-Encoding', 'chunked'])
    return void outgoing.end(bytes)
  }
  const { socket } = outgoing
  const headers = fault.kind === 'header' ? [...without(rawHeaders, fault.name), fault.name, fault.value] : rawHeaders
  socket?.write(`HTTP/1.1 ${statusCode} Told\r\n${pairsOf(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1')
  if (fault.kind === 'reset') return void socket?.write(bytes.subarray(0, fault.afterBytes), () => socket.resetAndDestroy())
  if (fault.kind === 'short') return void socket?.end(bytes.subarray(0, fault.bytes))
  if (fault.kind === 'long') return void socket?.end(Buffer.concat([bytes, Buffer.alloc(fault.bytes)]))
  socket?.end(fault.kind === 'flip' ? flipped(bytes, fault.at) : bytes)
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  if (at < copy.length) copy[at] = copy[at]! ^ 1
  return copy
}

const pairsOf = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []))
const without = (raw: readonly string[], name: string): string[] =>
  pairsOf(raw).filter(([one]) => one.toLowerCase() !== name.toLowerCase()).flat()
