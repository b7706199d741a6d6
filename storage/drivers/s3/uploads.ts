import type { CallOptions, Part, UploadRef } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { decodeUrl, type Query } from '../../http/encode.ts'
import { unquote } from './listing.ts'
import type { Wire } from './wire.ts'
import { element, split } from './xml.ts'

/** Every part that the store holds, by number. */
export async function listParts<A>(
  wire: Wire,
  dialect: Dialect<A>,
  { key, uploadId }: UploadRef,
  { signal }: CallOptions,
): Promise<Part[]> {
  const parts: Part[] = []
  for (let marker: string | undefined; ;) {
    const query: Query = { uploadId, ...(marker !== undefined && { 'part-number-marker': marker }) }
    const { body } = await wire.send({ method: 'GET', key, query, about: 'upload', ...(signal && { signal }) })
    const { inside, outside } = split(body.toString('utf8'), 'Part')
    parts.push(...inside.map((xml) => toPart(xml, dialect)))
    const next = element(outside, 'NextPartNumberMarker')
    if (element(outside, 'IsTruncated') !== 'true' || next === undefined || next === marker)
      return parts.sort((a, b) => a.number - b.number)
    marker = next
  }
}

function toPart<A>(xml: string, dialect: Dialect<A>): Part {
  return {
    number: Number(element(xml, 'PartNumber')),
    size: Number(element(xml, 'Size')),
    etag: unquote(element(xml, 'ETag') ?? ''),
    hashes: dialect.hashes.fromXml(xml),
  }
}

/** Open uploads for exactly this key. Their part size is not known any more: 0. */
export async function listUploads<A>(
  wire: Wire,
  dialect: Dialect<A>,
  key: string,
  { signal }: CallOptions,
): Promise<UploadRef[]> {
  const found: UploadRef[] = []
  for (let marker: Query = {}; ;) {
    const query = { uploads: undefined, prefix: key, ...(dialect.listing.urlEncoding && { 'encoding-type': 'url' }), ...marker }
    const { body } = await wire.send({ method: 'GET', query, ...(signal && { signal }) })
    const { inside, outside } = split(body.toString('utf8'), 'Upload')
    const decode = element(outside, 'EncodingType') === 'url' ? decodeUrl : (text: string) => text
    const uploads = inside.map((xml) => ({
      key: decode(element(xml, 'Key') ?? ''),
      uploadId: element(xml, 'UploadId') ?? '',
      partBytes: 0,
    }))
    found.push(...uploads.filter((upload) => upload.key === key))
    const nextKey = decode(element(outside, 'NextKeyMarker') ?? '')
    if (element(outside, 'IsTruncated') !== 'true' || nextKey !== key) return found
    marker = { 'key-marker': nextKey, 'upload-id-marker': element(outside, 'NextUploadIdMarker') ?? '' }
  }
}
