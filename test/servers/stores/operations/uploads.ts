import { randomBytes } from 'node:crypto'
import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { checkPrecondition, preconditionOf } from '../conditions.ts'
import { bucketOf, isoTime, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument, StoreError } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { own } from '../request.ts'
import { receiveObject, type Received } from '../receive.ts'
import type { Upload } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { aclOf } from './acl.ts'
import { copySource } from './copy-object.ts'
import { encoderOf } from './list-objects.ts'
import { reread } from './reread.ts'
import { tagsOf } from './tagging.ts'

export function initiateMultipartUpload(context: Context): Answer {
  const encode = encoderOf(context)
  const { bucket, key, uploadId } = createUpload(context)
  const names = [element('Bucket', bucket), element('Key', encode(key)), element('UploadId', uploadId)]
  return xmlAnswer(document(node('InitiateMultipartUploadResult', ...names)))
}

export function createUpload(context: Context): Upload {
  const { store } = context
  const bucket = bucketOf(context)
  const asked = preconditionOf(context)
  const tags = tagsOf(context)
  checkPrecondition(context, asked)
  const upload: Upload = {
    uploadId: randomBytes(16).toString('hex').toUpperCase(),
    bucket: bucket.name,
    key: keyOf(context),
    initiatedMs: stamp(context),
    storageClass: storageClassOf(context, bucket.storageClass),
    headers: keptHeaders(context),
    ...(tags && { tags }),
    ...aclOf(context),
    forbidOverwrite: asked.absent === 'forbid-overwrite',
  }
  store.createUpload(upload)
  return upload
}

export function uploadOf(context: Context): Upload {
  const bucket = bucketOf(context)
  const uploadId = context.request.query.get('uploadId') ?? ''
  const upload = context.store.upload(bucket.name, keyOf(context), uploadId)
  if (!upload) throw new StoreError('NoSuchUpload', { extra: { UploadId: uploadId } })
  return upload
}

export async function uploadPart(context: Context): Promise<Answer> {
  const received = await receivePart(context)
  return emptyAnswer({ ETag: `"${received.etag}"`, ...hashHeaders(context, received) })
}

export async function receivePart(context: Context): Promise<Received> {
  const number = partNumberOf(context)
  const upload = uploadOf(context)
  const received = await receiveObject(context)
  storePart(context, upload, number, received)
  return received
}

export async function uploadPartCopy(context: Context): Promise<Answer> {
  const number = partNumberOf(context)
  const upload = uploadOf(context)
  const source = copySource(context)
  const received = await reread(context, source, copyRange(context, source.size))
  const mtimeMs = storePart(context, upload, number, received)
  const times = [element('LastModified', isoTime(mtimeMs)), element('ETag', `"${received.etag}"`)]
  return xmlAnswer(document(node('CopyPartResult', ...times)), {
    ETag: `"${received.etag}"`,
    ...hashHeaders(context, received),
  })
}

const hashHeaders = ({ dialect, request }: Context, received: Received): Readonly<Record<string, string>> =>
  dialect.shows.hashes(request.door.prefix, received, 'part')

function copyRange({ request }: Context, size: number): { first: number; length: number } {
  const text = own(request, 'copy-source-range')
  if (text === undefined) return { first: 0, length: size }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(text) ?? []
  const last = to === '' ? size - 1 : Number(to)
  if (from === '' || last >= size || Number(from) > last)
    throw invalidArgument('The range is not valid.', `${request.door.prefix}copy-source-range`, text)
  return { first: Number(from), length: last - Number(from) + 1 }
}

/** The upload may have ended while the body came in. Answers the part's time. */
function storePart(
  context: Context,
  { uploadId, bucket, key }: Upload,
  number: number,
  received: Received,
): number {
  const mtimeMs = stamp(context)
  if (!context.store.upload(bucket, key, uploadId)) {
    for (const blob of received.body) context.store.blobs.release(blob)
    throw new StoreError('NoSuchUpload', { extra: { UploadId: uploadId } })
  }
  context.store.putPart(uploadId, { number, ...received, mtimeMs })
  return mtimeMs
}

function partNumberOf({ request }: Context): number {
  const text = request.query.get('partNumber')
  if (text === undefined)
    throw invalidArgument('Unexpected query string parameter', 'ResourceType', 'partNumber', '0017-00000219')
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= 10_000) return number
  throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive.', 'PartNumber', text, '0017-00000220')
}

export function abortMultipartUpload(context: Context): Answer {
  context.store.abortUpload(uploadOf(context).uploadId)
  return emptyAnswer({}, 204)
}
