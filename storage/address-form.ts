/**
 * What an address of tranship.yaml holds, as data: the reader of the file makes its checks, its JSON Schema and its sentences of
 * it. Each driver has its form beside its address type, in `address.ts`, which loads no SDK.
 */
import type { Role } from '../model/address.ts'

export const fieldKinds = [
  'text',
  'secret', // a text that may stand in nothing that leaves the process
  'url', // http:// or https://
  'prefix', // '' or ending in '/', never beginning with it
  'folder', // a prefix without "." and ".."
  'absolute-path', // of the workers' machines
  'file', // of the workers' machines; relative to tranship.yaml
  'address-key', // `address:key`, an object of another address, or a file
  'flag',
  'number', // above 0
  'choice', // one of `values`
] as const
export type FieldKind = (typeof fieldKinds)[number]

export interface Field {
  readonly kind: FieldKind
  readonly optional?: true
  /** Of a `choice`. */
  readonly values?: readonly string[]
  /** For editors and people: one sentence. */
  readonly says?: string
}

type Fields<Address> = { readonly [Name in Exclude<keyof Address, 'vendor'>]-?: Field }

export interface AddressForm<Address> {
  readonly title: string
  readonly fields: Fields<Address>
  /** What no field can say alone, after "Address …: "; undefined when all is well. */
  readonly fault?: (address: Address) => string | undefined
  /** Absent: source and destination. */
  readonly only?: Role
  /** The field that a `name:sub/prefix/` is put behind; absent: it takes none. */
  readonly below?: keyof Address & ('prefix' | 'folder' | 'path')
}

/** What any address may have that is reached over a network. */
export interface NetworkFields {
  /** PEM file of the authorities that sign the endpoint's certificate. */
  readonly caFile?: string
  /** Requests a second of this process. */
  readonly maxRequestsPerSecond?: number
  /** URL of an HTTP proxy; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY count. */
  readonly proxy?: string
}

export const text: Field = { kind: 'text' }
export const secret: Field = { kind: 'secret' }
export const url: Field = { kind: 'url' }
export const flag: Field = { kind: 'flag' }

export const optional = (field: Field, says?: string): Field => ({ ...field, optional: true, ...(says !== undefined && { says }) })

export const prefixField: Field = optional({ kind: 'prefix' }, 'Only keys below this: may not start with "/", must end with "/".')

export const networkFields: Fields<NetworkFields> = {
  caFile: optional({ kind: 'file' }, 'PEM file of certificates to trust besides the usual ones; relative to this file.'),
  maxRequestsPerSecond: optional({ kind: 'number' }, 'Ceiling of requests a second, for each worker process.'),
  proxy: optional(url, 'HTTP proxy; else HTTPS_PROXY of the worker.'),
}

/** Says which of two fields that belong together is missing. */
export function halfOf<A>(address: A, one: keyof A & string, other: keyof A & string, advice: string): string | undefined {
  if ((address[one] === undefined) === (address[other] === undefined)) return undefined
  return `${address[one] === undefined ? one : other} is missing: ${advice}.`
}
