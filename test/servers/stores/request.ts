import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { formDecode, isValidUtf8, percentDecode, type ByteString } from './bytes.ts'
import type { Dialect, Door, KeyRules, Located } from './dialect.ts'
import { invalidArgument, StoreError } from './error.ts'

/** A request, taken apart but not yet believed. */
export interface StoreRequest {
  readonly method: string
  readonly host: string
  /** As it was sent, without the query. */
  readonly path: string
  /** Undefined: a request to the service. */
  readonly bucket: string | undefined
  /** Undefined: a request to the bucket. */
  readonly key: ByteString | undefined
  readonly query: ReadonlyMap<string, ByteString>
  readonly headers: IncomingMessage['headers']
  readonly message: IncomingMessage
  readonly requestId: string
  readonly door: Door
}

export interface HostRules {
  readonly region: string
  readonly cnames: Readonly<Record<string, string>>
}

export function parseRequest(
  message: IncomingMessage,
  requestId: string,
  dialect: Dialect,
  rules: HostRules,
): StoreRequest {
  const { path, query: text } = targetOf(message)
  const host = message.headers.host ?? ''
  const door = doorOf(message, dialect, rules)
  const query = parseQuery(text)
  const asked = { host, path, query, keys: dialect.keys, ...rules }
  const located = door.locate?.(asked) ?? locate(path, bucketOfHost(host, dialect, rules), dialect.keys)
  for (const [name, value] of Object.entries(located.query ?? {})) query.set(name, value)
  return {
    method: message.method ?? 'GET',
    host,
    path,
    bucket: located.bucket,
    key: located.key,
    query,
    headers: message.headers,
    message,
    requestId,
    door,
  }
}

export const doorOf = (message: IncomingMessage, { doors }: Dialect, rules: HostRules): Door =>
  doors.find(door => door.claims(message, rules)) ?? doors.at(-1) ?? doors[0]

/** A client that takes this server for its proxy sends the whole URL. */
export function targetOf(message: IncomingMessage): { path: string; query: string } {
  const url = (message.url ?? '/').replace(/^http:\/\/[^/?]*/, '')
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : url.slice(mark + 1) }
}

export const header = (request: Pick<StoreRequest, 'headers'>, name: string): ByteString | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** A parameter of the URL, by the name that S3 has for it. */
export const parameter = ({ query, door }: StoreRequest, name: string): ByteString | undefined =>
  query.get(door.documents.parameter(name))

/** A header with the door's prefix. */
export const own = (request: StoreRequest, name: string): ByteString | undefined => header(request, request.door.prefix + name)

/** The bucket that a virtual-hosted name carries; undefined: the endpoint itself, so the path carries it. */
function bucketOfHost(host: string, dialect: Dialect, { region, cnames }: HostRules): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (Object.hasOwn(cnames, name)) return cnames[name]
  if (name === '' || name === 'localhost' || isIP(name.replace(/^\[|\]$/g, ''))) return undefined
  if (name.endsWith('.localhost')) return name.slice(0, -'.localhost'.length)
  const cloud = dialect.hosts(region).exec(name)
  if (!cloud) throw new StoreError('NonStandardHostForbidden')
  return cloud[1]
}

/** Keys are kept as they come: no `.`, `..` or `//` is ever resolved. */
function locate(path: string, hosted: string | undefined, rules: KeyRules): Located {
  if (!path.startsWith('/')) throw invalidArgument('Invalid URI.', 'uri', path)
  const slash = hosted === undefined ? path.indexOf('/', 1) : 0
  const bucket = hosted ?? path.slice(1, slash < 0 ? undefined : slash)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  return { bucket: bucket || undefined, key: key === '' ? undefined : decodeKey(key, rules) }
}

function decodeKey(encoded: string, rules: KeyRules): ByteString {
  const key = percentDecode(encoded)
  if (key === undefined) throw new StoreError('InvalidObjectName')
  return checkKey(key, rules)
}

/** A key of a path, or one named in a header or a body. */
export function checkKey(key: ByteString, rules: KeyRules): ByteString {
  if (key === '' || !isValidUtf8(key)) throw new StoreError('InvalidObjectName')
  if (key.length > rules.maxBytes)
    throw new StoreError('KeyTooLong', { message: `The length of object name must be less than ${rules.maxBytes + 1}.` })
  const fault = rules.fault(key)
  if (fault) throw fault
  return key
}

function parseQuery(text: string): Map<string, ByteString> {
  const query = new Map<string, ByteString>()
  if (text === '') return query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = formDecode(equals < 0 ? pair : pair.slice(0, equals))
    const value = formDecode(equals < 0 ? '' : pair.slice(equals + 1))
    if (name === undefined || value === undefined) throw invalidArgument('Invalid query string.', 'query', pair)
    query.set(name, value)
  }
  return query
}
