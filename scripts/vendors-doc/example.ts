/** An address of each vendor to open without a network: the one of the file that `init` writes, with made-up secrets and no files. */
import { parse } from 'yaml'
import { starter } from '../../cli/commands/init.ts'
import type { AddressForm, Field } from '../../storage/address-form.ts'
import type { ResolvedAddress } from '../../storage/open.ts'
import { drivers, type ConfiguredVendor } from '../../storage/vendors.ts'

type Fields = Readonly<Record<string, unknown>>

/** Also good base64. */
const madeUp = 'bWFkZS11cA=='

export function exampleOf(vendor: ConfiguredVendor): ResolvedAddress {
  const form = drivers[vendor].form as AddressForm<Fields> & { readonly fields: Readonly<Record<string, Field>> }
  const written = addresses().find((address) => address['vendor'] === vendor)
  if (written === undefined) throw new Error(`The file that init writes has no address of ${vendor}.`)
  const bare = Object.fromEntries(Object.entries(written).filter(([name]) => form.fields[name]?.kind !== 'file' || !form.fields[name]?.optional))
  return complete(bare, form) as unknown as ResolvedAddress
}

/** What leaving its files out took away is made good by one of its other secrets. */
function complete(address: Fields, { fields, fault }: AddressForm<Fields> & { readonly fields: Readonly<Record<string, Field>> }): Fields {
  if (fault?.(address) === undefined) return address
  const secrets = Object.keys(fields).filter((name) => fields[name]?.kind === 'secret' && address[name] === undefined)
  return secrets.map((name) => ({ ...address, [name]: madeUp })).find((whole) => fault(whole) === undefined) ?? address
}

/** Each block of the file by itself: a person may have named two alike. */
function addresses(): Fields[] {
  const blocks = starter.slice(starter.indexOf('\naddresses:')).split(/\n(?= {2}\S[^#\n]*:\n)/).slice(1)
  return blocks.flatMap((block) => Object.values(parse(block.replaceAll(/\$\{\w+\}/g, madeUp)) as Record<string, Fields>))
}
