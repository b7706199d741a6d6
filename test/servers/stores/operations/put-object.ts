import { createHash } from 'node:crypto'
import { emptyAnswer, type Answer } from '../answer.ts'
import { percentDecode } from '../bytes.ts'
import { checkPrecondition, refuseConditions } from '../conditions.ts'
import { bucketOf, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { receiveObject } from '../receive.ts'
import { checkKey, own } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import { aclOf } from './acl.ts'
import { tagsOf } from './tagging.ts'

export async function putObject(context: Context): Promise<Answer> {
  const { request, dialect, store } = context
  const bucket = bucketOf(context)
  refuseConditions(context)
  const storageClass = storageClassOf(context, bucket.storageClass)
  const headers = keptHeaders(context)
  const tags = tagsOf(context)
  const acl = aclOf(context)
  checkPrecondition(context)
  const received = await receiveObject(context)
  try {
    checkPrecondition(context)
  } catch (error) {
    for (const blob of received.body) store.blobs.release(blob)
    throw error
  }
  store.putObject(bucket.name, {
    key: keyOf(context),
    type: 'Normal',
    ...received,
    mtimeMs: stamp(context),
    storageClass,
    headers,
    ...(tags && { tags }),
    ...acl,
  })
  return emptyAnswer({
    ETag: `"${received.etag}"`,
    ...dialect.shows.hashes(request.door.prefix, received, 'put'),
  })
}

export function putSymlink(context: Context): Answer {
  const { request, dialect, store } = context
  const bucket = bucketOf(context)
  const named = own(request, 'symlink-target')
  const target = named === undefined ? undefined : percentDecode(named)
  if (named === undefined || target === undefined)
    throw invalidArgument('Invalid symlink target.', 'x-oss-symlink-target', named ?? '')
  checkKey(target, dialect.keys)
  checkPrecondition(context)
  const link: StoredObject = {
    key: keyOf(context),
    type: 'Symlink',
    size: 0,
    etag: createHash('md5').update(target, 'latin1').digest('hex').toUpperCase(),
    crc64: '0',
    mtimeMs: stamp(context),
    storageClass: storageClassOf(context, bucket.storageClass),
    headers: keptHeaders(context),
    body: [],
    target,
  }
  store.putObject(bucket.name, link)
  return emptyAnswer({ ETag: `"${link.etag}"` })
}
