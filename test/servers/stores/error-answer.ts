import type { Answer } from './answer.ts'
import type { Dialect, Door, ErrorRequest, KnownError } from './dialect.ts'
import { toKnownError, type StoreError } from './error.ts'
import { document, element, node } from './xml.ts'

/** An error as the door sends it. */
export function errorAnswer(dialect: Dialect, door: Door, error: StoreError, request: ErrorRequest): Answer {
  const known = toKnownError(dialect, error)
  return known.status === 304 ? { status: 304, headers: known.headers } : door.showError(known, request)
}

/** As most do it: a document that names the resource, nothing behind a HEAD. */
export function showXmlError({ code, status, message, headers, extra }: KnownError, { method, path, requestId }: ErrorRequest): Answer {
  if (method === 'HEAD') return { status, headers: { ...headers, 'Content-Length': '0' } }
  const more = Object.entries(extra).map(([name, value]) => element(name, value))
  const words = [element('Code', code), element('Message', message), element('Resource', path), element('RequestId', requestId)]
  return { status, headers: { ...headers, 'Content-Type': 'application/xml' }, body: document(node('Error', ...words, ...more)) }
}
