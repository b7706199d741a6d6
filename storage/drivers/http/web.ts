import { Buffer } from 'node:buffer'
import { StorageError } from '../../error.ts'
import { header } from '../../http/headers.ts'
import { exchange, openDispatcher, type Answer, type OnAnswer, type Request } from '../../http/transport.ts'
import type { HttpAddress } from './address.ts'
import { toStorageError } from './error.ts'

export interface WebCall {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  /** Names and values in turn. */
  readonly headers?: readonly string[]
  /** Only for the last answer, of 2xx or one of `also`. */
  readonly onAnswer?: OnAnswer
  /** Refusals that are answers to this call. */
  readonly also?: readonly number[]
  readonly signal?: AbortSignal
}

export interface Web {
  /** Follows redirects. Fails as the transport does, or with what the server's refusal means. */
  send(call: WebCall): Promise<Answer>
  close(): Promise<void>
}

export const maxRedirects = 5
const redirects: readonly number[] = [301, 302, 303, 307, 308]
const timeouts = { headersTimeoutMs: 30_000, bodyTimeoutMs: 60_000 }
const usualHeaders = ['accept', '*/*', 'user-agent', 'tranship']

export function openWeb({ caFile, proxy }: Pick<HttpAddress, 'caFile' | 'proxy'>, now: () => number = Date.now): Web {
  const dispatcher = openDispatcher({ connectTimeoutMs: 10_000, ...(caFile && { caFile }), ...(proxy && { proxy }) })

  const send = async (call: WebCall): Promise<Answer> => {
    let url = new URL(call.url)
    for (let hops = 0; ; hops++) {
      const answer = await exchange(dispatcher, url.origin, toRequest(url, call), onLastAnswer(call))
      const location = redirects.includes(answer.status) ? header(answer.headers, 'location') : undefined
      if (location === undefined) return accepted(call, answer, url, now())
      if (hops === maxRedirects) throw refuse(`${placeOf(url)} redirects more than ${maxRedirects} times.`)
      url = follow(url, location)
    }
  }
  return { send, close: () => dispatcher.close() }
}

function toRequest(url: URL, { method, headers = [], signal }: WebCall): Request {
  const login = url.username === '' ? [] : ['authorization', `Basic ${Buffer.from(loginOf(url)).toString('base64')}`]
  return { method, path: url.pathname + url.search, headers: [...usualHeaders, ...login, ...headers], ...timeouts, ...(signal && { signal }) }
}

const loginOf = ({ username, password }: URL): string => `${decodeURIComponent(username)}:${decodeURIComponent(password)}`

const isAnswer = ({ also = [] }: WebCall, status: number): boolean => (status >= 200 && status < 300) || also.includes(status)

/** Pages that come with a refusal or a redirect are nobody's. */
const onLastAnswer = (call: WebCall): OnAnswer => (status, headers) => (isAnswer(call, status) ? call.onAnswer?.(status, headers) : () => {})

function accepted(call: WebCall, answer: Answer, url: URL, nowMs: number): Answer {
  if (isAnswer(call, answer.status)) return answer
  throw toStorageError(answer.status, answer.headers, placeOf(url), nowMs)
}

function follow(from: URL, location: string): URL {
  const to = URL.parse(location, from.href)
  if (to === null || !['http:', 'https:'].includes(to.protocol)) throw refuse(`${placeOf(from)} redirects to where nothing can be read.`)
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse(`${placeOf(from)} redirects from https to http.`)
  return to
}

const refuse = (message: string): StorageError => new StorageError(message, { kind: 'invalid' })

/** Without query and login, which may be secret. */
const placeOf = (url: URL): string => `${url.origin}${url.pathname}`
