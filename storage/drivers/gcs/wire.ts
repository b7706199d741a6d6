import { whenAborted } from '../../cancel.ts'
import { StorageError } from '../../error.ts'
import { encodeQuery, encodeText, type Query } from '../../http/encode.ts'
import { toWire } from '../../http/headers.ts'
import { bodyLength } from '../../http/body.ts'
import { usualTimeouts, type Timeouts } from '../../http/timeouts.ts'
import { exchange, openDispatcher, type Answer, type OnAnswer, type Request } from '../../http/transport.ts'
import type { Body, LongBody } from '../../storage.ts'
import type { GcsAddress } from './address.ts'
import { toStorageError, type Refusal } from './error.ts'
import { checkedKey } from './key.ts'
import { googleTokens, noToken, type TokenSource } from './tokens.ts'

export interface Call {
  readonly method: Request['method']
  readonly path: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body | LongBody
  /** Longer than usual, for a call that the store thinks about. */
  readonly patience?: 'complete'
  readonly signal?: AbortSignal
  readonly about: Refusal['about']
  /** Only for answers of 2xx. */
  readonly onAnswer?: OnAnswer
}

export interface Wire {
  readonly paths: Paths
  /** The answer of a call that succeeded. Everything else is a StorageError. */
  send(call: Call): Promise<Answer>
  close(): Promise<void>
}

export interface WireDeps {
  readonly now?: () => number
  readonly timeouts?: Timeouts
  /** In place of Google's. */
  readonly tokens?: TokenSource
}

export const googleEndpoint = 'https://storage.googleapis.com'

export function openWire(address: GcsAddress, { now = Date.now, timeouts = usualTimeouts, tokens }: WireDeps = {}): Wire {
  const { origin, protocol } = new URL(address.endpoint ?? googleEndpoint)
  const dispatcher = openDispatcher({ ...address, origin, connectTimeoutMs: timeouts.connectMs })
  const authorization = tokens ?? (protocol === 'http:' ? noToken : googleTokens(address))
  const keyFile = address.keyFile !== undefined

  const send = async (call: Call): Promise<Answer> => {
    const token = await untilAborted(authorization(), call.signal)
    const answer = await exchange(dispatcher, origin, toRequest(call, token, timeouts), onSuccess(call.onAnswer))
    if (!isSuccess(answer.status)) throw toStorageError(toRefusal(answer, call), now(), keyFile)
    return answer
  }
  return { paths: pathsOf(address.bucket), send, close: () => dispatcher.close() }
}

/** Of the JSON API, and of the XML API, which alone has uploads in parts. A key's slashes are encoded, so that no `..` is a path. */
export interface Paths {
  readonly bucket: string
  readonly objects: string
  object(key: string): string
  /** From an object of any bucket to one of this. */
  rewrite(sourceBucket: string, sourceKey: string, key: string): string
  readonly upload: string
  readonly xmlBucket: string
  xmlObject(key: string): string
}

const jsonBucket = (name: string): string => `/storage/v1/b/${encodeText(name)}`

function pathsOf(name: string): Paths {
  const bucket = jsonBucket(name)
  const xmlBucket = `/${encodeText(name)}`
  return {
    bucket,
    objects: `${bucket}/o`,
    object: (key) => `${bucket}/o/${encodeText(checkedKey(key))}`,
    rewrite: (sourceBucket, sourceKey, key) =>
      `${jsonBucket(sourceBucket)}/o/${encodeText(sourceKey)}/rewriteTo/b/${encodeText(name)}/o/${encodeText(checkedKey(key))}`,
    upload: `/upload${bucket}/o`,
    xmlBucket,
    xmlObject: (key) => `${xmlBucket}/${encodeText(checkedKey(key))}`,
  }
}

/** The auth library knows no signals. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw aborted(signal)
  }
  let forget = (): void => {}
  const stopped = new Promise<never>((_, reject) => {
    forget = whenAborted(signal, () => reject(aborted(signal)))
  })
  try {
    return await Promise.race([promise, stopped])
  } finally {
    forget()
  }
}

const aborted = ({ reason }: AbortSignal): StorageError => new StorageError('The call was aborted.', { kind: 'aborted', cause: reason })

function toRequest(call: Call, token: string | undefined, timeouts: Timeouts): Request {
  const headers: string[] = token === undefined ? [] : ['authorization', token]
  for (const [name, value] of Object.entries(call.headers ?? {})) headers.push(name, toWire(value))
  if (call.body !== undefined) headers.push('content-length', String(bodyLength(call.body)))
  const query = encodeQuery(call.query ?? {}, '')
  return {
    method: call.method,
    path: query === '' ? call.path : `${call.path}?${query}`,
    headers,
    headersTimeoutMs: call.patience === 'complete' ? timeouts.completeMs : timeouts.headersMs,
    bodyTimeoutMs: timeouts.bodyMs,
    ...(call.body && { body: call.body }),
    ...(call.signal && { signal: call.signal }),
  }
}

const toRefusal = ({ status, headers, body }: Answer, { about }: Call): Refusal => ({ status, headers, body: body.toString('utf8'), about })

function onSuccess(onAnswer: OnAnswer | undefined): OnAnswer | undefined {
  return onAnswer && ((status, headers) => (isSuccess(status) ? onAnswer(status, headers) : undefined))
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300
