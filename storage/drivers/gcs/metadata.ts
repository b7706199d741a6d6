import { StorageError } from '../../error.ts'
import type { Metadata } from '../../storage.ts'

/**
 * Cloud Storage has no Expires of an object's own: it is kept as user metadata of this name and read back from it. Cloud Storage
 * keeps the case of metadata names, tranship does not: they are read in lower case.
 */
const expiresName = 'http-expires'
export const maxMetadataBytes = 8192

/** The part of an object resource of the JSON API that is metadata. */
export interface MetadataFields {
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentEncoding?: string
  readonly contentDisposition?: string
  readonly contentLanguage?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** Fails `metadata-unsupported`. */
export function toMetadataFields({ user, expires, ...headers }: Metadata): MetadataFields {
  const named = withExpires(user, expires)
  for (const [name, value] of Object.entries({ ...headers, ...named })) assertPrintable(name, value)
  return { ...headers, ...(Object.keys(named).length > 0 && { metadata: named }) }
}

export function ofMetadataFields(fields: MetadataFields): Metadata {
  const { contentType, cacheControl, contentEncoding, contentDisposition, contentLanguage, metadata = {} } = fields
  const named = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value] as const)
  const { [expiresName]: expires, ...user } = Object.fromEntries(named)
  return {
    ...(contentType && { contentType }),
    ...(cacheControl && { cacheControl }),
    ...(contentEncoding && { contentEncoding }),
    ...(contentDisposition && { contentDisposition }),
    ...(contentLanguage && { contentLanguage }),
    ...(expires && { expires }),
    user,
  }
}

/**
 * As the XML API takes it, for objects in parts. Google's tools percent-encode what is not ASCII in its headers, and the JSON
 * API then shows it encoded: such values are refused instead of changed.
 */
export function toMetadataHeaders(metadata: Metadata): Record<string, string> {
  const { metadata: user = {}, ...fields } = toMetadataFields(metadata)
  const headers: Record<string, string> = { 'content-type': defaultContentType }
  for (const [field, value] of Object.entries(fields)) headers[headerName(field)] = ascii(field, value)
  for (const [name, value] of Object.entries(user)) headers[`x-goog-meta-${name}`] = ascii(name, value)
  return headers
}

/** Sent where there is none: no content type is to be guessed from the name. */
export const defaultContentType = 'application/octet-stream'

const headerName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function withExpires(user: Metadata['user'], expires: string | undefined): Record<string, string> {
  const named: Record<string, string> = {}
  for (const [name, value] of Object.entries(user)) named[name.toLowerCase()] = value
  return expires === undefined ? named : { ...named, [expiresName]: expires }
}

function assertPrintable(name: string, value: string): void {
  const fault = metadataFault(name, value)
  if (fault !== undefined) throw unsupported(fault)
}

/** Why user metadata cannot be held; undefined when it can. Pure. */
export function metadataFault(name: string, value: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return `The metadata name "${name}" is not one of a header.`
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(value) ? `The value of "${name}" has control characters.` : undefined
}

function ascii(name: string, value: string): string {
  if (/^[\x20-\x7e\t]*$/.test(value)) return value
  throw unsupported(`The value of "${name}" is not ASCII, and Cloud Storage takes no other for an object that is sent in parts.`)
}

const unsupported = (message: string): StorageError => new StorageError(message, { kind: 'metadata-unsupported' })
