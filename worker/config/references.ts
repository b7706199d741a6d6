/** Fields that name a file, or an object of another address: filled in with what they mean. */
import { resolve } from 'node:path'
import type { Role } from '../../model/address.ts'
import type { ConfiguredAddress } from '../../storage/vendors.ts'
import { ConfigError } from './error.ts'
import { fieldsOf, formOf } from './schema.ts'

export interface Referred {
  /** Where tranship.yaml lies: relative paths are meant from there. */
  readonly folder: string
  /** The address of this name as a source, filled in. Absent: this one is referred to itself, and may refer to no further one. */
  readonly other?: (name: string) => ConfiguredAddress
}

export function withReferences(address: ConfiguredAddress, referred: Referred): ConfiguredAddress {
  const filled = fieldsOf(address.vendor).flatMap(([name, { kind }]) => {
    const value = (address as unknown as Record<string, unknown>)[name]
    if (typeof value !== 'string') return []
    if (kind === 'file') return [[name, resolve(referred.folder, value)]]
    return kind === 'address-key' ? [[name, toPlace(value, referred)]] : []
  })
  return { ...address, ...Object.fromEntries(filled) }
}

/** `address:key`; without a colon, or where a path begins with "/" or ".", a file. */
function toPlace(text: string, { folder, other }: Referred) {
  const colon = text.startsWith('/') || text.startsWith('.') ? -1 : text.indexOf(':')
  if (colon < 0) return resolve(folder, text)
  const [name, key] = [text.slice(0, colon), text.slice(colon + 1)]
  if (key === '') throw new ConfigError('AddressIncomplete', `"${text}" names no object: write "${name}:" and its key.`)
  if (other === undefined)
    throw new ConfigError('InvalidParameters', `"${text}" lies behind an address that refers to another itself: name a store or a folder.`)
  return { address: other(name), key }
}

/** Some addresses can be read only. */
export function assertRole(name: string, { vendor }: ConfiguredAddress, role: Role): void {
  const { only = role } = formOf(vendor)
  if (only !== role)
    throw new ConfigError('InvalidParameters', `Address "${name}" is of ${vendor}, which can be a ${only} only: name another ${role}.`)
}
