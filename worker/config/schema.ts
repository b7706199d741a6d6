/** What tranship.yaml may hold, vendor by vendor, made of the drivers' own forms. */
import { z } from 'zod'
import { addressNamePattern } from '../../model/address.ts'
import type { AddressForm, Field } from '../../storage/address-form.ts'
import { drivers, type ConfiguredAddress, type ConfiguredVendor } from '../../storage/vendors.ts'
import { toSchema } from './fields.ts'

export const configuredVendors = Object.keys(drivers) as ConfiguredVendor[]
export const isConfigured = (vendor: string): vendor is ConfiguredVendor => Object.hasOwn(drivers, vendor)

export const formOf = (vendor: ConfiguredVendor): AddressForm<ConfiguredAddress> => drivers[vendor].form as AddressForm<ConfiguredAddress>
export const fieldsOf = (vendor: ConfiguredVendor): [name: string, field: Field][] => Object.entries<Field>(formOf(vendor).fields)

export function schemaOf(vendor: ConfiguredVendor): z.ZodObject {
  const fields = fieldsOf(vendor).map(([name, field]) => [name, toSchema(field)] as const)
  return z.strictObject({ vendor: z.literal(vendor), ...Object.fromEntries(fields) }).meta({ description: formOf(vendor).title })
}

/** The whole file. Only the JSON Schema is made of it: reading goes address by address, so that one fault breaks one address. */
export function fileSchema(): z.ZodType {
  const [first, ...others] = configuredVendors.map(schemaOf)
  const address = z.discriminatedUnion('vendor', [first!, ...others])
  return z.strictObject({ addresses: z.record(z.string().regex(addressNamePattern), address) }).meta({
    title: 'tranship.yaml',
    description: 'Data addresses of tranship. ${NAME} anywhere in a value stands for an environment variable.',
  })
}

const secretFields: ReadonlySet<string> = new Set(
  configuredVendors.flatMap((vendor) => fieldsOf(vendor).flatMap(([name, { kind }]) => (kind === 'secret' ? [name] : []))),
)
export const isSecretField = (field: string): boolean => secretFields.has(field)
