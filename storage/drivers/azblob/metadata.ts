import { StorageError } from '../../error.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import { contentHeaders as httpContentHeaders } from '../../http/metadata.ts'
import { rfc2047 } from '../../http/metadata-text.ts'
import type { Metadata } from '../../storage.ts'
import { decodeName, encodeName } from './metadata-names.ts'
import type { Headers } from './shared-key.ts'

/** As they are answered; as they are sent, `x-ms-blob-` stands before. */
const { expires: _expires, ...contentHeaders } = httpContentHeaders
type ContentField = keyof typeof contentHeaders
const contentFields = Object.keys(contentHeaders) as ContentField[]

const prefix = 'x-ms-meta-'
export const isMetadata = (name: string): boolean => name.startsWith(prefix)

/** Without one the service would take its own default, which is this. */
const defaultContentType = 'application/octet-stream'

/** Azure has no Expires: it is kept as metadata, under a name that no other store can give (none takes a colon). */
const expiresName = ':expires'

/** Fails `metadata-unsupported`; above `maxBytes` of names and values, as they are sent, too. */
export function toMetadataHeaders({ user, expires, ...content }: Metadata, maxBytes: number): Headers {
  const headers: Headers = { 'x-ms-blob-content-type': defaultContentType }
  for (const field of contentFields) {
    const value = content[field]
    if (value) headers[`x-ms-blob-${contentHeaders[field]}`] = checkedHeader(value, field)
  }
  let bytes = 0
  for (const [name, value] of Object.entries(expires ? { ...user, [expiresName]: expires } : user)) {
    if (name === '') throw unsupported('A metadata name may not be empty.')
    const [kept, text] = [encodeName(name), encodeValue(value)]
    headers[prefix + kept] = text
    bytes += kept.length + text.length
  }
  if (bytes > maxBytes) throw unsupported(`The user metadata has ${bytes} bytes as it is sent, Azure holds at most ${maxBytes}.`)
  return headers
}

/** Spaces in a row are encoded too: what is signed may count them as one. */
const encodeValue = (value: string): string => (/\s{2}/.test(value) ? undefined : rfc2047.encode(value)) ?? encodedWord(value)
const encodedWord = (value: string): string => `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`

function checkedHeader(value: string, name: string): string {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    throw unsupported(`Azure's ${name} holds printable ASCII without spaces at its ends, not ${JSON.stringify(value)}.`)
  return value
}

const unsupported = (message: string): StorageError => new StorageError(message, { kind: 'metadata-unsupported' })

export function toMetadata(headers: ReceivedHeaders): Metadata {
  const content: { -readonly [F in ContentField]?: string } = {}
  for (const field of contentFields) {
    const value = header(headers, contentHeaders[field])
    if (value) content[field] = value
  }
  const { [expiresName]: expires, ...user } = toUser(headers)
  return { ...content, ...(expires !== undefined && { expires }), user }
}

function toUser(headers: ReceivedHeaders): Readonly<Record<string, string>> {
  const names = [...headers.keys()].filter(isMetadata)
  return Object.fromEntries(names.map((name) => [decodeName(name.slice(prefix.length)), rfc2047.decode(header(headers, name) ?? '')]))
}
