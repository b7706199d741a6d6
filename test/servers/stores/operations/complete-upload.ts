import { createHash } from 'node:crypto'
import { xmlAnswer, type Answer } from '../answer.ts'
import { checkPrecondition, preconditionOf } from '../conditions.ts'
import { keyOf, stamp, type Context } from '../context.ts'
import { combineCrc32, combineCrc64 } from '../crc64.ts'
import type { Dialect } from '../dialect.ts'
import { StoreError } from '../error.ts'
import { prove, receiveText } from '../receive.ts'
import { own } from '../request.ts'
import type { ObjectPart, StoredObject } from '../store/model.ts'
import { document, element, elementTexts, innerTexts, node } from '../xml.ts'
import { encoderOf } from './list-objects.ts'
import { uploadOf } from './uploads.ts'

export async function completeMultipartUpload(context: Context): Promise<Answer> {
  const { request, dialect } = context
  const xml = await receiveText(context)
  const upload = uploadOf(context)
  const encode = encoderOf(context)
  const object = complete(context, listedParts(context, xml), upload.headers)
  const names = [
    element('EncodingType', request.query.get('encoding-type')),
    element('Location', `http://${request.host}${request.path}`),
    element('Bucket', upload.bucket),
    element('Key', encode(upload.key)),
    element('ETag', `"${object.etag}"`),
    dialect.shows.completed(object),
  ]
  return xmlAnswer(document(node('CompleteMultipartUploadResult', ...names)), {
    ETag: `"${object.etag}"`,
    ...dialect.shows.hashes(request.door.prefix, object, 'complete'),
  })
}

/** Makes the object of the parts listed, or of all that are there. */
export function complete(context: Context, listed: readonly ListedPart[] | 'all', headers: StoredObject['headers']): StoredObject {
  const { request, dialect, store } = context
  const { minPartBytes } = dialect.limits
  const upload = uploadOf(context)
  const parts = chosenParts(listed, store.parts(upload.uploadId))
  const tooSmall = parts.slice(0, -1).find(part => part.size < minPartBytes)
  if (tooSmall) throw smallPart(tooSmall, minPartBytes)
  const asked = preconditionOf(context)
  checkPrecondition(context, upload.forbidOverwrite ? { ...asked, absent: asked.absent ?? 'forbid-overwrite' } : asked)
  const object: StoredObject = {
    key: keyOf(context),
    type: 'Multipart',
    ...joined(parts, dialect),
    mtimeMs: stamp(context),
    storageClass: upload.storageClass,
    headers,
    ...(upload.tags && { tags: upload.tags }),
    ...(upload.acl && { acl: upload.acl }),
  }
  const ofWhole = request.door.proofs(request).filter(({ hash }) => hash === 'crc32' || hash === 'crc64')
  prove(ofWhole, object)
  store.completeUpload(upload.uploadId, upload.bucket, object)
  return object
}

export interface ListedPart {
  readonly number: number
  /** In upper case. */
  readonly etag: string
}

const smallPart = ({ number, size, etag }: ObjectPart, minPartBytes: number): StoreError =>
  new StoreError('EntityTooSmall', {
    extra: { ETag: `"${etag}"`, MinSizeAllowed: String(minPartBytes), ProposedSize: String(size), PartNumber: String(number) },
  })

function listedParts({ request }: Context, xml: string): ListedPart[] | 'all' {
  if (own(request, 'complete-all')?.toLowerCase() === 'yes') {
    if (xml !== '') throw new StoreError('InvalidArgument', { message: 'The request body must be empty with complete-all.' })
    return 'all'
  }
  return innerTexts(xml, 'Part').map(parsePart)
}

function chosenParts(listed: readonly ListedPart[] | 'all', present: readonly ObjectPart[]): readonly ObjectPart[] {
  if (listed === 'all' && present.length === 0) throw new StoreError('InvalidPart')
  if (listed === 'all') return present
  if (listed.length === 0) throw new StoreError('MalformedXML')
  if (listed.some(({ number }, index) => index > 0 && number <= (listed[index - 1]?.number ?? 0)))
    throw new StoreError('InvalidPartOrder')
  const byNumber = new Map(present.map(part => [part.number, part]))
  return listed.map(({ number, etag }) => {
    const part = byNumber.get(number)
    if (part?.etag.toUpperCase() === etag) return part
    throw new StoreError('InvalidPart', { extra: { PartNumber: String(number), ETag: `"${etag}"` } })
  })
}

function parsePart(xml: string): ListedPart {
  const number = Number(elementTexts(xml, 'PartNumber')[0])
  const etag = elementTexts(xml, 'ETag')[0]?.trim().replace(/^"|"$/g, '').toUpperCase()
  if (!Number.isInteger(number) || number < 1 || etag === undefined) throw new StoreError('MalformedXML')
  return { number, etag }
}

function joined(parts: readonly ObjectPart[], { etags, crc32 }: Dialect): Pick<StoredObject, 'size' | 'etag' | 'crc64' | 'crc32' | 'body'> {
  const texts = parts.map(part => part.etag).join('')
  const digest = createHash('md5').update(etags.ofTexts ? texts : Buffer.from(texts, 'hex')).digest('hex')
  return {
    size: parts.reduce((size, part) => size + part.size, 0),
    etag: `${etags.upper ? digest.toUpperCase() : digest}-${parts.length}`,
    crc64: String(parts.reduce((crc, part) => combineCrc64(crc, BigInt(part.crc64), part.size), 0n)),
    ...(crc32 && { crc32: String(parts.reduce((crc, part) => combineCrc32(crc, BigInt(part.crc32 ?? 0), part.size), 0n)) }),
    body: parts.flatMap(part => part.body),
  }
}
