import { xmlAnswer, type Answer } from '../answer.ts'
import { percentDecode } from '../bytes.ts'
import { checkConditions, checkPrecondition } from '../conditions.ts'
import { bucketOf, isoTime, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument, StoreError } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { checkKey, own } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { checkReadable } from './get-object.ts'
import { aclOf } from './acl.ts'
import { tagsOf } from './tagging.ts'

export function copyObject(context: Context): Answer {
  const { request, dialect, store } = context
  const { maxCopyBytes } = dialect.limits
  const bucket = bucketOf(context)
  const { restore: _, acl: __, ...source } = copySource(context)
  if (source.size > maxCopyBytes)
    throw new StoreError('EntityTooLarge', { extra: { MaxSizeAllowed: String(maxCopyBytes), ProposedSize: String(source.size) } })
  checkPrecondition(context)
  const copy: StoredObject = {
    ...source,
    key: keyOf(context),
    body: [...source.body],
    mtimeMs: stamp(context),
    storageClass: storageClassOf(context, bucket.storageClass),
    headers: replaces(context, 'metadata-directive') ? keptHeaders(context) : source.headers,
    ...(replaces(context, 'tagging-directive') && { tags: tagsOf(context) ?? {} }),
    ...aclOf(context),
  }
  for (const blob of source.body) store.blobs.retain(blob)
  store.putObject(bucket.name, copy)
  const times = [element('LastModified', isoTime(copy.mtimeMs)), element('ETag', `"${copy.etag}"`)]
  return xmlAnswer(document(node('CopyObjectResult', ...times, dialect.shows.copied(copy))), {
    ETag: `"${copy.etag}"`,
    ...dialect.shows.hashes(request.door.prefix, copy, 'copy'),
  })
}

function replaces({ request }: Context, name: string): boolean {
  const directive = own(request, name)?.toUpperCase() ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE' && directive !== 'REPLACED')
    throw invalidArgument('Unknown directive.', `${request.door.prefix}${name}`, directive)
  return directive !== 'COPY'
}

/** The object that the header copy-source names, ready to be read. A link is copied as a link. */
export function copySource(context: Context): StoredObject {
  const { request, dialect } = context
  const { prefix } = request.door
  const named = own(request, 'copy-source') ?? ''
  const decoded = percentDecode(dialect.copySource(named)) ?? ''
  const parts = /^\/?([^/]+)\/(.+)$/s.exec(decoded)
  if (!parts)
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: /sourcebucket/sourcekey.',
      `${prefix}copy-source`,
      named,
    )
  const bucket = bucketOf(context, parts[1])
  const key = checkKey(parts[2] ?? '', dialect.keys)
  const object = context.store.object(bucket.name, key)
  if (!object) throw new StoreError('NoSuchKey', { extra: { Key: key } })
  checkReadable(object, context)
  checkConditions(request, object, `${prefix}copy-source-`)
  return object
}
