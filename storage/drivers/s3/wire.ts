import { StorageError } from '../../error.ts'
import type { Body } from '../../storage.ts'
import { awsChain, fixedCredentials, refreshedCredentials, type CredentialSource } from './credentials.ts'
import type { Dialect, Target } from './dialect.ts'
import { encodeKey, encodeQuery, type Query } from './encode.ts'
import { toStorageError, type Refusal } from './error.ts'
import { toWire } from './headers.ts'
import type { Credentials, Headers, Sign, Unsigned } from './signing.ts'
import { exchange, openDispatcher, type Answer, type OnAnswer, type Request } from './transport.ts'
import { element } from './xml.ts'

export interface Call {
  readonly method: Request['method']
  /** Absent: the call is about the bucket. */
  readonly key?: string
  readonly query?: Query
  readonly headers?: Headers
  readonly body?: Body
  readonly headersTimeoutMs?: number
  readonly signal?: AbortSignal
  /** What a 404 without words means; default by `key`. */
  readonly about?: Refusal['about']
  /** Only for answers of 2xx. */
  readonly onAnswer?: OnAnswer
}

export interface Wire {
  /** The answer of a call that succeeded (2xx, no error inside). Everything else is a StorageError. */
  send(call: Call): Promise<Answer>
  close(): Promise<void>
}

export interface WireDeps {
  readonly now?: () => number
}

const headersTimeoutMs = 30_000

export function openWire<A>(target: Target, dialect: Dialect<A>, { now = Date.now }: WireDeps = {}): Wire {
  const dispatcher = openDispatcher(target)
  const sign = dialect.signer(target)
  const credentials = credentialSource(target, now)
  const host = new URL(target.origin).host

  const send = async (call: Call): Promise<Answer> => {
    const current = credentials()
    const request = toRequest(call, current instanceof Promise ? await current : current)
    const answer = await exchange(dispatcher, target.origin, request, onSuccess(call.onAnswer))
    if (isRefusal(answer)) throw toStorageError({ ...answer, body: answer.body.toString('utf8'), about: call.about ?? (call.key === undefined ? 'bucket' : 'key') }, now())
    return answer
  }

  const toRequest = (call: Call, current: Credentials): Request => {
    const unsigned = toUnsigned(call, target, dialect, host)
    return signed(unsigned, call, sign, current, now())
  }

  return { send, close: () => dispatcher.close() }
}

function credentialSource(target: Target, now: () => number): CredentialSource {
  if (target.credentials !== undefined) return fixedCredentials(target.credentials)
  return refreshedCredentials(awsChain(target.region), now)
}

function toUnsigned<A>(call: Call, target: Target, dialect: Dialect<A>, host: string): Unsigned {
  const key = call.key === undefined ? '' : encodeKey(checkedKey(call.key, dialect))
  return {
    method: call.method,
    path: call.key === undefined && target.basePath !== '' ? target.basePath : `${target.basePath}/${key}`,
    resource: `/${target.bucket}/${key}`,
    query: call.query === undefined ? '' : encodeQuery(call.query, dialect.bareQuery),
    headers: { host, ...call.headers },
  }
}

/** Fails `key-unsupported`. */
function checkedKey<A>(key: string, { keyFault, limits }: Dialect<A>): string {
  const fault = generalFault(key, limits.maxKeyBytes) ?? keyFault(key)
  if (fault !== undefined) throw new StorageError(fault, { kind: 'key-unsupported' })
  return key
}

function generalFault(key: string, maxKeyBytes: number): string | undefined {
  if (key === '') return 'A key may not be empty.'
  if (!key.isWellFormed()) return 'The key is not well-formed Unicode.'
  const bytes = Buffer.byteLength(key)
  return bytes > maxKeyBytes ? `The key has ${bytes} bytes, the store holds at most ${maxKeyBytes}.` : undefined
}

function signed(unsigned: Unsigned, call: Call, sign: Sign, credentials: Credentials, nowMs: number): Request {
  sign(unsigned, credentials, nowMs)
  const headers: string[] = []
  for (const name in unsigned.headers) headers.push(name, toWire(unsigned.headers[name] ?? ''))
  if (call.body !== undefined) headers.push('content-length', String(byteLength(call.body)))
  return {
    method: call.method,
    path: unsigned.query === '' ? unsigned.path : `${unsigned.path}?${unsigned.query}`,
    headers,
    headersTimeoutMs: call.headersTimeoutMs ?? headersTimeoutMs,
    ...(call.body && { body: call.body }),
    ...(call.signal && { signal: call.signal }),
  }
}

export function byteLength(body: Body): number {
  return body.reduce((sum, chunk) => sum + chunk.length, 0)
}

function onSuccess(onAnswer: OnAnswer | undefined): OnAnswer | undefined {
  return onAnswer && ((status, headers) => (isSuccess(status) ? onAnswer(status, headers) : undefined))
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** Complete and Copy may say 200 and mean an error. */
function isRefusal({ status, body }: Answer): boolean {
  return !isSuccess(status) || (body.length > 0 && body.length < 65_536 && isErrorDocument(body.toString('latin1')))
}

const isErrorDocument = (xml: string): boolean => /^\s*(?:<\?xml[^>]*\?>\s*)?<Error[\s>]/.test(xml) && element(xml, 'Code') !== undefined
