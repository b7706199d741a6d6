import type { ListEntry } from '../../storage.ts'
import { decodeUrl } from '../../http/encode.ts'
import { element, split } from './xml.ts'

export interface ScannedPage {
  readonly entries: readonly ScannedEntry[]
  readonly truncated: boolean
  /** Continuation token, or V1's next marker. */
  readonly token?: string
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
  const token = element(outside, 'NextContinuationToken') ?? element(outside, 'NextMarker')
  return {
    entries: inside.map((entry) => toEntry(entry, decode)),
    truncated: element(outside, 'IsTruncated') === 'true',
    ...(token && { token: encoded && tokenEncoded ? decodeURIComponent(token) : token }),
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
  return etag.replace(/^"(.*)"$/, '$1')
}
