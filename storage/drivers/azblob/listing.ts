import { StorageError } from '../../error.ts'
import type { ListEntry, ListPage } from '../../storage.ts'
import { checkedEntry, unquote } from '../s3/listing.ts'
import { decodePercent } from '../../http/encode.ts'
import { decodeEntities, element, split } from '../../http/xml.ts'

/** Reads a page of List Blobs with metadata; `next` is Azure's marker. */
export function scanPage(xml: string): ListPage {
  const { inside, outside } = split(xml, 'Blob')
  if (!outside.includes('</EnumerationResults>')) throw new StorageError('The listing has no end.', { kind: 'unexpected' })
  const next = element(outside, 'NextMarker')
  const hidden = inside.filter(isFolder).map(nameOf)
  const blobs = hidden.length === 0 ? inside : inside.filter((blob) => !isFolder(blob))
  return { entries: blobs.map(toEntry), ...(hidden.length > 0 && { hidden }), ...(next && { next }) }
}

/** A hierarchical account lists its folders as blobs of no bytes, which only their metadata tells. */
const isFolder = (blob: string): boolean => /<hdi_isfolder>true<\/hdi_isfolder>/i.test(blob) && sizeOf(blob) === 0
const sizeOf = (blob: string): number => Number(element(blob, 'Content-Length') || Number.NaN)

/** Metadata may have elements of any name: properties come before it. */
function toEntry(blob: string): ListEntry {
  const etag = element(blob, 'Etag')
  const tier = element(blob.slice(0, blob.indexOf('</Properties>')), 'AccessTier')
  return checkedEntry({
    key: nameOf(blob),
    size: sizeOf(blob),
    mtimeMs: Date.parse(element(blob, 'Last-Modified') ?? ''),
    ...(etag && { etag: unquote(etag) }),
    ...(tier && { storageClass: tier }),
  })
}

/** What XML cannot hold is percent-encoded, and the name is marked so. */
function nameOf(blob: string): string {
  const [, encoded, name = ''] = /<Name( Encoded="true")?>([^<]*)<\/Name>/.exec(blob) ?? []
  const text = decodeEntities(name)
  return encoded === undefined ? text : decodePercent(text)
}
