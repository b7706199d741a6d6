/** The vendors whose driver exists, a line each: what their addresses hold, and who opens one. Drivers are loaded when first asked for. */
import type { AddressForm } from './address-form.ts'
import { azblobForm } from './drivers/azblob/address.ts'
import { gcsForm } from './drivers/gcs/address.ts'
import { httpForm } from './drivers/http/address.ts'
import { kodoForm } from './drivers/kodo/address.ts'
import type { MemoryAddress } from './drivers/memory/address.ts'
import { nasForm } from './drivers/nas/address.ts'
import { bosForm } from './drivers/s3/addresses/bos.ts'
import { cosForm } from './drivers/s3/addresses/cos.ts'
import { ks3Form } from './drivers/s3/addresses/ks3.ts'
import { ossForm } from './drivers/s3/addresses/oss.ts'
import { s3Form } from './drivers/s3/addresses/s3.ts'
import { sftpForm } from './drivers/sftp/address.ts'
import { ussForm } from './drivers/uss/address.ts'
import type { Storage } from './storage.ts'

export interface DriverOptions {
  /** Folders: links are followed instead of listed. */
  readonly followSymlinks?: boolean
  /** Opens another address, which one refers to. */
  readonly openOther?: (address: ConfiguredAddress) => Promise<Storage>
}

interface Driver<Address> {
  readonly form: AddressForm<Address>
  readonly open: (address: Address, options: DriverOptions) => Promise<Storage>
}
const driver = <Address>(form: AddressForm<Address>, open: Driver<Address>['open']): Driver<Address> => ({ form, open })
const s3Family = () => import('./drivers/s3/driver.ts')

/** Those that tranship.yaml may name. */
export const drivers = {
  oss: driver(ossForm, async (address) => (await s3Family()).openS3Family(address, (await import('./drivers/s3/dialects/oss.ts')).ossDialect)),
  s3: driver(s3Form, async (address) => (await s3Family()).openS3Family(address, (await import('./drivers/s3/dialects/s3.ts')).s3DialectFor(address))),
  azblob: driver(azblobForm, async (address) => (await import('./drivers/azblob/driver.ts')).openAzblob(address)),
  gcs: driver(gcsForm, async (address) => (await import('./drivers/gcs/driver.ts')).openGcs(address)),
  cos: driver(cosForm, async (address) => (await s3Family()).openS3Family(address, (await import('./drivers/s3/dialects/cos.ts')).cosDialect)),
  kodo: driver(kodoForm, async (address) => (await import('./drivers/kodo/driver.ts')).openKodo(address)),
  bos: driver(bosForm, async (address) => (await s3Family()).openS3Family(address, (await import('./drivers/s3/dialects/bos.ts')).bosDialect)),
  ks3: driver(ks3Form, async (address) => (await s3Family()).openS3Family(address, (await import('./drivers/s3/dialects/ks3.ts')).ks3Dialect)),
  uss: driver(ussForm, async (address) => (await import('./drivers/uss/driver.ts')).openUss(address)),
  nas: driver(nasForm, async (address, options) => (await import('./drivers/nas/driver.ts')).openNas(address, options)),
  sftp: driver(sftpForm, async (address, options) => (await import('./drivers/sftp/driver.ts')).openSftp(address, options)),
  http: driver(httpForm, async (address, options) => (await import('./drivers/http/driver.ts')).openHttp(address, options)),
} as const

type Drivers = typeof drivers
export type ConfiguredVendor = keyof Drivers
/** An address of tranship.yaml, its variables filled in; its vendor says which fields it has. */
export type ConfiguredAddress = { [V in ConfiguredVendor]: Parameters<Drivers[V]['open']>[0] }[ConfiguredVendor]
export type DriverAddress = ConfiguredAddress | MemoryAddress

export async function openDriver(address: DriverAddress, options: DriverOptions): Promise<Storage> {
  if (address.vendor === 'memory') return (await import('./drivers/memory/driver.ts')).openMemory(address)
  const { open } = drivers[address.vendor] as Driver<DriverAddress>
  return await open(address, options)
}
