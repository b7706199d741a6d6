/**
 * Requests without the SDK. It takes a quarter of a millisecond of processor time for each blob to read a page of a listing, more
 * than a copy of a small file costs, and it cannot hold the source of a block to one version.
 */
import type { Dispatcher } from 'undici'
import { encodeKey, encodeQuery } from '../../http/encode.ts'
import { header } from '../../http/headers.ts'
import { exchange, type Answer } from '../../http/transport.ts'
import type { Account } from './account.ts'
import { toStorageError, type Refusal } from './error.ts'
import type { Timeouts } from './http.ts'
import { authorize, toSigningKey, type PlainMethod } from './shared-key.ts'

/** The first that marks names which XML cannot hold. */
const version = '2021-02-12'

type Strings = Readonly<Record<string, string>>

/** Without a body. */
export interface PlainRequest {
  readonly method: PlainMethod
  /** '': about the container. */
  readonly key: string
  readonly query: Strings
  /** Their names in lower case and beginning with `x-ms-`. */
  readonly headers?: Strings
  readonly about: Refusal['about']
  readonly signal: AbortSignal | undefined
}

/** The answer of a request that succeeded. Everything else is a StorageError. */
export type Send = (request: PlainRequest) => Promise<Answer>

export function openSend(dispatcher: Dispatcher, account: Account, container: string, sasExpired: () => boolean, timeouts: Timeouts): Send {
  const { origin, pathname } = new URL(`${account.endpoint}/${encodeURIComponent(container)}`)
  const sign = toSign(account)
  return async ({ method, key, query, headers: given, about, signal }) => {
    const path = key === '' ? pathname : `${pathname}/${encodeKey(key)}`
    const headers = { ...given, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': version }
    const { authorization, token } = sign(method, path, query, headers)
    const answer = await exchange(dispatcher, origin, {
      method,
      path: `${path}?${encodeQuery(query, '=')}${token}`,
      headers: Object.entries({ ...headers, ...authorization }).flat(),
      headersTimeoutMs: method === 'PUT' ? timeouts.completeMs : timeouts.headersMs,
      bodyTimeoutMs: timeouts.bodyMs,
      ...(signal && { signal }),
    })
    if (answer.status >= 200 && answer.status < 300) return answer
    const received = Object.fromEntries([...answer.headers.keys()].map((name) => [name, header(answer.headers, name) ?? '']))
    throw toStorageError({ status: answer.status, headers: received, body: answer.body.toString('utf8'), about, sasExpired: sasExpired() }, Date.now())
  }
}

type Sign = (method: PlainMethod, path: string, query: Strings, headers: Strings) => { readonly authorization: Strings; readonly token: string }

function toSign({ name, credential }: Account): Sign {
  if (credential.kind === 'sas') return () => ({ authorization: {}, token: `&${credential.token}` })
  const key = toSigningKey(credential.key)
  return (method, path, query, headers) => ({ authorization: { authorization: authorize(name, key, { method, path, query, headers }) }, token: '' })
}
