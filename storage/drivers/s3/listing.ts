import type { ListEntry } from '../../storage.ts'
import { decodeUrl } from '../../http/encode.ts'
import { element, split } from '../../http/xml.ts'

export interface ScannedPage {
  readonly entries: readonly ScannedEntry[]
  readonly truncated: boolean
  readonly token?: string
  /** V1's NextMarker: a key. */
  readonly marker?: string
}

export interface ScannedEntry extends ListEntry {
  /** OSS: Normal, Multipart, Appendable or Symlink. */
  readonly type?: string
}

/**
 * Reads a page of ListObjects V1 or V2. Fields may come in any order; keys are URL-decoded where the page says that they are
 * encoded, and so is the token where `tokenEncoded` (a plus sign in it is one: tokens have no spaces).
 */
export function scanPage(xml: string, tokenEncoded: boolean): ScannedPage {
  const { inside, outside } = split(xml, 'Contents')
  const encoded = element(outside, 'EncodingType') === 'url'
  const decode = encoded ? decodeUrl : same
  const token = element(outside, 'NextContinuationToken')
  const marker = element(outside, 'NextMarker')
  return {
    entries: inside.map((entry) => toEntry(entry, decode)),
    truncated: element(outside, 'IsTruncated') === 'true',
    ...(token && { token: encoded && tokenEncoded ? decodeURIComponent(token) : token }),
    ...(marker && { marker: decode(marker) }),
  }
}

function toEntry(xml: string, decode: (text: string) => string): ScannedEntry {
  const etag = element(xml, 'ETag')
  const storageClass = element(xml, 'StorageClass')
  const type = element(xml, 'Type')
  return {
    key: decode(element(xml, 'Key') ?? ''),
    size: Number(element(xml, 'Size')),
    mtimeMs: Date.parse(element(xml, 'LastModified') ?? ''),
    ...(etag && { etag: unquote(etag) }),
    ...(storageClass && { storageClass }),
    ...(type && { type }),
  }
}

const same = (text: string): string => text

export function unquote(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}
