import { randomBytes } from 'node:crypto'
import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { forbidsOverwrite } from '../conditions.ts'
import { bucketOf, isoTime, keyOf, stamp, type Context } from '../context.ts'
import { invalidArgument, OssError } from '../error.ts'
import { keptHeaders, storageClassOf } from '../metadata.ts'
import { header } from '../request.ts'
import { receiveObject, type Received } from '../receive.ts'
import type { Upload } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { copySource } from './copy-object.ts'
import { encoderOf } from './list-objects.ts'
import { checkOverwrite } from './put-object.ts'
import { reread } from './reread.ts'
import { tagsAndRights } from './tags-and-rights.ts'

export function initiateMultipartUpload(context: Context): Answer {
  const { request, store } = context
  const bucket = bucketOf(context)
  const encode = encoderOf(request)
  checkOverwrite(context)
  const upload: Upload = {
    uploadId: randomBytes(16).toString('hex').toUpperCase(),
    bucket: bucket.name,
    key: keyOf(context),
    initiatedMs: stamp(context),
    storageClass: storageClassOf(request, bucket.storageClass),
    headers: keptHeaders(request),
    forbidOverwrite: forbidsOverwrite(request),
    ...tagsAndRights(request),
  }
  store.createUpload(upload)
  const names = [element('Bucket', bucket.name), element('Key', encode(upload.key)), element('UploadId', upload.uploadId)]
  return xmlAnswer(document(node('InitiateMultipartUploadResult', ...names)))
}

export function uploadOf(context: Context): Upload {
  const bucket = bucketOf(context)
  const uploadId = context.request.query.get('uploadId') ?? ''
  const upload = context.store.upload(bucket.name, keyOf(context), uploadId)
  if (!upload) throw new OssError('NoSuchUpload', { extra: { UploadId: uploadId } })
  return upload
}

export async function uploadPart(context: Context): Promise<Answer> {
  const number = partNumberOf(context)
  const upload = uploadOf(context)
  const received = await receiveObject(context)
  storePart(context, upload, number, received)
  return emptyAnswer({ ETag: `"${received.etag}"`, 'x-oss-hash-crc64ecma': received.crc64 })
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
    'x-oss-hash-crc64ecma': received.crc64,
  })
}

function copyRange({ request }: Context, size: number): { first: number; length: number } {
  const text = header(request, 'x-oss-copy-source-range')
  if (text === undefined) return { first: 0, length: size }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(text) ?? []
  const last = to === '' ? size - 1 : Number(to)
  if (from === '' || last >= size || Number(from) > last)
    throw invalidArgument('The range is not valid.', 'x-oss-copy-source-range', text)
  return { first: Number(from), length: last - Number(from) + 1 }
}

/** The upload may have ended while the body came in. Answers the part's time. */
function storePart(
  context: Context,
  { uploadId, bucket, key }: Upload,
  number: number,
  { body, size, etag, crc64: crc }: Received,
): number {
  const mtimeMs = stamp(context)
  if (!context.store.upload(bucket, key, uploadId)) {
    for (const blob of body) context.store.blobs.release(blob)
    throw new OssError('NoSuchUpload', { extra: { UploadId: uploadId } })
  }
  context.store.putPart(uploadId, { number, size, etag, crc64: crc, mtimeMs, body })
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
