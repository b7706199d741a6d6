/** What goes wrong on the wire, at which request, and what is to become of the file: the table that the test holds every vendor to. */
import type { WireFault } from './fault-proxy.ts'

export const httpVendors = ['s3', 'oss', 'azblob'] as const
export type HttpVendor = (typeof httpVendors)[number]

export type Step = 'get' | 'range' | 'head' | 'put' | 'part' | 'complete'

/** `fine`: retried and there; a code of the error list; `blocked CODE`: the address is at fault, no file is, and all is well once it is mended. */
export type Ending = string

export interface Row {
  readonly what: string
  readonly side: 'source' | 'destination'
  readonly at: Step
  /** How often; default 1. */
  readonly times?: number
  readonly fault: WireFault | ((vendor: HttpVendor) => WireFault)
  /** Every request is struck, whatever it asks for. */
  readonly everywhere?: true
  /** Null: the vendor knows no such thing. */
  readonly ends: Ending | Readonly<Record<HttpVendor, Ending | null>>
}

const always = Infinity

/** A refusal in the vendor's own form. */
const refusal = (status: number, codes: Readonly<Record<HttpVendor, string>>, headers: Readonly<Record<string, string>> = {}) => (vendor: HttpVendor): WireFault => {
  const code = codes[vendor]
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>A test says so.</Message></Error>`
  return { kind: 'answer', status, headers: { 'Content-Type': 'application/xml', ...(vendor === 'azblob' && { 'x-ms-error-code': code }), ...headers }, body }
}
const all = (code: string) => ({ s3: code, oss: code, azblob: code })
const busy = { s3: 'SlowDown', oss: 'SlowDown', azblob: 'ServerBusy' }

export const rows: readonly Row[] = [
  { what: '429 with Retry-After', side: 'source', at: 'get', times: 2, fault: refusal(429, { ...busy, azblob: 'TooManyRequests' }, { 'Retry-After': '1' }), ends: 'fine' },
  { what: '503, go slower', side: 'destination', at: 'put', times: 3, fault: refusal(503, busy), ends: 'fine' },
  { what: '503, go slower', side: 'destination', at: 'part', times: 3, fault: refusal(503, busy), ends: 'fine' },
  { what: '500', side: 'destination', at: 'part', fault: refusal(500, all('InternalError')), ends: 'fine' },
  { what: '500, always', side: 'source', at: 'get', times: always, fault: refusal(500, all('InternalError')), ends: 'Network' },
  { what: 'reset in the body', side: 'source', at: 'get', fault: { kind: 'reset', in: 'answer', afterBytes: 1_000 }, ends: 'fine' },
  { what: 'reset in the body', side: 'source', at: 'range', fault: { kind: 'reset', in: 'answer', afterBytes: 100_000 }, ends: 'fine' },
  { what: 'reset in the body', side: 'destination', at: 'put', fault: { kind: 'reset', in: 'request', afterBytes: 0 }, ends: 'fine' },
  { what: 'body shorter than said', side: 'source', at: 'get', fault: { kind: 'short', bytes: 500 }, ends: 'fine' },
  { what: 'body shorter than said, always', side: 'source', at: 'get', times: always, fault: { kind: 'short', bytes: 500 }, ends: 'PrematureEnd' },
  { what: 'body longer than said', side: 'source', at: 'get', fault: { kind: 'long', bytes: 500 }, ends: 'fine' },
  { what: 'no length', side: 'source', at: 'get', fault: { kind: 'no-length' }, ends: 'Unexpected' },
  { what: 'one bit flipped', side: 'source', at: 'get', fault: { kind: 'flip', in: 'answer', at: 700 }, ends: 'fine' },
  { what: 'one bit flipped, always', side: 'source', at: 'get', times: always, fault: { kind: 'flip', in: 'answer', at: 700 }, ends: 'ChecksumMismatch' },
  { what: 'one bit flipped', side: 'destination', at: 'put', fault: { kind: 'flip', in: 'request', at: 700 }, ends: 'fine' },
  { what: 'one bit flipped', side: 'destination', at: 'part', fault: { kind: 'flip', in: 'request', at: 700 }, ends: 'fine' },
  { what: '200 with an error', side: 'destination', at: 'complete', fault: refusal(200, all('InternalError')), ends: { s3: 'fine', oss: 'fine', azblob: null } },
  { what: 'another ETag', side: 'destination', at: 'put', fault: { kind: 'header', name: 'ETag', value: '"00000000000000000000000000000000"' }, ends: 'fine' },
  { what: 'upload id gone', side: 'destination', at: 'part', fault: refusal(404, { s3: 'NoSuchUpload', oss: 'NoSuchUpload', azblob: '' }), ends: { s3: 'fine', oss: 'fine', azblob: null } },
  { what: 'done, answer lost', side: 'destination', at: 'complete', fault: { kind: 'lose-answer' }, ends: 'fine' },
  { what: 'done, answer lost', side: 'destination', at: 'put', fault: { kind: 'lose-answer' }, ends: 'fine' },
  { what: 'Range ignored', side: 'source', at: 'range', fault: { kind: 'ignore-range' }, ends: { s3: 'Unexpected', oss: 'Unexpected', azblob: null } },
  { what: 'HEAD refused, always', side: 'source', at: 'head', times: always, fault: { kind: 'answer', status: 403 }, ends: 'Forbidden' },
  { what: 'redirect, always', side: 'source', at: 'get', times: always, fault: { kind: 'answer', status: 301, headers: { Location: 'http://127.0.0.1:1/' } }, ends: { s3: 'Forbidden', oss: 'Forbidden', azblob: 'Unexpected' } },
  { what: 'key expired, then rotated', side: 'destination', at: 'put', times: always, everywhere: true, fault: refusal(403, { s3: 'ExpiredToken', oss: 'SecurityTokenExpired', azblob: 'AuthenticationFailed' }), ends: { s3: 'blocked DestAddrAccessKeyInvalid', oss: 'blocked DestAddrAccessKeyInvalid', azblob: 'blocked DestAddrSecretKeyInvalid' } },
  { what: 'clock skew', side: 'source', at: 'get', times: always, everywhere: true, fault: refusal(403, { s3: 'RequestTimeTooSkewed', oss: 'RequestTimeTooSkewed', azblob: 'AuthenticationFailed' }), ends: 'blocked SourceAddrSecretKeyInvalid' },
]
