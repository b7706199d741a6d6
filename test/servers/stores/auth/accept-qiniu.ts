import { createHmac } from 'node:crypto'
import { trimmed } from '../bytes.ts'
import { StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import { checkNotExpired, checkSkew, equal, knownKey, mismatch, parseTimestamp, type Lock } from './checks.ts'

/** Qiniu's management tokens: `Qiniu ID:…` and the older `QBox ID:…`. Requests with a body are not known here. */
export function acceptManagement(request: StoreRequest, lock: Lock): AccessKey {
  const [, scheme, id, signature] = /^(Qiniu|QBox) ([^:]+):(\S+)$/.exec(header(request, 'authorization') ?? '') ?? []
  if (id === undefined || signature === undefined) throw new StoreError('AccessDenied', { message: 'bad token' })
  if (Number(header(request, 'content-length') ?? 0) > 0) throw new StoreError('NotImplemented')
  const date = header(request, 'x-qiniu-date')
  if (date !== undefined) checkSkew(parseTimestamp(date), date, lock)
  return check(id, signature, scheme === 'QBox' ? `${targetText(request)}\n` : signedText(request), lock)
}

function signedText(request: StoreRequest): string {
  const type = header(request, 'content-type')
  const own = Object.keys(request.headers).filter(name => /^x-qiniu-./.test(name))
  const lines = [`${request.method} ${targetText(request)}`, `Host: ${request.host}`]
  if (type !== undefined) lines.push(`Content-Type: ${type}`)
  return `${[...lines, ...own.toSorted().map(name => `${canonical(name)}: ${trimmed(header(request, name))}`)].join('\n')}\n\n`
}

const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, part => part.toUpperCase())

/** Path and query as they were sent. */
const targetText = ({ message }: StoreRequest): string => (message.url ?? '').replace(/^http:\/\/[^/?]*/, '')

/** A private download: `…?e=DEADLINE&token=ID:…`, signed over the whole URL before the token. */
export function acceptDownload(request: StoreRequest, lock: Lock): AccessKey {
  const [deadline, token = ''] = [request.query.get('e'), request.query.get('token')]
  const [, id, signature] = /^([^:]+):(\S+)$/.exec(token) ?? []
  const raw = targetText(request)
  const cut = raw.search(/[?&]token=/)
  if (deadline === undefined || id === undefined || signature === undefined || cut < 0)
    throw new StoreError('AccessDenied', { message: 'token not specified' })
  checkNotExpired(Number(deadline) * 1000, lock)
  return check(id, signature, `http://${request.host}${raw.slice(0, cut)}`, lock)
}

/** `UpToken ID:SIGNATURE:POLICY`; the policy names bucket and deadline. */
export function acceptUpload(request: StoreRequest, lock: Lock): AccessKey {
  const [, id, signature, policy] = /^UpToken ([^:]+):([^:]+):(\S+)$/.exec(header(request, 'authorization') ?? '') ?? []
  if (id === undefined || signature === undefined || policy === undefined) throw new StoreError('AccessDenied', { message: 'bad token' })
  const key = check(id, signature, policy, lock)
  const { scope = '', deadline = 0 } = JSON.parse(Buffer.from(policy, 'base64url').toString()) as { scope?: string; deadline?: number }
  checkNotExpired(deadline * 1000, lock)
  const [bucket, ...rest] = Buffer.from(scope).toString('latin1').split(':')
  if (bucket !== request.bucket || (rest.length > 0 && rest.join(':') !== request.key))
    throw new StoreError('AccessDenied', { message: "key doesn't match with scope" })
  return key
}

function check(id: string, signature: string, text: string, lock: Lock): AccessKey {
  const key = knownKey(id, lock)
  const expected = createHmac('sha1', key.accessKeySecret).update(text, 'latin1').digest('base64url')
  if (!equal(expected.padEnd(28, '='), signature.padEnd(28, '='))) throw mismatch(key, signature, text)
  return key
}
