/** One row of a list: `URL <TAB> file name`, both URL-encoded as Alibaba Cloud's Data Online Migration wants them. Pure. */

export interface Row {
  readonly url: string
  readonly key: string
}
/** A sentence's end: what is wrong with the row. */
export interface BadRow {
  readonly fault: string
}

export const maxRowBytes = 64 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined for an empty line. `bytes` are without line feed. */
export function parseRow(bytes: Uint8Array): Row | BadRow | undefined {
  if (bytes.length > maxRowBytes) return bad(`has more than ${maxRowBytes} bytes`)
  const text = decode(() => utf8.decode(bytes))?.replace(/\r$/, '')
  if (text === '') return undefined
  if (text === undefined) return bad('is not UTF-8')
  const tab = text.indexOf('\t')
  if (tab < 0) return bad('has no tab between URL and file name')
  return toRow(text.slice(0, tab).trim(), text.slice(tab + 1))
}

function toRow(place: string, name: string): Row | BadRow {
  const url = toUrl(place)
  if (typeof url !== 'string') return url
  if (name === '') return bad('has no file name')
  if (name.includes('\t')) return bad('has a second tab: write a tab within a name as %09')
  const key = decode(() => decodeURIComponent(name.replaceAll('+', ' ')))
  return key === undefined ? bad('has a file name that is not URL-encoded: write % as %25') : { url, key }
}

/** A URL that was encoded as a whole is taken too. */
function toUrl(place: string): string | BadRow {
  const text = /^https?%3A%2F%2F/i.test(place) ? decode(() => decodeURIComponent(place)) : place
  const url = text === undefined || !text.includes(':') ? null : URL.parse(text)
  if (url === null) return bad('has no URL that begins with http:// or https://')
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.href
  return bad(`has a URL of the scheme "${url.protocol.slice(0, -1)}": only http and https can be read`)
}

const bad = (fault: string): BadRow => ({ fault })

function decode(work: () => string): string | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
