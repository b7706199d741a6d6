import { emptyAnswer, type Answer } from '../answer.ts'
import { percentEncode, percentEncodePath } from '../bytes.ts'
import { checkConditions } from '../conditions.ts'
import { bucketOf, httpTime, objectOf, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { actionOf } from '../faults.ts'
import { isReadable, restoreHeader, shownHeaders } from '../metadata.ts'
import { rangeOf } from '../range.ts'
import type { StoredObject } from '../store/model.ts'

export function getObject(context: Context): Answer {
  const { request, faults } = context
  const link = objectOf(context)
  const object = targetOf(context, link)
  checkReadable(object, context)
  checkConditions(request, { etag: object.etag, mtimeMs: Math.max(link.mtimeMs, object.mtimeMs) })
  const range = actionOf(faults, 'ignore-range') ? undefined : rangeOf(context, object.size)
  const first = range?.first ?? 0
  const length = range?.length ?? object.size
  const headers = {
    ...headersOf(context, link, object),
    ...overrides(context),
    'Content-Length': String(length),
    'Accept-Ranges': 'bytes',
  }
  const body = { blobs: object.body, first, length }
  if (!range) return { status: 200, headers, body }
  return { status: 206, headers: { ...headers, 'Content-Range': `bytes ${first}-${first + length - 1}/${object.size}` }, body }
}

export function checkReadable(object: StoredObject, context: Context): void {
  if (!isReadable(context, object)) throw new StoreError('InvalidObjectState', { extra: { ObjectName: object.key } })
}

export function headObject(context: Context): Answer {
  const link = objectOf(context)
  const object = targetOf(context, link)
  checkConditions(context.request, { etag: object.etag, mtimeMs: Math.max(link.mtimeMs, object.mtimeMs) })
  return emptyAnswer({ ...headersOf(context, link, object), 'Content-Length': String(object.size), 'Accept-Ranges': 'bytes' })
}

export function getObjectMeta(context: Context): Answer {
  const link = objectOf(context)
  const object = targetOf(context, link)
  const { etag, size, mtimeMs } = object
  return emptyAnswer({
    ETag: `"${etag}"`,
    'Content-Length': String(size),
    'Last-Modified': httpTime(mtimeMs),
    ...context.dialect.shows.hashes(context.request.door.prefix, object, 'read'),
  })
}

export function getSymlink(context: Context): Answer {
  const { target, etag, mtimeMs } = objectOf(context)
  if (target === undefined) throw new StoreError('NotSymlink')
  return emptyAnswer({ 'x-oss-symlink-target': percentEncodePath(target), ETag: `"${etag}"`, 'Last-Modified': httpTime(mtimeMs) })
}

/** The object itself, or the one that a symlink points to. */
export function targetOf(context: Context, object: StoredObject): StoredObject {
  if (object.target === undefined) return object
  const target = context.store.object(bucketOf(context).name, object.target)
  if (!target) throw new StoreError('SymlinkTargetNotExist', { extra: { ObjectName: object.key, TargetName: object.target } })
  if (target.type === 'Symlink')
    throw new StoreError('InvalidTargetType', { extra: { ObjectName: object.key, TargetName: object.target } })
  return target
}

/** Of a link: the target's bytes and hashes under the link's own metadata. */
function headersOf(context: Context, link: StoredObject, object: StoredObject): Record<string, string> {
  const { dialect, request } = context
  const { prefix } = request.door
  const restore = restoreHeader(context, object)
  const tags = Object.keys(link.tags ?? {}).length
  return {
    ...shownHeaders(context, link),
    ETag: `"${object.etag}"`,
    'Last-Modified': httpTime(Math.max(link.mtimeMs, object.mtimeMs)),
    ...dialect.shows.object(prefix, link, object),
    ...dialect.shows.hashes(prefix, object, 'read'),
    ...(tags > 0 && { [`${prefix}tagging-count`]: String(tags) }),
    ...(restore !== undefined && { [`${prefix}restore`]: restore }),
  }
}

const overridable = ['Content-Type', 'Content-Language', 'Cache-Control', 'Content-Disposition', 'Content-Encoding', 'Expires']

function overrides({ request }: Context): Record<string, string> {
  const asked = overridable.map(name => [name, request.query.get(`response-${name.toLowerCase()}`)] as const)
  return Object.fromEntries(asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, safe(value)]])))
}

/** A value that was percent-decoded may hold what no header can. */
// eslint-disable-next-line no-control-regex
const safe = (value: string): string => (/[\x00-\x1f\x7f]/.test(value) ? percentEncode(value) : value)
