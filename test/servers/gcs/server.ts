import { createServer, request as ask, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { startFakeGcsServer, type FakeGcsServer } from '../../support/fake-gcs-server.ts'
import { send, sendJsonFault, sendXmlFault, type GcsFault } from './answer.ts'
import { isRewrite, Rewrites } from './rewrites.ts'
import { Uploads } from './uploads.ts'

export interface GcsServerOptions {
  readonly buckets?: readonly string[]
  /** What requests for these buckets are answered. */
  readonly faults?: Readonly<Record<string, GcsFault>>
  /** Why a request with this `Authorization` is refused. */
  readonly refuse?: (authorization: string | undefined) => GcsFault | undefined
  /** Of a rewrite, default: all. */
  readonly rewriteBytesPerCall?: number
}

export interface GcsServer {
  readonly endpoint: string
  /** `METHOD /path?query` of all so far, with the headers. */
  readonly requests: readonly SeenRequest[]
  /** For another server's connections, such as one that ends TLS. */
  readonly listener: RequestListener
  close(): Promise<void>
}

export interface SeenRequest {
  readonly line: string
  readonly headers: IncomingMessage['headers']
}

export async function startGcsServer({ buckets = [], faults = {}, refuse = () => undefined, rewriteBytesPerCall }: GcsServerOptions = {}): Promise<GcsServer> {
  const behind = await startFakeGcsServer()
  for (const name of buckets) await behind.makeBucket(name)
  const doors: Doors = { behind, uploads: new Uploads(behind.endpoint), rewrites: new Rewrites(behind.endpoint, rewriteBytesPerCall) }
  const requests: SeenRequest[] = []
  const listener: RequestListener = (request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    void answer(request, response, doors, (bucket) => refuse(request.headers.authorization) ?? faults[bucket]).catch((error: unknown) =>
      send(response, 500, {}, String(error)),
    )
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await behind.stop()
  }
  return { endpoint: `http://127.0.0.1:${port}`, requests, listener, close }
}

type FaultOf = (bucket: string) => GcsFault | undefined

interface Doors {
  readonly behind: FakeGcsServer
  readonly uploads: Uploads
  readonly rewrites: Rewrites
}

async function answer(request: IncomingMessage, response: ServerResponse, { behind, uploads, rewrites }: Doors, faultOf: FaultOf): Promise<void> {
  const { method = 'GET', url = '/', headers } = request
  const [path = '', query = ''] = url.split('?', 2)
  const [, jsonBucket] = /^(?:\/(?:upload|download))?\/storage\/v1\/b\/([^/]+)/.exec(path) ?? []
  const [, xmlBucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(path) ?? []
  const fault = faultOf(jsonBucket ?? xmlBucket)
  if (fault !== undefined) {
    request.resume()
    return jsonBucket === undefined ? sendXmlFault(response, fault) : sendJsonFault(response, fault)
  }
  const search = new URLSearchParams(query)
  if (isRewrite(path)) return await rewrites.answer({ path, query: search, body: await buffer(request) }, response)
  if (jsonBucket !== undefined) return pass(request, response, behind)
  const body = await buffer(request)
  await uploads.answer({ method, bucket: xmlBucket, key: decodeURIComponent(key), query: search, headers, body }, response)
}

/** Bytes and headers go through as they are. */
function pass(request: IncomingMessage, response: ServerResponse, { endpoint }: FakeGcsServer): void {
  const { hostname, port, host } = new URL(endpoint)
  const headers = { ...request.headers, host }
  const asked = ask({ hostname, port, method: request.method, path: request.url, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
    answered.on('error', () => response.destroy()).pipe(response)
  })
  asked.on('error', () => response.destroy())
  response.on('close', () => asked.destroy())
  request.on('error', () => asked.destroy()).pipe(asked)
}
