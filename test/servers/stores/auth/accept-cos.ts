import { createHash, createHmac } from 'node:crypto'
import { percentDecode, percentEncode, trimmed, type ByteString } from '../bytes.ts'
import { invalidArgument, StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import { checkToken, equal, knownKey, mismatch, type Lock } from './checks.ts'

const tokens = ['x-cos-security-token']

/** Tencent's own signature, `q-sign-algorithm=sha1&…`, in the Authorization header or as parameters of the URL. */
export function acceptCos(request: StoreRequest, lock: Lock): AccessKey {
  const fields = fieldsOf(request)
  const [id, keyTime, signature] = ['q-ak', 'q-key-time', 'q-signature'].map(name => fields.get(name))
  if (fields.get('q-sign-algorithm') !== 'sha1' || !id || !keyTime || !signature)
    throw invalidArgument('The signature lacks a field.', 'Authorization', header(request, 'authorization') ?? '')
  const key = knownKey(id, lock)
  checkToken(request, key, lock, tokens)
  checkTimes([fields.get('q-sign-time') ?? '', keyTime], lock)
  const text = stringToSign(request, fields)
  const expected = hmac(hmac(key.accessKeySecret, keyTime), text)
  if (!equal(expected, signature)) throw mismatch(key, signature, text)
  return key
}

export const claimsCos = ({ headers, url }: StoreRequest['message']): boolean =>
  headers.authorization?.startsWith('q-sign-algorithm=') === true || /[?&]q-sign-algorithm=/.test(url ?? '')

export const cosCredential = ({ headers, query }: StoreRequest): (string | undefined)[] => [headers.authorization, query.get('q-ak')]

function fieldsOf(request: StoreRequest): ReadonlyMap<string, string> {
  const authorization = header(request, 'authorization')
  if (authorization !== undefined) return new Map(authorization.split('&').map(splitField))
  if (request.query.has('q-signature')) return request.query
  throw new StoreError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.' })
}

const splitField = (field: string): [string, string] => {
  const equals = field.indexOf('=')
  return [field.slice(0, equals), field.slice(equals + 1)]
}

/** Both spans, `from;until` in seconds, must hold the present. */
function checkTimes(spans: readonly string[], lock: Lock): void {
  for (const span of spans) {
    const [, from, until] = /^(\d+);(\d+)$/.exec(span) ?? []
    if (from === undefined) throw invalidArgument('The time of the signature is malformed.', 'q-sign-time', span)
    const seconds = Math.floor(lock.now / 1000)
    if (seconds < Number(from)) throw new StoreError('RequestTimeTooSkewed')
    if (seconds > Number(until)) throw new StoreError('AccessDenied', { message: 'Request has expired' })
  }
}

function stringToSign(request: StoreRequest, fields: ReadonlyMap<string, string>): string {
  const text = `${request.method.toLowerCase()}\n${percentDecode(request.path)}\n${parameters(request, fields)}\n${headers(request, fields)}\n`
  return `sha1\n${fields.get('q-sign-time')}\n${createHash('sha1').update(text, 'latin1').digest('hex')}\n`
}

const hmac = (key: string, text: string): string => createHmac('sha1', key).update(text, 'latin1').digest('hex')

function parameters({ query }: StoreRequest, fields: ReadonlyMap<string, string>): string {
  const values = new Map(Array.from(query, ([name, value]) => [percentEncode(name).toLowerCase(), value]))
  return pairs(fields.get('q-url-param-list') ?? '', name => values.get(name))
}

function headers(request: StoreRequest, fields: ReadonlyMap<string, string>): string {
  return pairs(fields.get('q-header-list') ?? '', name => trimmed(header(request, (percentDecode(name) ?? name).toLowerCase())))
}

/** What a list names and the request has not cannot have been signed. */
function pairs(list: string, valueOf: (name: string) => ByteString | undefined): string {
  const names = list === '' ? [] : list.toLowerCase().split(';')
  return names
    .toSorted()
    .map(name => `${name}=${percentEncode(valueOf(name) ?? '')}`)
    .join('&')
}
