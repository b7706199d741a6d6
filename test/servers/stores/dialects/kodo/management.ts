import type { Answer } from '../../answer.ts'
import { acceptManagement } from '../../auth/accept-qiniu.ts'
import { toText, type ByteString } from '../../bytes.ts'
import { bucketOf, objectOf, type Context } from '../../context.ts'
import type { Door } from '../../dialect.ts'
import { invalidArgument } from '../../error.ts'
import type { Operation } from '../../operation.ts'
import { handlers } from '../../operations/handlers.ts'
import { collect } from '../../operations/list-objects.ts'
import type { StoredObject } from '../../store/model.ts'
import { decodeEntry, json, nativeDoor, showJsonError } from './native.ts'
import { qetag } from './qetag.ts'

/** The hosts rsf (lists) and rs (looks and deletes). */
export const managementDoor: Door = {
  ...nativeDoor,
  claims: ({ headers }) => /^rsf?[-.]/.test(headers.host ?? ''),
  locate: ({ path, query }) => {
    if (path === '/list') return { bucket: query.get('bucket'), key: undefined }
    return decodeEntry(/^\/(?:stat|delete)\/(.+)$/.exec(path)?.[1] ?? '')
  },
  operation: ({ path, method }): Operation | undefined => {
    if (path === '/list' && (method === 'GET' || method === 'POST')) return 'ListObjects'
    if (path.startsWith('/stat/')) return 'HeadObject'
    return path.startsWith('/delete/') && method === 'POST' ? 'DeleteObject' : undefined
  },
  handlers: { ...handlers, ListObjects: list, HeadObject: stat, DeleteObject: deleteObject },
  authenticate: acceptManagement,
  credential: ({ headers }) => [headers.authorization],
  showError: showJsonError,
}

function list(context: Context): Answer {
  const { query } = context.request
  const bucket = bucketOf(context)
  const limit = Number(query.get('limit') || 1000)
  if (!(limit >= 1 && limit <= 1000)) throw invalidArgument('invalid list limit', 'limit', String(limit))
  const asked = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: limit,
    after: readMarker(query.get('marker') ?? ''),
  }
  const page = collect(context.store, bucket.name, asked)
  return json({
    ...(page.next !== undefined && { marker: writeMarker(page.next) }),
    ...(page.prefixes.length > 0 && { commonPrefixes: page.prefixes.map(toText) }),
    items: page.objects.map(object => ({ key: toText(object.key), ...describe(context, object) })),
  })
}

const writeMarker = (key: ByteString): string => Buffer.from(JSON.stringify({ c: 0, k: toText(key) })).toString('base64url')

function readMarker(marker: string): ByteString {
  if (marker === '') return ''
  try {
    const { k } = JSON.parse(Buffer.from(marker, 'base64url').toString()) as { k: string }
    return Buffer.from(k).toString('latin1')
  } catch {
    throw invalidArgument('invalid marker', 'marker', marker)
  }
}

const types: Readonly<Record<string, number>> = { STANDARD: 0, LINE: 1, GLACIER: 2, DEEP_ARCHIVE: 3 }

function describe({ store }: Context, object: StoredObject): object {
  return {
    hash: qetag(store.blobs, object),
    fsize: object.size,
    mimeType: object.headers['content-type'],
    putTime: object.mtimeMs * 10_000,
    type: types[object.storageClass] ?? 0,
    status: 0,
  }
}

function stat(context: Context): Answer {
  return json(describe(context, objectOf(context)))
}

function deleteObject(context: Context): Answer {
  const { key } = objectOf(context)
  context.store.deleteObject(bucketOf(context).name, key)
  return json({})
}
