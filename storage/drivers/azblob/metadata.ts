import type { BlobHTTPHeaders } from '@azure/storage-blob'
import { StorageError } from '../../error.ts'
import type { Metadata } from '../../storage.ts'
import { rfc2047 } from '../../http/metadata-text.ts'
import { decodeName, encodeName } from './metadata-names.ts'

/** As the SDK takes them. */
export interface BlobMetadata {
  readonly headers: BlobHTTPHeaders
  readonly metadata: Record<string, string>
}

const headerNames = {
  contentType: 'blobContentType',
  cacheControl: 'blobCacheControl',
  contentEncoding: 'blobContentEncoding',
  contentDisposition: 'blobContentDisposition',
  contentLanguage: 'blobContentLanguage',
} as const satisfies Partial<Record<keyof Metadata, keyof BlobHTTPHeaders>>
type ContentField = keyof typeof headerNames
const contentFields = Object.keys(headerNames) as ContentField[]

/** Without one the service would take its own default, which is this. */
const defaultContentType = 'application/octet-stream'

/** Azure has no Expires: it is kept as metadata, under a name that no other store can give (none takes a colon). */
const expiresName = ':expires'

/** Fails `metadata-unsupported`; above `maxBytes` of names and values, as they are sent, too. */
export function toBlobMetadata({ user, expires, ...content }: Metadata, maxBytes: number): BlobMetadata {
  const headers: { -readonly [F in keyof BlobHTTPHeaders]: BlobHTTPHeaders[F] } = { blobContentType: defaultContentType }
  for (const field of contentFields) {
    const value = content[field]
    if (value) headers[headerNames[field]] = checkedHeader(value, field)
  }
  const named = Object.entries(expires ? { ...user, [expiresName]: expires } : user)
  const metadata = Object.fromEntries(named.map(([name, value]) => [encodeName(name), encodeValue(value)]))
  const bytes = Buffer.byteLength(Object.entries(metadata).flat().join(''))
  if (bytes > maxBytes) throw unsupported(`The user metadata has ${bytes} bytes as it is sent, Azure holds at most ${maxBytes}.`)
  if ('' in metadata) throw unsupported('A metadata name may not be empty.')
  return { headers, metadata }
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

type Described = { readonly [F in ContentField]?: string | undefined } & { readonly metadata?: Readonly<Record<string, string>> | undefined }

export function toMetadata(blob: Described): Metadata {
  const user = Object.entries(blob.metadata ?? {}).map(([name, value]) => [decodeName(name), rfc2047.decode(value)] as const)
  const content = contentFields.map((field) => [field, blob[field]] as const).filter(([, value]) => value)
  const expires = user.find(([name]) => name === expiresName)?.[1]
  return {
    ...(Object.fromEntries(content) as { [F in ContentField]?: string }),
    ...(expires !== undefined && { expires }),
    user: Object.fromEntries(user.filter(([name]) => name !== expiresName)),
  }
}
