import { StorageError } from '../../error.ts'
import type { Hashes, ObjectInfo } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import { toMetadata } from './metadata.ts'

/** What the SDK makes of the headers of HEAD and GET. */
export interface Described extends Readonly<Partial<Record<'contentType' | 'cacheControl' | 'contentEncoding' | 'contentDisposition' | 'contentLanguage', string>>> {
  readonly lastModified?: Date
  readonly etag?: string
  readonly accessTier?: string
  readonly archiveStatus?: string
  readonly blobType?: string
  readonly metadata?: Record<string, string>
}

/** Of the whole object, `size` bytes long; `md5` as Azure states it of the whole. */
export function toObjectInfo(key: string, size: number, blob: Described, md5: Uint8Array | undefined): ObjectInfo {
  const archived = archivedOf(blob)
  return {
    key,
    size,
    mtimeMs: blob.lastModified?.getTime() ?? Number.NaN,
    ...(blob.etag && { etag: unquote(blob.etag) }),
    ...(blob.accessTier && { storageClass: blob.accessTier }),
    metadata: toMetadata(blob),
    hashes: blob.blobType === 'BlockBlob' ? md5Of(md5) : {},
    ...(archived && { archived }),
  }
}

/**
 * Azure works it out itself for a blob that came in one request; of one put together from blocks it is what its writer said.
 * Append and page blobs change without it.
 */
export function md5Of(md5: Uint8Array | undefined): Hashes {
  return md5?.length === 16 ? { md5: Buffer.from(md5).toString('hex') } : {}
}

/** While a blob is brought back it is still in its tier. */
function archivedOf({ accessTier, archiveStatus }: Described): ObjectInfo['archived'] {
  if (accessTier !== 'Archive') return undefined
  return archiveStatus?.startsWith('rehydrate-pending') ? 'restoring' : 'archived'
}

export function announced(bytes: number | undefined): number {
  if (bytes === undefined) throw new StorageError('The answer has no Content-Length.', { kind: 'unexpected' })
  return bytes
}
