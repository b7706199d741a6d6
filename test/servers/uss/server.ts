/**
 * Stands in for UPYUN's USS, over its REST API as UPYUN's documentation and clients have it: real signatures, real folders,
 * ranges, metadata, uploads in parts. See README.md for where that knowledge ends.
 */
import { hash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authorize, type Operator } from './authorize.ts'
import { findUpload, runStages } from './multipart.ts'
import { Refusal } from './refusal.ts'
import { Store, type StoredFile } from './store.ts'

export interface UssOptions {
  readonly service: string
  readonly operators: readonly Operator[]
  /** Names a listing gives at most, whatever is asked for. Default 10,000. */
  readonly mostNames?: number
  readonly now?: () => number
}

export interface UssServer {
  /** Of the REST API. */
  readonly domain: string
  /** Serves the files to everybody. */
  readonly cdnDomain: string
  /** `METHOD path`, of both domains, in order of arrival. */
  readonly requests: string[]
  stop(): Promise<void>
}

interface Context extends Required<UssOptions> {
  readonly store: Store
  readonly requests: string[]
}

const theEnd = 'g2gCZAAEbmV4dGQAA2VvZg'

export async function startUssServer(options: UssOptions): Promise<UssServer> {
  const now = options.now ?? Date.now
  const context: Context = { mostNames: 10_000, ...options, now, store: new Store(now), requests: [] }
  const [api, cdn] = await Promise.all([listen(context, answer), listen(context, answerCdn)])
  return {
    domain: originOf(api),
    cdnDomain: originOf(cdn),
    requests: context.requests,
    stop: async () => void (await Promise.all([close(api), close(cdn)])),
  }
}

type Handler = (context: Context, request: IncomingMessage, response: ServerResponse) => Promise<void> | void

async function listen(context: Context, handler: Handler): Promise<Server> {
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    context.requests.push(`${request.method} ${request.url}`)
    response.setHeader('x-request-id', hash('md5', String(context.requests.length), 'hex'))
    Promise.resolve()
      .then(() => handler(context, request, response))
      .catch((error: unknown) => refuse(request, response, error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The request's body is read to its end, so that the connection can go on. */
function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(50300000)
  const { code, status, message: msg } = refusal
  request.resume()
  const body = request.method === 'HEAD' ? undefined : JSON.stringify({ code, msg, id: response.getHeader('x-request-id') })
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { operators, service, now, store } = context
  const operator = authorize(request, operators, now())
  if (operator.treated === 'throttled') throw new Refusal(42900001)
  if (operator.treated === 'broken') throw new Refusal(50300000)
  const [, first = '', ...names] = (request.url ?? '').split('?')[0]!.split('/').map(decodeURIComponent)
  if (first !== service) throw new Refusal(40100012)
  if (operator.treated === 'without-rights') throw new Refusal(40100017)
  const path = names.join('/').replace(/\/$/, '')
  const act = acts.get(request.method ?? '')
  if (act === undefined) throw new Refusal(40500001)
  act({ context, store, path, request, response, bytes: await receive(request) })
}

interface Asked {
  readonly context: Context
  readonly store: Store
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bytes: Buffer
}

const acts = new Map<string, (asked: Asked) => void>([
  ['PUT', put],
  ['POST', ({ store, path, response }) => (store.makeFolder(path), void response.writeHead(200).end())],
  ['DELETE', ({ store, path, request, response }) => (remove(store, path, request), void response.writeHead(200).end())],
  ['HEAD', head],
  ['GET', get],
])

async function receive(request: IncomingMessage): Promise<Buffer> {
  if (request.headers['transfer-encoding'] !== undefined) throw new Refusal(40000011)
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const md5 = headerOf(request, 'content-md5')
  if (md5 !== undefined && md5 !== hash('md5', bytes, 'hex')) throw new Refusal(40000006)
  return bytes
}

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function metaOf(request: IncomingMessage): Record<string, string> {
  const names = Object.keys(request.headers).filter((name) => name.startsWith('x-upyun-meta-'))
  return Object.fromEntries(names.map((name) => [name, headerOf(request, name) ?? '']))
}

function put({ store, path, request, response, bytes }: Asked): void {
  if (/[\r\n\t]/.test(path)) throw new Refusal(40300001)
  const meta = metaOf(request)
  if (headerOf(request, 'x-upyun-multi-stage') === undefined) {
    store.put(path, bytes, headerOf(request, 'content-type') ?? 'application/octet-stream', meta)
    return void response.writeHead(200).end()
  }
  const named = Object.fromEntries(Object.keys(request.headers).map((name) => [name, headerOf(request, name)]))
  const { status, headers } = runStages(store, path, named, meta, bytes)
  response.writeHead(status, headers).end()
}

function remove(store: Store, path: string, request: IncomingMessage): void {
  const uuid = headerOf(request, 'x-upyun-multi-uuid')
  if (uuid === undefined) store.delete(path)
  else store.uploads.delete(findUpload(store, path, uuid).uuid)
}

/** Metadata is promised for GET alone. */
function head({ store, path, response }: Asked): void {
  const stored = store.find(path)
  if (stored === undefined) throw new Refusal(40400001)
  const date = { 'x-upyun-file-date': String(stored.modifiedSeconds) }
  if (stored.kind === 'folder') return void response.writeHead(200, { ...date, 'x-upyun-file-type': 'folder' }).end()
  const { 'content-length': _, ...headers } = fileHeaders(stored)
  response.writeHead(200, { ...headers, ...date, 'x-upyun-file-type': 'file', 'x-upyun-file-size': String(stored.bytes.length) }).end()
}

function fileHeaders({ bytes, md5, type, modifiedSeconds }: StoredFile): Record<string, string> {
  return {
    'content-type': type,
    'content-length': String(bytes.length),
    'content-md5': md5,
    etag: `"${md5}"`,
    'last-modified': new Date(modifiedSeconds * 1000).toUTCString(),
  }
}

function get({ context, store, path, request, response }: Asked): void {
  if (headerOf(request, 'x-upyun-list-type') === 'multi') return listUploads(store, request, response)
  const uuid = headerOf(request, 'x-upyun-multi-uuid')
  if (uuid !== undefined) return listParts(store, path, uuid, request, response)
  const stored = store.find(path)
  if (stored === undefined) throw new Refusal(40400001)
  if (stored.kind === 'folder') return list(context, path, request, response)
  sendFile(stored, request, response)
}

function sendFile(file: StoredFile, request: IncomingMessage, response: ServerResponse): void {
  const headers = { ...fileHeaders(file), ...file.meta }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (first === undefined) return void response.writeHead(200, headers).end(file.bytes)
  const { length } = file.bytes
  if (Number(first) >= length) throw new Refusal(41600001)
  const end = Math.min(last ? Number(last) : length - 1, length - 1)
  const part = file.bytes.subarray(Number(first), end + 1)
  response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': `bytes ${first}-${end}/${length}` }).end(part)
}

function list({ store, mostNames }: Context, path: string, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(Buffer.from(headerOf(request, 'x-list-iter') ?? '', 'base64').toString() || 0)
  const limit = Math.min(Number(headerOf(request, 'x-list-limit') ?? 100), mostNames)
  const all = store.list(path)
  const iter = from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64') : theEnd
  const files = all.slice(from, from + limit).map(([name, stored]) => ({
    type: stored.kind === 'folder' ? 'folder' : stored.type,
    name,
    length: stored.kind === 'folder' ? 0 : stored.bytes.length,
    last_modified: stored.modifiedSeconds,
  }))
  const isJson = headerOf(request, 'accept') === 'application/json'
  const lines = files.map(({ type, name, length, last_modified: time }) => [name, type === 'folder' ? 'F' : 'N', length, time].join('\t'))
  const body = isJson ? JSON.stringify({ files, iter }) : lines.join('\n')
  response.writeHead(200, { 'x-upyun-list-iter': iter, 'content-type': isJson ? 'application/json' : 'text/plain' }).end(body)
}

function listUploads({ uploads }: Store, request: IncomingMessage, response: ServerResponse): void {
  const prefix = Buffer.from(headerOf(request, 'x-upyun-list-prefix') ?? '', 'base64').toString()
  const files = [...uploads.values()].filter(({ path }) => path.startsWith(prefix))
  sendJson(response, { files: files.map(({ path, uuid, completed, createdSeconds }) => ({ key: path, uuid, completed, created_at: createdSeconds })) })
}

/** A few at a time, so that clients have to ask again. */
const partsAnAnswer = 2

function listParts(store: Store, path: string, uuid: string, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(headerOf(request, 'x-upyun-part-id') ?? 0)
  const parts = [...findUpload(store, path, uuid).parts].sort(([a], [b]) => a - b).filter(([id]) => id >= from)
  sendJson(response, { parts: parts.slice(0, partsAnAnswer).map(([id, bytes]) => ({ id, size: bytes.length, etag: hash('md5', bytes, 'hex') })) })
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function answerCdn({ store }: Context, request: IncomingMessage, response: ServerResponse): void {
  const stored = store.find(decodeURIComponent((request.url ?? '').split('?')[0]!.slice(1)))
  if (stored?.kind !== 'file') throw new Refusal(40400001)
  sendFile(stored, request, response)
}
