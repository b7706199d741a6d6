import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { Hashes, ObjectInfo } from '../../storage.ts'
import { toUssMetadata } from './metadata.ts'

/** What the headers of HEAD and GET say of a whole file of `size` bytes. */
export function toObjectInfo(key: string, size: number, headers: ReceivedHeaders): ObjectInfo {
  const etag = header(headers, 'etag')?.replace(/^"(.*)"$/, '$1')
  return { key, size, mtimeMs: timeOf(headers), ...(etag && { etag }), metadata: toUssMetadata(headers), hashes: hashesOf(headers) }
}

export function folderInfo(key: string, headers: ReceivedHeaders): ObjectInfo {
  return { key, size: 0, mtimeMs: timeOf(headers), kind: 'directory', metadata: { user: {} }, hashes: {} }
}

function timeOf(headers: ReceivedHeaders): number {
  const modifiedMs = Date.parse(header(headers, 'last-modified') ?? '')
  return Number.isNaN(modifiedMs) ? Number(header(headers, 'x-upyun-file-date') ?? 0) * 1000 : modifiedMs
}

export function hashesOf(headers: ReceivedHeaders): Hashes {
  const md5 = header(headers, 'content-md5')
  return md5 !== undefined && /^[0-9a-f]{32}$/i.test(md5) ? { md5: md5.toLowerCase() } : {}
}
