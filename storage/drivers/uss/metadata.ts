import { StorageError } from '../../error.ts'
import type { ReceivedHeaders } from '../../http/headers.ts'
import { rfc2047 } from '../../http/metadata-text.ts'
import { anyName, metadataFault, toMetadata, toMetadataHeaders, type MetadataForm } from '../../http/metadata.ts'
import type { Metadata } from '../../storage.ts'

export const maxMetadataBytes = 2_048

const form: MetadataForm = { prefix: 'x-upyun-meta-', text: rfc2047, names: anyName }

/** UPYUN takes these as orders: a key that locks the file, days after which it is deleted. */
const orders: readonly string[] = ['secret', 'ttl']

/** The service has a place for Content-Type alone: the other content headers are kept as user metadata, and not served. */
const homeless = {
  cacheControl: 'tranship-cache-control',
  contentEncoding: 'tranship-content-encoding',
  contentDisposition: 'tranship-content-disposition',
  contentLanguage: 'tranship-content-language',
  expires: 'tranship-expires',
} as const satisfies { readonly [Field in keyof Omit<Metadata, 'user' | 'contentType'>]-?: string }
type Homeless = keyof typeof homeless
const homelessFields = Object.keys(homeless) as Homeless[]

/** Fails `metadata-unsupported`. */
export function toUssHeaders({ contentType, user, ...content }: Metadata): Record<string, string> {
  const fault = Object.keys(user).map(orderFault).find((sentence) => sentence !== undefined)
  if (fault !== undefined) throw new StorageError(fault, { kind: 'metadata-unsupported' })
  const kept = homelessFields.flatMap((field) => (content[field] ? [[homeless[field], content[field]]] : []))
  const bare = toMetadataHeaders({ user, ...(contentType && { contentType }) }, form, maxMetadataBytes)
  return { ...bare, ...toMetadataHeaders({ user: Object.fromEntries(kept), ...(contentType && { contentType }) }, form, Infinity) }
}

/** Why user metadata cannot be held; undefined when it can. Pure. */
export const ussMetadataFault = (name: string, value: string): string | undefined => orderFault(name) ?? metadataFault(form, name, value)

const orderFault = (name: string): string | undefined =>
  orders.includes(name.toLowerCase()) ? `User metadata "${name}" would be an order to UPYUN: it cannot be kept.` : undefined

export function toUssMetadata(headers: ReceivedHeaders): Metadata {
  const { user, contentType } = toMetadata(headers, form)
  const names = new Map<string, Homeless>(homelessFields.map((field) => [homeless[field], field]))
  const content: { -readonly [F in Homeless]?: string } = {}
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(user)) {
    const field = names.get(name)
    if (field === undefined) own[name] = value
    else content[field] = value
  }
  return { ...(contentType && { contentType }), ...content, user: own }
}

export const holdsMetadata = (headers: ReceivedHeaders): boolean => [...headers.keys()].some((name) => name.startsWith(form.prefix))
