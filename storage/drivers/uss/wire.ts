import { isStorageError } from '../../error.ts'
import { encodeKey } from '../../http/encode.ts'
import { toWire } from '../../http/headers.ts'
import { exchange, openDispatcher, type Answer, type OnAnswer, type Request } from '../../http/transport.ts'
import type { Body } from '../../storage.ts'
import type { UssAddress } from './address.ts'
import { toStorageError, type Refusal } from './error.ts'
import { signer } from './sign.ts'

export interface Call {
  readonly method: Request['method']
  /** '' for the root; folders end in '/'. */
  readonly key: string
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  readonly about?: Refusal['about']
  /** Only for answers of 2xx. */
  readonly onAnswer?: OnAnswer
  readonly signal?: AbortSignal
}

export interface Wire {
  /** The answer of a call that succeeded; everything else is a StorageError. */
  send(call: Call): Promise<Answer>
  close(): Promise<void>
}

const timeouts = { headersTimeoutMs: 60_000, bodyTimeoutMs: 60_000 }
const connectTimeoutMs = 10_000

/** The REST API of a service. */
export function openWire(address: UssAddress, now: () => number = Date.now): Wire {
  const { operator, password, service } = address
  const { origin } = new URL(address.domain)
  const sign = signer(operator, password)
  return openDoor(address, origin, now, (method, key, headers) => {
    const path = `/${encodeKey(service)}/${encodeKey(key)}`
    const { date, authorization } = sign({ method, path, contentMd5: headers['content-md5'] }, now())
    return { path, signature: { date, authorization } }
  })
}

/** The service's files on a domain of its CDN: nothing is signed. */
export function openCdn(address: UssAddress, cdnDomain: string, now: () => number = Date.now): Wire {
  const { origin } = new URL(cdnDomain)
  return openDoor(address, origin, now, (_method, key) => ({ path: `/${encodeKey(key)}`, signature: {} }))
}

interface Addressed {
  readonly path: string
  readonly signature: Readonly<Record<string, string>>
}
type Aim = (method: string, key: string, headers: Readonly<Record<string, string>>) => Addressed

function openDoor({ caFile, proxy }: UssAddress, origin: string, now: () => number, aim: Aim): Wire {
  const dispatcher = openDispatcher({ origin, connectTimeoutMs, ...(caFile && { caFile }), ...(proxy && { proxy }) })
  const send = async (call: Call): Promise<Answer> => {
    const { onAnswer } = call
    const onSuccess: OnAnswer | undefined = onAnswer && ((status, headers) => (isSuccess(status) ? onAnswer(status, headers) : undefined))
    const answer = await exchange(dispatcher, origin, toRequest(call, aim), onSuccess)
    if (isSuccess(answer.status)) return answer
    const { status, headers, body } = answer
    throw toStorageError({ status, headers, body: body.toString('utf8'), about: call.about ?? 'file' }, now())
  }
  return { send, close: () => dispatcher.close() }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

function toRequest({ method, key, headers = {}, body, signal }: Call, aim: Aim): Request {
  const { path, signature } = aim(method, key, headers)
  const pairs = Object.entries({ ...headers, ...signature }).flatMap(([name, value]) => [name, toWire(value)])
  const length = body === undefined ? [] : ['content-length', String(body.reduce((sum, chunk) => sum + chunk.length, 0))]
  return { method, path, headers: [...pairs, ...length], ...timeouts, ...(body && { body }), ...(signal && { signal }) }
}

/** Does `call`, or nothing where what it is about is not there. */
export async function unlessGone(call: Promise<unknown>, kind: 'not-found' | 'no-upload'): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isStorageError(error, kind)) throw error
  }
}
