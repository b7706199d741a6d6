import { createHash } from 'node:crypto'
import { xmlAnswer, type Answer } from '../answer.ts'
import { forbidsOverwrite } from '../conditions.ts'
import { keyOf, stamp, type Context } from '../context.ts'
import { combineCrc64 } from '../crc64.ts'
import { OssError } from '../error.ts'
import { KiB } from '../options.ts'
import { receiveText } from '../receive.ts'
import { header } from '../request.ts'
import type { ObjectPart, StoredObject } from '../store/model.ts'
import { document, element, elementTexts, innerTexts, node } from '../xml.ts'
import { encoderOf } from './list-objects.ts'
import { checkOverwrite } from './put-object.ts'
import { uploadOf } from './uploads.ts'

const minPartBytes = 100 * KiB

export async function completeMultipartUpload(context: Context): Promise<Answer> {
  const { request, store } = context
  const xml = await receiveText(context)
  const upload = uploadOf(context)
  const encode = encoderOf(request)
  const parts = chosenParts(context, xml, store.parts(upload.uploadId))
  const tooSmall = parts.slice(0, -1).find(part => part.size < minPartBytes)
  if (tooSmall) throw smallPart(tooSmall)
  checkOverwrite(context, forbidsOverwrite(request) || upload.forbidOverwrite)
  const object: StoredObject = {
    key: keyOf(context),
    type: 'Multipart',
    ...joined(parts),
    mtimeMs: stamp(context),
    storageClass: upload.storageClass,
    headers: upload.headers,
    ...(upload.tags === undefined ? {} : { tags: upload.tags }),
    ...(upload.acl === undefined ? {} : { acl: upload.acl }),
  }
  store.completeUpload(upload.uploadId, upload.bucket, object)
  const names = [
    element('EncodingType', request.query.get('encoding-type')),
    element('Location', `http://${upload.bucket}.${request.host}/${encode(upload.key)}`),
    element('Bucket', upload.bucket),
    element('Key', encode(upload.key)),
    element('ETag', `"${object.etag}"`),
  ]
  return xmlAnswer(document(node('CompleteMultipartUploadResult', ...names)), {
    ETag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
  })
}

const smallPart = ({ number, size, etag }: ObjectPart): OssError =>
  new OssError('EntityTooSmall', {
    extra: { ETag: `"${etag}"`, MinSizeAllowed: String(minPartBytes), ProposedSize: String(size), PartNumber: String(number) },
  })

/** The parts that the body lists, or all that are there. */
function chosenParts({ request }: Context, xml: string, present: readonly ObjectPart[]): readonly ObjectPart[] {
  if (header(request, 'x-oss-complete-all')?.toLowerCase() === 'yes') {
    if (xml !== '') throw new OssError('InvalidArgument', { message: 'The request body must be empty with x-oss-complete-all.' })
    if (present.length === 0) throw new OssError('InvalidPart')
    return present
  }
  const listed = innerTexts(xml, 'Part').map(parsePart)
  if (listed.length === 0) throw new OssError('MalformedXML')
  if (listed.some(({ number }, index) => index > 0 && number <= (listed[index - 1]?.number ?? 0)))
    throw new OssError('InvalidPartOrder')
  const byNumber = new Map(present.map(part => [part.number, part]))
  return listed.map(({ number, etag }) => {
    const part = byNumber.get(number)
    if (part?.etag === etag) return part
    throw new OssError('InvalidPart', { extra: { PartNumber: String(number), ETag: `"${etag}"` } })
  })
}

function parsePart(xml: string): { number: number; etag: string } {
  const number = Number(elementTexts(xml, 'PartNumber')[0])
  const etag = elementTexts(xml, 'ETag')[0]?.trim().replace(/^"|"$/g, '').toUpperCase()
  if (!Number.isInteger(number) || number < 1 || etag === undefined) throw new OssError('MalformedXML')
  return { number, etag }
}

function joined(parts: readonly ObjectPart[]): Pick<StoredObject, 'size' | 'etag' | 'crc64' | 'body'> {
  const etags = createHash('md5')
    .update(parts.map(part => part.etag).join(''))
    .digest('hex')
    .toUpperCase()
  return {
    size: parts.reduce((size, part) => size + part.size, 0),
    etag: `${etags}-${parts.length}`,
    crc64: String(parts.reduce((crc, part) => combineCrc64(crc, BigInt(part.crc64), part.size), 0n)),
    body: parts.flatMap(part => part.body),
  }
}
