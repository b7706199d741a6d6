import type { Answer } from '../../answer.ts'
import { isValidUtf8, type ByteString } from '../../bytes.ts'
import type { Door, ErrorRequest, KnownError, Located } from '../../dialect.ts'
import { xmlDocuments } from '../../documents.ts'
import { invalidArgument } from '../../error.ts'

/** What Qiniu's native doors share. */
export const nativeDoor = {
  prefix: 'x-qn-',
  requestIdHeader: 'X-Reqid',
  documents: xmlDocuments,
  operations: { bucket: {}, object: {}, subresources: [] },
  proofs: () => [],
  deletesNeedMd5: false,
  contentMd5: 'hex',
} satisfies Partial<Door>

export const json = (value: object, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
})

/** Numbers of Qiniu's own where it has them. */
const statuses: Readonly<Record<string, number>> = {
  AccessDenied: 401,
  FileAlreadyExists: 614,
  InternalError: 599,
  InvalidAccessKeyId: 401,
  NoSuchBucket: 631,
  NoSuchKey: 612,
  NoSuchUpload: 612,
  ServiceUnavailable: 573,
  SignatureDoesNotMatch: 401,
  SlowDown: 573,
}

const messages: Readonly<Record<string, string>> = {
  NoSuchBucket: 'no such bucket',
  NoSuchKey: 'no such file or directory',
  SignatureDoesNotMatch: 'bad token',
  InvalidAccessKeyId: 'bad token',
}

export function showJsonError({ code, message, status, headers }: KnownError, { method }: ErrorRequest): Answer {
  const answer = json({ error: messages[code] ?? message }, statuses[code] ?? status)
  return method === 'HEAD' ? { status: answer.status, headers: { ...headers, 'Content-Length': '0' } } : { ...answer, headers: { ...headers, ...answer.headers } }
}

export function decodeKey(encoded: string): ByteString {
  const key = Buffer.from(encoded, 'base64url').toString('latin1')
  if (isValidUtf8(key)) return key
  throw invalidArgument('invalid key', 'key', encoded)
}

/** `BUCKET:KEY` in URL-safe base64. */
export function decodeEntry(encoded: string): Located {
  const entry = decodeKey(encoded)
  const colon = entry.indexOf(':')
  return colon < 0 ? { bucket: entry, key: undefined } : { bucket: entry.slice(0, colon), key: entry.slice(colon + 1) }
}
