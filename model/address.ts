/** Every system the product names. The drivers that exist are listed in storage/vendors.ts. */
export const vendors = ['oss', 's3', 'azblob', 'gcs', 'cos', 'kodo', 'bos', 'ks3', 'uss', 'nas', 'sftp', 'http'] as const
/** `memory` is the driver that tests use. */
export type Vendor = (typeof vendors)[number] | 'memory'

export type Role = 'source' | 'destination'

/**
 * How an address is named in a job: `name`, `name:sub/prefix/`, or a local path that begins with `/` or `.` (a nas address made
 * on the spot; clients make it absolute). Jobs carry this text and nothing else of an address.
 */
export type AddressRef =
  | { readonly kind: 'named'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'path'; readonly path: string }

export const addressNamePattern = /^[A-Za-z0-9_-]{3,63}$/

export function parseAddressRef(text: string): AddressRef {
  if (text.startsWith('/') || text.startsWith('.')) return { kind: 'path', path: text }
  const colon = text.indexOf(':')
  if (colon < 0) return { kind: 'named', name: text, prefix: '' }
  return { kind: 'named', name: text.slice(0, colon), prefix: text.slice(colon + 1) }
}

/** Why a prefix cannot be used, with the corrected value; undefined when it can. */
export function prefixFault(prefix: string): string | undefined {
  if (prefix === '') return undefined
  const corrected = `${prefix.replace(/^\/+/, '').replace(/\/+$/, '')}/`
  if (prefix.startsWith('/')) return `A prefix may not start with "/": write "${corrected}".`
  if (!prefix.endsWith('/')) return `A prefix must end with "/": write "${corrected}".`
  return undefined
}
