import { isIP } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { isValidUtf8, percentDecode, type ByteString } from './bytes.ts'
import { invalidArgument, OssError } from './error.ts'

/** A request, taken apart but not yet believed. */
export interface OssRequest {
  readonly method: string
  readonly host: string
  /** Undefined: a request to the service. */
  readonly bucket: string | undefined
  /** Undefined: a request to the bucket. */
  readonly key: ByteString | undefined
  readonly query: ReadonlyMap<string, ByteString>
  readonly headers: IncomingMessage['headers']
  readonly message: IncomingMessage
  readonly requestId: string
}

export interface HostRules {
  readonly region: string
  readonly cnames: Readonly<Record<string, string>>
}

export function parseRequest(message: IncomingMessage, requestId: string, rules: HostRules): OssRequest {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const host = message.headers.host ?? ''
  return {
    method: message.method ?? 'GET',
    host,
    ...locate(path, bucketOfHost(host, rules)),
    query: parseQuery(mark < 0 ? '' : url.slice(mark + 1)),
    headers: message.headers,
    message,
    requestId,
  }
}

export const header = (request: OssRequest, name: string): ByteString | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** The bucket that a virtual-hosted name carries; undefined: the endpoint itself, so the path carries it. */
function bucketOfHost(host: string, { region, cnames }: HostRules): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (Object.hasOwn(cnames, name)) return cnames[name]
  if (name === '' || name === 'localhost' || isIP(name.replace(/^\[|\]$/g, ''))) return undefined
  if (name.endsWith('.localhost')) return name.slice(0, -'.localhost'.length)
  const cloud = new RegExp(`^(?:(.+)\\.)?oss-${region}(?:-internal)?\\.aliyuncs\\.com$`).exec(name)
  if (!cloud) throw new OssError('NonStandardHostForbidden')
  return cloud[1]
}

/** Keys are kept as they come: no `.`, `..` or `//` is ever resolved. */
function locate(path: string, hosted: string | undefined): { bucket: string | undefined; key: ByteString | undefined } {
  if (!path.startsWith('/')) throw invalidArgument('Invalid URI.', 'uri', path)
  const slash = hosted === undefined ? path.indexOf('/', 1) : 0
  const bucket = hosted ?? path.slice(1, slash < 0 ? undefined : slash)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  return { bucket: bucket || undefined, key: key === '' ? undefined : decodeKey(key) }
}

function decodeKey(encoded: string): ByteString {
  const key = percentDecode(encoded)
  if (key === undefined || !isValidUtf8(key)) throw new OssError('InvalidObjectName')
  if (key.length > 1023) throw new OssError('InvalidObjectName', { message: 'The length of object name must be less than 1024.' })
  if (key.startsWith('/') || key.startsWith('\\')) throw new OssError('InvalidObjectName')
  return key
}

function parseQuery(text: string): Map<string, ByteString> {
  const query = new Map<string, ByteString>()
  if (text === '') return query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals))
    const value = percentDecode(equals < 0 ? '' : pair.slice(equals + 1))
    if (name === undefined || value === undefined) throw invalidArgument('Invalid query string.', 'query', pair)
    query.set(name, value)
  }
  return query
}

/** A key named in a header or a body. */
export function checkKey(key: ByteString): ByteString {
  if (key === '' || key.length > 1023 || key.startsWith('/') || key.startsWith('\\') || !isValidUtf8(key))
    throw new OssError('InvalidObjectName')
  return key
}
