import { StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { Hashes, ObjectInfo } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import { toMetadata } from './metadata.ts'

/** Of the whole blob, `size` bytes long, from the headers of HEAD or GET. `md5`: as Azure states it of the whole, in base64. */
export function toObjectInfo(key: string, size: number, headers: ReceivedHeaders, md5: string | undefined): ObjectInfo {
  const tier = header(headers, 'x-ms-access-tier')
  const archived = archivedOf(tier, header(headers, 'x-ms-archive-status'))
  return {
    key,
    size,
    mtimeMs: Date.parse(header(headers, 'last-modified') ?? ''),
    ...etagOf(headers),
    ...(tier && { storageClass: tier }),
    metadata: toMetadata(headers),
    hashes: header(headers, 'x-ms-blob-type') === 'BlockBlob' ? md5Of(md5) : {},
    ...(archived && { archived }),
  }
}

/**
 * Azure works it out itself for a blob that came in one request; of one put together from blocks it is what its writer said.
 * Append and page blobs change without it.
 */
export function md5Of(base64: string | undefined): Hashes {
  const md5 = Buffer.from(base64 ?? '', 'base64')
  return md5.length === 16 ? { md5: md5.toString('hex') } : {}
}

export function etagOf(headers: ReceivedHeaders): { readonly etag?: string } {
  const etag = header(headers, 'etag')
  return etag ? { etag: unquote(etag) } : {}
}

/** While a blob is brought back it is still in its tier. */
function archivedOf(tier: string | undefined, status: string | undefined): ObjectInfo['archived'] {
  if (tier !== 'Archive') return undefined
  return status?.startsWith('rehydrate-pending') ? 'restoring' : 'archived'
}

export function announcedBytes(headers: ReceivedHeaders): number {
  const length = header(headers, 'content-length')
  if (length === undefined) throw new StorageError('The answer has no Content-Length.', { kind: 'unexpected' })
  return Number(length)
}
