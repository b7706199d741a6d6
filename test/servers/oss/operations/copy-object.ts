import { xmlAnswer, type Answer } from '../answer.ts'
import { percentDecode } from '../bytes.ts'
import { checkConditions } from '../conditions.ts'
import { bucketOf, isoTime, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument, OssError } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { GiB } from '../options.ts'
import { checkKey, header } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { checkReadable } from './get-object.ts'
import { checkOverwrite } from './put-object.ts'
import { tagsAndRights } from './tags-and-rights.ts'

/** OSS allows more where neither bucket nor storage class changes; a client that relies on it would fail elsewhere. */
const maxCopyBytes = GiB

export function copyObject(context: Context): Answer {
  const { request, store } = context
  const bucket = bucketOf(context)
  const { restore: _, tags, acl: _acl, ...source } = copySource(context)
  if (source.size > maxCopyBytes)
    throw new OssError('EntityTooLarge', { extra: { MaxSizeAllowed: String(maxCopyBytes), ProposedSize: String(source.size) } })
  checkOverwrite(context)
  const copy: StoredObject = {
    ...source,
    key: keyOf(context),
    body: [...source.body],
    mtimeMs: stamp(context),
    storageClass: storageClassOf(request, bucket.storageClass),
    headers: replaces(context, 'x-oss-metadata-directive') ? keptHeaders(request) : source.headers,
    ...(replaces(context, 'x-oss-tagging-directive') || tags === undefined ? {} : { tags }),
    ...tagsAndRights(request),
  }
  for (const blob of source.body) store.blobs.retain(blob)
  store.putObject(bucket.name, copy)
  const times = [element('LastModified', isoTime(copy.mtimeMs)), element('ETag', `"${copy.etag}"`)]
  return xmlAnswer(document(node('CopyObjectResult', ...times)), { ETag: `"${copy.etag}"`, 'x-oss-hash-crc64ecma': copy.crc64 })
}

function replaces({ request }: Context, name: string): boolean {
  const directive = header(request, name)?.toUpperCase() ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw invalidArgument('Unknown directive.', name, directive)
  return directive === 'REPLACE'
}

/** The object that x-oss-copy-source names, ready to be read. A link is copied as a link. */
export function copySource(context: Context): StoredObject {
  const named = header(context.request, 'x-oss-copy-source') ?? ''
  const decoded = percentDecode(named)
  const parts = /^\/?([^/]+)\/(.+)$/s.exec(decoded ?? '')
  if (!parts)
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: /sourcebucket/sourcekey.',
      'x-oss-copy-source',
      named,
    )
  const bucket = bucketOf(context, parts[1])
  const key = checkKey(parts[2] ?? '')
  const object = context.store.object(bucket.name, key)
  if (!object) throw new OssError('NoSuchKey', { extra: { Key: key } })
  checkReadable(object, context)
  checkConditions(context.request, object, 'x-oss-copy-source-')
  return object
}
