import { OssError } from './error.ts'
import { header, type OssRequest } from './request.ts'

interface Subject {
  readonly etag: string
  readonly mtimeMs: number
}

/** If-Match and its kin on a read; throws PreconditionFailed or NotModified. `prefix` is `x-oss-copy-source-` on a copy. */
export function checkConditions(request: OssRequest, subject: Subject, prefix = ''): void {
  const condition = (name: string): string | undefined => header(request, `${prefix}${name}`)
  const match = condition('if-match')
  if (match !== undefined && !names(match, subject.etag))
    throw new OssError('PreconditionFailed', { extra: { Condition: 'If-Match' } })
  const unmodified = Date.parse(condition('if-unmodified-since') ?? '')
  if (subject.mtimeMs > unmodified) throw new OssError('PreconditionFailed', { extra: { Condition: 'If-Unmodified-Since' } })
  const noneMatch = condition('if-none-match')
  if (noneMatch !== undefined && names(noneMatch, subject.etag)) throw notModified(subject)
  const modified = Date.parse(condition('if-modified-since') ?? '')
  if (noneMatch === undefined && subject.mtimeMs <= modified) throw notModified(subject)
}

const notModified = ({ etag, mtimeMs }: Subject): OssError =>
  new OssError('NotModified', { headers: { ETag: `"${etag}"`, 'Last-Modified': new Date(mtimeMs).toUTCString() } })

const names = (list: string, etag: string): boolean =>
  list.split(',').some(one => one.trim() === '*' || one.trim().replace(/^"|"$/g, '').toUpperCase() === etag)

/** Conditions that OSS does not know on a write: it says so instead of ignoring them. */
export function refuseConditions({ headers }: OssRequest): void {
  const found = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].find(
    name => headers[name] !== undefined,
  )
  if (found !== undefined) throw new OssError('NotImplemented', { extra: { Header: found } })
}

export const forbidsOverwrite = (request: OssRequest): boolean =>
  header(request, 'x-oss-forbid-overwrite')?.toLowerCase() === 'true'
