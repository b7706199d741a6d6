import { StorageError } from '../../error.ts'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { encodeQuery } from '../../http/encode.ts'
import type { KodoWire } from './wire.ts'

export const maxListEntries = 1000

export async function listBucket(wire: KodoWire, bucket: string, options: ListOptions = {}): Promise<ListPage> {
  const { prefix, cursor, limit = maxListEntries, signal } = options
  const query = {
    bucket,
    limit: Math.min(limit, maxListEntries),
    ...(prefix && { prefix }),
    ...(cursor !== undefined && { marker: cursor }),
  }
  return toPage(await wire.list(encodeQuery(query, ''), signal))
}

interface Item {
  readonly key: string
  readonly fsize: number
  /** In units of 100 ns. */
  readonly putTime: number
  readonly hash: string
  readonly type?: number
}

/** As the S3 door names them. */
const storageClasses = ['STANDARD', 'LINE', 'GLACIER', 'DEEP_ARCHIVE']

/** A page may have no items and yet a marker to go on with; the last one has none, or an empty one. */
export function toPage(json: string): ListPage {
  const { items, marker } = parse(json)
  return { entries: (items ?? []).map(toEntry), ...(marker && { next: marker }) }
}

function parse(json: string): { readonly items?: readonly Item[] | null; readonly marker?: string } {
  try {
    return JSON.parse(json) as { items?: Item[]; marker?: string }
  } catch (cause) {
    throw new StorageError('The listing is not JSON.', { kind: 'unexpected', cause })
  }
}

function toEntry({ key, fsize, putTime, hash, type = 0 }: Item): ListEntry {
  const storageClass = storageClasses[type]
  return { key, size: fsize, mtimeMs: Math.floor(putTime / 10_000), etag: hash, ...(storageClass && { storageClass }) }
}
