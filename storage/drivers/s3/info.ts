import type { ObjectInfo } from '../../storage.ts'
import { archivedOf } from './archive.ts'
import type { Dialect } from './dialect.ts'
import { etagOf } from './hashes.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { toMetadata } from '../../http/metadata.ts'

/** What the headers of HEAD and GET say of the whole object, `size` bytes long. */
export function toObjectInfo<A>(key: string, size: number, headers: ReceivedHeaders, dialect: Dialect<A>): ObjectInfo {
  const etag = etagOf(headers)
  const storageClass = header(headers, dialect.storageClassHeader)
  const archived = archivedOf(headers, dialect.archive)
  return {
    key,
    size,
    mtimeMs: Date.parse(header(headers, 'last-modified') ?? ''),
    ...(etag && { etag }),
    ...(storageClass && { storageClass }),
    metadata: toMetadata(headers, dialect.metadata),
    hashes: dialect.hashes.fromHeaders(headers),
    ...(archived && { archived }),
    ...(dialect.copies?.isLink?.(headers) && { isLink: true }),
  }
}
