import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { encodeText } from '../../http/encode.ts'
import type { Headers, Sign, Unsigned } from './signing.ts'

/** A key is good for an hour and kept for a quarter: signing keys are derived from the time they are good for. */
const keptSeconds = 15 * 60
const goodSeconds = 60 * 60
const earlySeconds = 60

/**
 * Tencent COS's own signature, `q-sign-algorithm=sha1`: HMAC-SHA1 over method, decoded path, parameters and headers. Only what
 * the lists in it name is signed, so that a proxy may add its own.
 */
export function cosHmac(): Sign {
  const keys = keptKey()
  return (request, credentials, nowMs) => {
    if (credentials.token !== undefined) request.headers['x-cos-security-token'] = credentials.token
    request.headers['authorization'] = authorization(request, credentials.accessKeyId, keys(credentials.secret, nowMs))
  }
}

export function authorization({ method, path, query, headers }: Unsigned, accessKeyId: string, { time, key }: TimedKey): string {
  const parameters = signedParameters(query)
  const names = Object.keys(headers).filter(isSigned).sort()
  const text = `${method.toLowerCase()}\n${decodeURIComponent(path)}\n${parameters.text}\n${headerText(headers, names)}\n`
  const signature = hmacSha1(key, `sha1\n${time}\n${hash('sha1', text)}\n`)
  return (
    `q-sign-algorithm=sha1&q-ak=${accessKeyId}&q-sign-time=${time}&q-key-time=${time}` +
    `&q-header-list=${names.join(';')}&q-url-param-list=${parameters.names}&q-signature=${signature}`
  )
}

const hmacSha1 = (key: KeyObject | string, text: string): string => createHmac('sha1', key).update(text).digest('hex')

interface TimedKey {
  /** `first second;last second` */
  readonly time: string
  readonly key: KeyObject
}

function keptKey(): (secret: string, nowMs: number) => TimedKey {
  let kept: (TimedKey & { secret: string; quarter: number }) | undefined
  return (secret, nowMs) => {
    const quarter = Math.floor(nowMs / 1000 / keptSeconds)
    if (kept?.secret !== secret || kept.quarter !== quarter) {
      const begin = quarter * keptSeconds
      kept = { secret, quarter, ...cosKey(secret, `${begin - earlySeconds};${begin + goodSeconds}`) }
    }
    return kept
  }
}

export function cosKey(secret: string, time: string): TimedKey {
  return { time, key: createSecretKey(hmacSha1(secret, time), 'utf8') }
}

/** From the encoded query: names in lower case and sorted so; a name alone has an empty value. */
function signedParameters(query: string): { names: string; text: string } {
  if (query === '') return { names: '', text: '' }
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? ([pair.toLowerCase(), ''] as const) : ([pair.slice(0, at).toLowerCase(), pair.slice(at + 1)] as const)
  })
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return { names: pairs.map(([name]) => name).join(';'), text: pairs.map(([name, value]) => `${name}=${value}`).join('&') }
}

const headerText = (headers: Headers, names: readonly string[]): string =>
  names.map((name) => `${encodeText(name).toLowerCase()}=${encodeText(headers[name] ?? '')}`).join('&')

const signedNames: ReadonlySet<string> = new Set(['host', 'date', 'range', 'if-match', 'if-none-match', 'cache-control', 'expires'])
const isSigned = (name: string): boolean => signedNames.has(name) || name.startsWith('content-') || name.startsWith('x-cos-')
