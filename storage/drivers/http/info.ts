import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { toContentHeaders } from '../../http/metadata.ts'
import type { ObjectInfo } from '../../storage.ts'

/**
 * What headers say of a file of `size` bytes. One without Last-Modified is of 1970: the same at each look, and never newer than
 * what was copied. Weak ETags keep their `W/`.
 */
export function toObjectInfo(key: string, size: number, headers: ReceivedHeaders): ObjectInfo {
  const etag = header(headers, 'etag')?.replace(/^"(.*)"$/, '$1')
  const mtimeMs = Date.parse(header(headers, 'last-modified') ?? '')
  return {
    key,
    size,
    mtimeMs: Number.isNaN(mtimeMs) ? 0 : mtimeMs,
    ...(etag && { etag }),
    metadata: { ...toContentHeaders(headers), user: {} },
    hashes: {},
  }
}

/** Undefined where the server does not say. */
export function announcedBytes(headers: ReceivedHeaders): number | undefined {
  const length = header(headers, 'content-length')
  return length === undefined ? undefined : Number(length)
}

/** Of `bytes 0-9/100` or `bytes *\/100`. */
export function wholeBytes(headers: ReceivedHeaders): number | undefined {
  const [, size] = /^bytes [^/]*\/(\d+)$/.exec(header(headers, 'content-range') ?? '') ?? []
  return size === undefined ? undefined : Number(size)
}
