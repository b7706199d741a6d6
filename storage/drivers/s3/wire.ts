import { isStorageError, StorageError } from '../../error.ts'
import type { Body, LongBody } from '../../storage.ts'
import { awsChain, fixedCredentials, refreshedCredentials, type CredentialSource } from './credentials.ts'
import type { Dialect, Target } from './dialect.ts'
import { encodeKey, encodeQuery, type Query } from '../../http/encode.ts'
import { toStorageError, type Refusal } from './error.ts'
import { toWire } from '../../http/headers.ts'
import type { Credentials, Headers, Unsigned } from './signing.ts'
import { bodyLength, isLong } from '../../http/body.ts'
import { usualTimeouts, type Timeouts } from '../../http/timeouts.ts'
import { openExchange, type Answer, type OnAnswer, type Request } from '../../http/transport.ts'
import { element } from '../../http/xml.ts'

export interface Call {
  readonly method: Request['method']
  /** Absent: the call is about the bucket. */
  readonly key?: string
  readonly query?: Query
  readonly headers?: Headers
  readonly body?: Body | LongBody
  /** Longer than usual, for a call that the store thinks about. */
  readonly patience?: 'complete'
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
  readonly timeouts?: Timeouts
}

export function openWire<A>(
  target: Target,
  dialect: Dialect<A>,
  { now = Date.now, timeouts = usualTimeouts }: WireDeps = {},
): Wire {
  const { exchange, close } = openExchange({ ...target, connectTimeoutMs: timeouts.connectMs })
  const sign = dialect.signer(target)
  const credentials = credentialSource(target, now)
  const host = new URL(target.origin).host

  const sendAs = async (current: Credentials, call: Call): Promise<Answer> => {
    const unsigned = toUnsigned(call, target, dialect, host)
    sign(unsigned, current, now())
    const answer = await exchange(toRequest(unsigned, call, timeouts), onSuccess(call.onAnswer))
    if (isRefusal(answer)) throw toStorageError(toRefusal(answer, call), now(), dialect.errors)
    return answer
  }

  /** Credentials that expired before their time are fetched anew, once: the call was refused, so nothing of it was done. */
  const send = async (call: Call): Promise<Answer> => {
    const kept = credentials.current()
    const current = kept instanceof Promise ? await kept : kept
    try {
      return await sendAs(current, call)
    } catch (error) {
      const renewed = isStorageError(error, 'expired') ? await credentials.renewed(current) : undefined
      if (renewed === undefined) throw error
      if (call.body && isLong(call.body)) throw new StorageError('The credentials had to be renewed.', { kind: 'unavailable', cause: error })
      return await sendAs(renewed, call)
    }
  }

  return { send, close }
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

function toRequest(signed: Unsigned, call: Call, timeouts: Timeouts): Request {
  const headers: string[] = []
  for (const name in signed.headers) headers.push(name, toWire(signed.headers[name] ?? ''))
  if (call.body !== undefined) headers.push('content-length', String(bodyLength(call.body)))
  return {
    method: call.method,
    path: signed.query === '' ? signed.path : `${signed.path}?${signed.query}`,
    headers,
    headersTimeoutMs: call.patience === 'complete' ? timeouts.completeMs : timeouts.headersMs,
    bodyTimeoutMs: timeouts.bodyMs,
    ...(call.body && { body: call.body }),
    ...(call.signal && { signal: call.signal }),
  }
}

function toRefusal({ status, headers, body }: Answer, { about, key }: Call): Refusal {
  return { status, headers, body: body.toString('utf8'), about: about ?? (key === undefined ? 'bucket' : 'key') }
}

function onSuccess(onAnswer: OnAnswer | undefined): OnAnswer | undefined {
  return onAnswer && ((status, headers) => (isSuccess(status) ? onAnswer(status, headers) : undefined))
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** Complete and Copy may say 200 and mean an error. */
function isRefusal({ status, body }: Answer): boolean {
  return !isSuccess(status) || (body.length > 0 && body.length < 65_536 && isErrorDocument(body.toString('latin1')))
}

const isErrorDocument = (xml: string): boolean =>
  /^\s*(?:<\?xml[^>]*\?>\s*)?<Error[\s>]/.test(xml) && element(xml, 'Code') !== undefined
