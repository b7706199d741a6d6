import { StorageError } from '../../error.ts'
import type { ListEntry } from '../../storage.ts'
import { decodePercent, decodeUrl } from '../../http/encode.ts'
import { decodeEntities, eachLeaf, element, split } from '../../http/xml.ts'

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
 * encoded, and so is the token where `tokenEncoded` (a plus sign in it is one: tokens have no spaces). Fails `unexpected` for what is no
 * such page: it would be taken for an empty one.
 */
export function scanPage(xml: string, tokenEncoded: boolean): ScannedPage {
  const { inside, outside } = split(xml, 'Contents')
  if (!outside.includes('</ListBucketResult>')) throw new StorageError('The store answered with no listing, or with half of one.', { kind: 'unexpected' })
  const encoded = element(outside, 'EncodingType') === 'url'
  const decode = encoded ? decodeUrl : same
  const token = element(outside, 'NextContinuationToken')
  const marker = element(outside, 'NextMarker')
  return {
    entries: inside.map((entry) => toEntry(entry, decode)),
    truncated: element(outside, 'IsTruncated') === 'true',
    ...(token && { token: encoded && tokenEncoded ? decodePercent(token) : token }),
    ...(marker && { marker: decode(marker) }),
  }
}

function toEntry(xml: string, decode: (text: string) => string): ScannedEntry {
  const entry: { -readonly [F in keyof ScannedEntry]: ScannedEntry[F] } = { key: '', size: Number.NaN, mtimeMs: Number.NaN }
  eachLeaf(xml, (name, text) => {
    if (text === '') return
    if (name === 'Key') entry.key = decode(decodeEntities(text))
    else if (name === 'Size') entry.size = Number(text)
    else if (name === 'LastModified') entry.mtimeMs = Date.parse(text)
    else if (name === 'ETag') entry.etag = etagOf(text)
    else if (name === 'StorageClass') entry.storageClass = decodeEntities(text)
    else if (name === 'Type') entry.type = decodeEntities(text)
  })
  return checkedEntry(entry)
}

/** Most stores write the quotes of an ETag as one of these: a look saves decoding them. */
const quotes = ['&quot;', '&#34;']

function etagOf(text: string): string {
  const quote = quotes.find((one) => text.startsWith(one))
  const isPlain = quote !== undefined && text.endsWith(quote) && text.indexOf('&', 1) === text.length - quote.length
  return isPlain ? text.slice(quote.length, -quote.length) : unquote(decodeEntities(text))
}

/** Fails `unexpected` where it lacks its name, size or time. */
export function checkedEntry<E extends ListEntry>(entry: E): E {
  const { key, size, mtimeMs } = entry
  if (key !== '' && Number.isSafeInteger(size) && size >= 0 && Number.isFinite(mtimeMs)) return entry
  throw new StorageError(`The store listed an object without name, size or time: ${JSON.stringify(key)}.`, { kind: 'unexpected' })
}

const same = (text: string): string => text

export function unquote(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}
