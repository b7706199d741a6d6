import { decodeUrl, type Query } from '../../http/encode.ts'
import { element, split } from '../../http/xml.ts'
import type { CallOptions, Part, UploadRef } from '../../storage.ts'
import type { Wire } from './wire.ts'

const unquote = (etag: string): string => etag.replace(/^"|"$/g, '')

export async function listParts({ paths, send }: Wire, { key, uploadId }: UploadRef, { signal }: CallOptions): Promise<Part[]> {
  const parts: Part[] = []
  for (let marker = ''; ;) {
    const query = { uploadId, 'max-parts': 1000, ...(marker && { 'part-number-marker': marker }) }
    const { body } = await send({ method: 'GET', path: paths.xmlObject(key), query, about: 'upload', ...(signal && { signal }) })
    const { inside, outside } = split(body.toString('utf8'), 'Part')
    parts.push(...inside.map(toPart))
    const next = element(outside, 'NextPartNumberMarker') ?? ''
    if (element(outside, 'IsTruncated') !== 'true' || next === marker) return parts.sort((a, b) => a.number - b.number)
    marker = next
  }
}

function toPart(xml: string): Part {
  return {
    number: Number(element(xml, 'PartNumber')),
    size: Number(element(xml, 'Size')),
    etag: unquote(element(xml, 'ETag') ?? ''),
    hashes: {},
  }
}

/** Part sizes are not listed with uploads: 0. */
export async function listUploads({ paths, send }: Wire, key: string, { signal }: CallOptions): Promise<UploadRef[]> {
  const found: UploadRef[] = []
  for (let marker: Query = {}; ;) {
    const query = { uploads: undefined, prefix: key, 'encoding-type': 'url', ...marker }
    const { body } = await send({ method: 'GET', path: paths.xmlBucket, query, about: 'bucket', ...(signal && { signal }) })
    const { inside, outside } = split(body.toString('utf8'), 'Upload')
    const decode = element(outside, 'EncodingType') === 'url' ? decodeUrl : (text: string) => text
    for (const xml of inside) {
      if (decode(element(xml, 'Key') ?? '') === key) found.push({ key, uploadId: element(xml, 'UploadId') ?? '', partBytes: 0 })
    }
    const nextKey = decode(element(outside, 'NextKeyMarker') ?? '')
    if (element(outside, 'IsTruncated') !== 'true' || nextKey !== key) return found
    marker = { 'key-marker': nextKey, 'upload-id-marker': element(outside, 'NextUploadIdMarker') ?? '' }
  }
}
