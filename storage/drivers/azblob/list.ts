import type { BlobItem } from '@azure/storage-blob'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import type { Client } from './client.ts'
import { limits } from './limits.ts'

/** One page by Azure's own marker. Metadata comes along because only that tells the folders of a hierarchical account from blobs. */
export async function listBlobs({ container, call }: Client, options: ListOptions = {}): Promise<ListPage> {
  const { prefix, cursor, limit = limits.maxListEntries, signal } = options
  const blobs = container.listBlobsFlat({ includeMetadata: true, ...(prefix && { prefix }), ...(signal && { abortSignal: signal }) })
  const pages = blobs.byPage({ maxPageSize: Math.min(limit, limits.maxListEntries), ...(cursor !== undefined && { continuationToken: cursor }) })
  const { value: page } = await call('container', () => pages.next())
  const next: string | undefined = page?.continuationToken
  const items: readonly BlobItem[] = page?.segment.blobItems ?? []
  return { entries: items.filter((item) => !isFolder(item)).map(toEntry), ...(next && { next }) }
}

const isFolder = ({ metadata, properties }: BlobItem): boolean =>
  properties.contentLength === 0 && Object.entries(metadata ?? {}).some(([name, value]) => name.toLowerCase() === 'hdi_isfolder' && value === 'true')

function toEntry({ name, properties: { contentLength = 0, lastModified, etag, accessTier } }: BlobItem): ListEntry {
  return {
    key: name,
    size: contentLength,
    mtimeMs: lastModified.getTime(),
    etag: unquote(etag),
    ...(accessTier && { storageClass: accessTier }),
  }
}
