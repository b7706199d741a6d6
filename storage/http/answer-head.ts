/** The beginning of an answer of HTTP/1.1, as it comes over a socket. Pure. */
import type { ReceivedHeaders } from './headers.ts'

export interface AnswerHead {
  readonly status: number
  /** Names in lower case, values as latin1. */
  readonly headers: ReceivedHeaders
  /** Bytes of the head, the empty line included. */
  readonly bytes: number
  /** The connection may be used again after this answer, and for so long. */
  readonly keepAliveMs: number
}

const emptyLine = Buffer.from('\r\n\r\n')
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |\r\n|$)/
const usualKeepAliveMs = 5_000

/** Undefined while it is not whole. Throws a RangeError where this is no HTTP. */
export function parseHead(bytes: Buffer): AnswerHead | undefined {
  if (bytes[0] !== 0x48) throw new RangeError('The answer is no HTTP.')
  const end = bytes.indexOf(emptyLine)
  if (end < 0) return undefined
  const text = bytes.toString('latin1', 0, end)
  const [, minor, status] = statusLine.exec(text) ?? []
  if (status === undefined) throw new RangeError('The answer is no HTTP.')
  const headers = toHeaders(text)
  return { status: Number(status), headers, bytes: end + emptyLine.length, keepAliveMs: keepAliveOf(headers, minor === '1') }
}

/** `text` from its second line on. */
function toHeaders(text: string): ReceivedHeaders {
  const headers = new Map<string, string>()
  for (let begin = text.indexOf('\r\n'); begin >= 0; ) {
    const end = text.indexOf('\r\n', begin + 2)
    const colon = text.indexOf(':', begin + 2)
    if (colon <= begin + 2 || (end >= 0 && colon > end)) throw new RangeError('The answer has a header without a name.')
    const name = lowerCase(text.slice(begin + 2, colon))
    const value = text.slice(colon + 1, end < 0 ? undefined : end).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
    begin = end
  }
  return headers
}

/** The same few names come with every answer. */
const lowerCased = new Map<string, string>()
const mostNames = 1_000

function lowerCase(name: string): string {
  const known = lowerCased.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  if (lowerCased.size < mostNames) lowerCased.set(name, lower)
  return lower
}

/** A store's own term less a second, so that no request meets a connection that is being closed. */
function keepAliveOf(headers: ReceivedHeaders, byDefault: boolean): number {
  const word = (headers.get('connection') ?? '').toLowerCase()
  if (word.includes('close') || (!byDefault && !word.includes('keep-alive'))) return 0
  const seconds = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1]
  return seconds === undefined ? usualKeepAliveMs : Math.min(usualKeepAliveMs, Math.max(0, Number(seconds) - 1) * 1_000)
}

export type BodyLength = number | 'chunked' | 'until-close'

/** Throws a RangeError where lengths contradict each other. */
export function bodyLength({ status, headers }: AnswerHead): BodyLength {
  if (status === 204 || status === 304) return 0
  if (headers.has('transfer-encoding')) return 'chunked'
  const length = headers.get('content-length')
  if (length === undefined) return 'until-close'
  if (!/^\d{1,16}$/.test(length)) throw new RangeError('The answer has a length that is none.')
  return Number(length)
}
