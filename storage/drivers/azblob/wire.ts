/** Requests to one container, over the exchange that all stores share. Microsoft's SDK takes several times as long for each (docs/performance.md). */
import { isStorageError } from '../../error.ts'
import { bodyLength } from '../../http/body.ts'
import { encodeKey, encodeQuery } from '../../http/encode.ts'
import { usualTimeouts, type Timeouts } from '../../http/timeouts.ts'
import { openExchange, type Answer, type OnAnswer, type Request } from '../../http/transport.ts'
import type { Body, LongBody } from '../../storage.ts'
import { toAccount, type Account } from './account.ts'
import type { AzblobAddress } from './address.ts'
import { toStorageError, withAccountCodes, type Refusal } from './error.ts'
import { checkedKey } from './key.ts'
import { sharedKey, type Headers, type Unsigned } from './shared-key.ts'
import { toSourceUrl, type SourceUrl } from './source-url.ts'

export interface Call {
  readonly method: Request['method']
  /** Absent: the call is about the container. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers?: Headers
  readonly body?: Body | LongBody
  /** Longer than usual, for a call that the service thinks about. */
  readonly patience?: 'complete'
  readonly signal?: AbortSignal | undefined
  /** What a refusal without a code is about; default by `key`. */
  readonly about?: Refusal['about']
  /** Only for answers of 2xx. */
  readonly onAnswer?: OnAnswer
}

export interface Wire {
  /** The answer of a call that succeeded. Everything else is a StorageError. Fails `key-unsupported` before anything is sent. */
  send(call: Call): Promise<Answer>
  /** Where this account's blobs can be read by Azure itself. */
  readonly sourceUrl: SourceUrl
  close(): Promise<void>
}

export interface WireDeps {
  readonly now?: () => number
  readonly timeouts?: Timeouts
}

/** The one that Microsoft's SDK of this time speaks. 2021-02-12 is the first that marks names which XML cannot hold. */
export const serviceVersion = '2026-10-06'

export function openWire(address: AzblobAddress, { now = Date.now, timeouts = usualTimeouts }: WireDeps = {}): Wire {
  const account = toAccount(address)
  const { origin, host, pathname } = new URL(`${account.endpoint}/${encodeURIComponent(address.container)}`)
  const { exchange, close } = openExchange({ ...address, origin, connectTimeoutMs: timeouts.connectMs })
  const sign = signerOf(account)

  const send = async (call: Call): Promise<Answer> => {
    const path = call.key === undefined ? pathname : `${pathname}/${encodeKey(checkedKey(call.key))}`
    const { method, query = {} } = call
    const unsigned = { method, path, query, headers: toHeaders(call, host, now()) }
    const answer = await exchange(toRequest(unsigned, sign(unsigned), call, timeouts), onSuccess(call.onAnswer)).catch(explain)
    if (!isSuccess(answer.status)) throw toStorageError(toRefusal(answer, call, isPast(account, now())), now())
    return answer
  }
  return { send, sourceUrl: toSourceUrl(account, now), close }
}

/** How a caller shows who it is. */
interface Credentials {
  readonly authorization?: string
  readonly token?: string
}

function signerOf({ name, credential }: Account): (request: Unsigned) => Credentials {
  if (credential.kind === 'sas') return () => credential
  const sign = sharedKey(name, credential.key)
  return (request) => ({ authorization: sign(request) })
}

function toHeaders({ headers, body }: Call, host: string, nowMs: number): Headers {
  const sent: Headers = { host, 'x-ms-date': dateOf(nowMs), 'x-ms-version': serviceVersion, ...headers }
  if (body !== undefined) sent['content-length'] = String(bodyLength(body))
  return sent
}

function toRequest({ path, query, headers }: Unsigned, { authorization, token }: Credentials, call: Call, timeouts: Timeouts): Request {
  const { method, patience, body, signal } = call
  const sent: string[] = authorization === undefined ? [] : ['authorization', authorization]
  for (const name in headers) sent.push(name, headers[name] ?? '')
  const search = [encodeQuery(query, '='), token].filter(Boolean).join('&')
  return {
    method,
    path: search === '' ? path : `${path}?${search}`,
    headers: sent,
    headersTimeoutMs: patience === 'complete' ? timeouts.completeMs : timeouts.headersMs,
    bodyTimeoutMs: timeouts.bodyMs,
    ...(body && { body }),
    ...(signal && { signal }),
  }
}

/** By the time that a shared access signature itself names. */
function isPast({ credential }: Account, nowMs: number): boolean {
  return credential.kind === 'sas' && Date.parse(new URLSearchParams(credential.token).get('se') ?? '') < nowMs
}

function toRefusal({ status, headers, body }: Answer, { about, key }: Call, sasExpired: boolean): Refusal {
  return { status, headers, body: body.toString('utf8'), about: about ?? (key === undefined ? 'container' : 'key'), sasExpired }
}

function explain(error: unknown): never {
  throw isStorageError(error) ? withAccountCodes(error) : error
}

function onSuccess(onAnswer: OnAnswer | undefined): OnAnswer | undefined {
  return onAnswer && ((status, headers) => (isSuccess(status) ? onAnswer(status, headers) : undefined))
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

let keptSecond = 0
let keptDate = ''

/** Made once a second: requests are made by the thousand. */
function dateOf(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (second !== keptSecond) {
    keptDate = new Date(second * 1000).toUTCString()
    keptSecond = second
  }
  return keptDate
}
