import { xmlAnswer, type Answer } from '../answer.ts'
import { percentEncode } from '../bytes.ts'
import { bucketOf, isoTime, type Context } from '../context.ts'
import { parameter } from '../request.ts'
import type { Upload } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { countOf, encoderOf } from './list-objects.ts'
import { uploadOf } from './uploads.ts'

export function listParts(context: Context): Answer {
  const { request, store } = context
  const upload = uploadOf(context)
  const encode = encoderOf(context)
  const marker = Number(parameter(request, 'part-number-marker') || 0)
  const max = countOf(context, 'max-parts', 1000)
  const rest = store.parts(upload.uploadId).filter(part => part.number > marker)
  const page = rest.slice(0, max)
  return xmlAnswer(
    document(
      node(
        'ListPartsResult',
        encode === percentEncode ? element('EncodingType', 'url') : '',
        element('Bucket', upload.bucket),
        element('Key', encode(upload.key)),
        element('UploadId', upload.uploadId),
        element('StorageClass', upload.storageClass),
        element('PartNumberMarker', String(marker)),
        element('NextPartNumberMarker', String(page.at(-1)?.number ?? marker)),
        element('MaxParts', String(max)),
        element('IsTruncated', String(rest.length > page.length)),
        ...page.map(part =>
          node(
            'Part',
            element('PartNumber', String(part.number)),
            element('LastModified', isoTime(part.mtimeMs)),
            element('ETag', `"${part.etag}"`),
            context.dialect.shows.part(part),
            element('Size', String(part.size)),
          ),
        ),
      ),
    ),
  )
}

export function listMultipartUploads(context: Context): Answer {
  const { request, store } = context
  const bucket = bucketOf(context)
  const encode = encoderOf(context)
  const asked = (name: string): string => parameter(request, name) ?? ''
  const max = countOf(context, 'max-uploads', 1000)
  const rest = store
    .uploads(bucket.name)
    .filter(upload => upload.key.startsWith(asked('prefix')) && isBehind(upload, asked('key-marker'), asked('upload-id-marker')))
  const { uploads, prefixes, truncated } = fold(rest, asked('prefix'), asked('delimiter'), max)
  const last = uploads.at(-1)
  return xmlAnswer(
    document(
      node(
        'ListMultipartUploadsResult',
        encode === percentEncode ? element('EncodingType', 'url') : '',
        element('Bucket', bucket.name),
        element('KeyMarker', encode(asked('key-marker'))),
        element('UploadIdMarker', asked('upload-id-marker')),
        element('NextKeyMarker', truncated ? encode(last?.key ?? prefixes.at(-1) ?? '') : ''),
        element('NextUploadIdMarker', truncated ? (last?.uploadId ?? '') : ''),
        element('Delimiter', encode(asked('delimiter'))),
        element('Prefix', encode(asked('prefix'))),
        element('MaxUploads', String(max)),
        element('IsTruncated', String(truncated)),
        ...uploads.map(upload =>
          node(
            'Upload',
            element('Key', encode(upload.key)),
            element('UploadId', upload.uploadId),
            element('StorageClass', upload.storageClass),
            element('Initiated', isoTime(upload.initiatedMs)),
          ),
        ),
        ...prefixes.map(prefix => node('CommonPrefixes', element('Prefix', encode(prefix)))),
      ),
    ),
  )
}

/** Behind the markers; without an upload id marker every upload of the marked key is passed. */
function isBehind({ key, uploadId }: Upload, keyMarker: string, uploadIdMarker: string): boolean {
  if (key !== keyMarker) return key > keyMarker
  return uploadIdMarker !== '' && uploadId > uploadIdMarker
}

function fold(
  all: readonly Upload[],
  prefix: string,
  delimiter: string,
  max: number,
): { uploads: Upload[]; prefixes: string[]; truncated: boolean } {
  const uploads: Upload[] = []
  const prefixes: string[] = []
  for (const upload of all) {
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length)
    const common = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length)
    if (common !== undefined && common === prefixes.at(-1)) continue
    if (uploads.length + prefixes.length === max) return { uploads, prefixes, truncated: true }
    if (common === undefined) uploads.push(upload)
    else prefixes.push(common)
  }
  return { uploads, prefixes, truncated: false }
}
