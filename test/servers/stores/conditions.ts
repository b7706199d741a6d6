import { keyOf, type Context } from './context.ts'
import { StoreError } from './error.ts'
import { header, own, type StoreRequest } from './request.ts'

interface Subject {
  readonly etag: string
  readonly mtimeMs: number
}

/** If-Match and its kin on a read; throws PreconditionFailed or NotModified. `prefix` is `x-oss-copy-source-` on a copy. */
export function checkConditions(request: StoreRequest, subject: Subject, prefix = ''): void {
  const condition = (name: string): string | undefined => header(request, `${prefix}${name}`)
  const match = condition('if-match')
  if (match !== undefined && !names(match, subject.etag))
    throw new StoreError('PreconditionFailed', { extra: { Condition: 'If-Match' } })
  const unmodified = Date.parse(condition('if-unmodified-since') ?? '')
  if (subject.mtimeMs > unmodified) throw new StoreError('PreconditionFailed', { extra: { Condition: 'If-Unmodified-Since' } })
  const noneMatch = condition('if-none-match')
  if (noneMatch !== undefined && names(noneMatch, subject.etag)) throw notModified(subject)
  const modified = Date.parse(condition('if-modified-since') ?? '')
  if (noneMatch === undefined && subject.mtimeMs <= modified) throw notModified(subject)
}

const notModified = ({ etag, mtimeMs }: Subject): StoreError =>
  new StoreError('NotModified', { headers: { ETag: `"${etag}"`, 'Last-Modified': new Date(mtimeMs).toUTCString() } })

const names = (list: string, etag: string): boolean =>
  list.split(',').some(one => one.trim() === '*' || one.trim().replace(/^"|"$/g, '').toUpperCase() === etag.toUpperCase())

const writeConditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']

/** Conditions that the vendor does not know on a write: it says so instead of ignoring them. */
export function refuseConditions({ request, dialect }: Context): void {
  const known = dialect.writes.conditions ? writeConditions.slice(2) : writeConditions
  const found = known.find(name => request.headers[name] !== undefined)
  if (found !== undefined) throw new StoreError('NotImplemented', { extra: { Header: found } })
}

/** What a write asks of the object that is there now. */
export interface Precondition {
  readonly absent: 'forbid-overwrite' | 'if-none-match' | undefined
  readonly ifMatch: string | undefined
}

export function preconditionOf({ request, dialect }: Context): Precondition {
  const { forbidOverwrite, conditions } = dialect.writes
  const forbids = forbidOverwrite && own(request, 'forbid-overwrite')?.toLowerCase() === 'true'
  const absent = forbids ? 'forbid-overwrite' : undefined
  if (!conditions) return { absent, ifMatch: undefined }
  const noneMatch = header(request, 'if-none-match')
  if (noneMatch !== undefined && noneMatch !== '*') throw new StoreError('NotImplemented', { extra: { Header: 'if-none-match' } })
  return { absent: noneMatch === undefined ? absent : 'if-none-match', ifMatch: header(request, 'if-match') }
}

/** Looked at before the body is taken in, and again in the step that stores it. */
export function checkPrecondition(context: Context, { absent, ifMatch }: Precondition = preconditionOf(context)): void {
  const key = keyOf(context)
  const object = context.store.object(context.request.bucket ?? '', key)
  if (absent === 'forbid-overwrite' && object) throw new StoreError('FileAlreadyExists', { extra: { Key: key } })
  if (absent === 'if-none-match' && object) throw new StoreError('PreconditionFailed', { extra: { Condition: 'If-None-Match' } })
  if (ifMatch === undefined) return
  if (!object) throw new StoreError('NoSuchKey', { extra: { Key: key } })
  if (!names(ifMatch, object.etag)) throw new StoreError('PreconditionFailed', { extra: { Condition: 'If-Match' } })
}
