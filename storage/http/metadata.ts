import { StorageError } from '../error.ts'
import type { Metadata } from '../storage.ts'
import { header, type ReceivedHeaders } from './headers.ts'
import type { MetadataText } from './metadata-text.ts'

/** How a store holds metadata. */
export interface MetadataForm {
  /** `x-amz-meta-` */
  readonly prefix: string
  readonly text: MetadataText
  /** What a name is made of, in lower case. */
  readonly names: RegExp
}

export const contentHeaders = {
  contentType: 'content-type',
  cacheControl: 'cache-control',
  contentEncoding: 'content-encoding',
  contentDisposition: 'content-disposition',
  contentLanguage: 'content-language',
  expires: 'expires',
} as const
type ContentField = keyof typeof contentHeaders
const contentFields = Object.keys(contentHeaders) as ContentField[]

/** Without a content type stores would guess or differ in their default: this one is always sent. */
const defaultContentType = 'application/octet-stream'

/** Any header name. */
export const anyName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** Fails `metadata-unsupported`; above `maxBytes` of names and values too. */
export function toMetadataHeaders(metadata: Metadata, form: MetadataForm, maxBytes: number): Record<string, string> {
  const bytes = Buffer.byteLength(Object.entries(metadata.user).flat().join(''))
  if (bytes > maxBytes) throw unsupported(`The user metadata has ${bytes} bytes, the store holds at most ${maxBytes}.`)
  const headers: Record<string, string> = { 'content-type': defaultContentType }
  for (const field of contentFields) {
    const value = metadata[field]
    if (value) headers[contentHeaders[field]] = checked(value, contentHeaders[field])
  }
  for (const [name, value] of Object.entries(metadata.user)) {
    const kept = name.toLowerCase()
    const fault = metadataFault(form, kept, value)
    if (fault !== undefined) throw unsupported(fault)
    headers[form.prefix + kept] = form.text.encode(value) ?? ''
  }
  return headers
}

/** Why user metadata cannot be held; undefined when it can. Pure. */
export function metadataFault({ names, text }: MetadataForm, name: string, value: string): string | undefined {
  if (!names.test(name)) return `The store cannot hold the metadata name "${name}".`
  const kept = text.encode(value)
  return kept === undefined || control.test(kept) ? valueFault(name) : undefined
}

const control = /[\x00-\x08\x0a-\x1f\x7f]/
const valueFault = (name: string): string => `The store cannot hold the value of "${name}": control characters or spaces at its ends.`

function checked(value: string, name: string): string {
  if (control.test(value)) throw unsupported(valueFault(name))
  return value
}

const unsupported = (message: string): StorageError => new StorageError(message, { kind: 'metadata-unsupported' })

export function toMetadata(headers: ReceivedHeaders, form: MetadataForm): Metadata {
  const user: Record<string, string> = {}
  for (const name of headers.keys()) {
    if (name.startsWith(form.prefix)) user[name.slice(form.prefix.length)] = form.text.decode(header(headers, name) ?? '')
  }
  return { ...toContentHeaders(headers), user }
}

/** Metadata without the user's. */
export function toContentHeaders(headers: ReceivedHeaders): Omit<Metadata, 'user'> {
  const content: { -readonly [F in ContentField]?: string } = {}
  for (const field of contentFields) {
    const value = header(headers, contentHeaders[field])
    if (value) content[field] = value
  }
  return content
}
