/**
 * The remote codec that Temporal's Web UI asks to show what is encrypted: `POST /decode` and `/encode` of {payloads} in JSON. It listens on
 * this machine only, and answers browsers on pages of the given origins only: whoever reaches it reads everything.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Payload, PayloadCodec } from '@temporalio/common'

export interface CodecServerOptions {
  readonly codec: PayloadCodec
  /** Of the Web UI, as `http://localhost:8233`. */
  readonly origins: readonly string[]
  readonly port: number
}

const mostBytes = 16 * 1024 ** 2

/** Fails with the system's error where the port is taken. */
export async function startCodecServer({ codec, origins, port }: CodecServerOptions): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => void answer(codec, origins, request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => stop(server) }
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

async function answer(codec: PayloadCodec, origins: readonly string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { origin, host } = request.headers
  if (!isThisMachine(host) || (origin !== undefined && !origins.includes(origin))) return void response.writeHead(403).end()
  const headers = origin === undefined ? {} : corsHeaders(origin)
  const act = { '/encode': codec.encode, '/decode': codec.decode }[request.url?.split('?')[0] ?? '']
  if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end()
  if (request.method !== 'POST' || act === undefined) return void response.writeHead(404, headers).end()
  try {
    const { payloads } = await readBody(request)
    const body = JSON.stringify({ payloads: (await act(payloads.map(fromJson))).map(toJson) })
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(body)
  } catch (error) {
    response.writeHead(400, { ...headers, 'content-type': 'text/plain' }).end(error instanceof Error ? error.message : 'These are no payloads.')
  }
}

/** A page elsewhere may have given this machine's address a name of its own. */
const isThisMachine = (host = ''): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)

const corsHeaders = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type, x-namespace, authorization',
  'access-control-allow-credentials': 'true',
  vary: 'origin',
})

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>>
  readonly data?: string
}

async function readBody(request: IncomingMessage): Promise<{ readonly payloads: readonly JsonPayload[] }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new RangeError(`More than ${mostBytes} bytes came.`)
    chunks.push(chunk)
  }
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly payloads?: unknown } | null
  if (!Array.isArray(body?.payloads)) throw new TypeError('"payloads" must be a list.')
  return { payloads: body.payloads as JsonPayload[] }
}

const fromJson = ({ metadata = {}, data = '' }: JsonPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  data: Buffer.from(data, 'base64'),
})

const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
  data: Buffer.from(data ?? []).toString('base64'),
})
