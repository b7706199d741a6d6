import { StorageError } from '../error.ts'

const plain = /^[A-Za-z0-9\-._~/]*$/

/** RFC 3986: everything but unreserved characters is percent-encoded. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** As `encodeText`, with slashes left alone. `.` and `..` segments stay as they are. */
export function encodeKey(key: string): string {
  return plain.test(key) ? key : encodeText(key).replaceAll('%2F', '/')
}

/** A value of undefined is a name alone (`?uploads`); values that are absent are left out by the caller. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** Sorted by name, as signatures want it; `bare` follows a name that has no value. */
export function encodeQuery(query: Query, bare: '' | '='): string {
  return Object.keys(query)
    .sort()
    .map((name) => encodePair(name, query[name], bare))
    .join('&')
}

function encodePair(name: string, value: string | number | undefined, bare: string): string {
  return value === undefined ? encodeText(name) + bare : `${encodeText(name)}=${encodeText(String(value))}`
}

/** Undoes `encoding-type=url` for a key, where a space may be a plus sign. Fails as `decodePercent`. */
export function decodeUrl(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return decodePercent(text.replaceAll('+', ' '))
}

/** Fails `unexpected` for what is not percent-encoded UTF-8. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new StorageError(`The store answered with a name that is not URL-encoded: ${text.slice(0, 100)}`, { kind: 'unexpected' })
  }
}
