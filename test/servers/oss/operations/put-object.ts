import { createHash } from 'node:crypto'
import { emptyAnswer, type Answer } from '../answer.ts'
import { percentDecode } from '../bytes.ts'
import { forbidsOverwrite, refuseConditions } from '../conditions.ts'
import { bucketOf, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument, OssError } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { receiveObject } from '../receive.ts'
import { checkKey, header } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import { tagsAndRights } from './tags-and-rights.ts'

export async function putObject(context: Context): Promise<Answer> {
  const { request, store } = context
  const bucket = bucketOf(context)
  refuseConditions(request)
  const storageClass = storageClassOf(request, bucket.storageClass)
  const headers = keptHeaders(request)
  const attached = tagsAndRights(request)
  checkOverwrite(context)
  const received = await receiveObject(context)
  try {
    checkOverwrite(context)
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
    ...attached,
  })
  return emptyAnswer({
    ETag: `"${received.etag}"`,
    'x-oss-hash-crc64ecma': received.crc64,
    'Content-MD5': md5Header(received.etag),
  })
}

/** Looked at before the body is taken in, and again in the step that stores it. */
export function checkOverwrite(context: Context, forbidden = forbidsOverwrite(context.request)): void {
  if (forbidden && context.store.object(context.request.bucket ?? '', keyOf(context)))
    throw new OssError('FileAlreadyExists', { extra: { Key: keyOf(context) } })
}

export const md5Header = (etag: string): string => Buffer.from(etag, 'hex').toString('base64')

export function putSymlink(context: Context): Answer {
  const { request, store } = context
  const bucket = bucketOf(context)
  const named = header(request, 'x-oss-symlink-target')
  const target = named === undefined ? undefined : percentDecode(named)
  if (named === undefined || target === undefined)
    throw invalidArgument('Invalid symlink target.', 'x-oss-symlink-target', named ?? '')
  checkKey(target)
  checkOverwrite(context)
  const link: StoredObject = {
    key: keyOf(context),
    type: 'Symlink',
    size: 0,
    etag: createHash('md5').update(target, 'latin1').digest('hex').toUpperCase(),
    crc64: '0',
    mtimeMs: stamp(context),
    storageClass: storageClassOf(request, bucket.storageClass),
    headers: keptHeaders(request),
    body: [],
    target,
  }
  store.putObject(bucket.name, link)
  return emptyAnswer({ ETag: `"${link.etag}"` })
}
