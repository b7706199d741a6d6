/** The vendors whose driver exists, each opened by a line here; a driver is loaded when it is first asked for. */
import type { MemoryAddress } from './drivers/memory/address.ts'
import type { NasAddress } from './drivers/nas/address.ts'
import type { OssAddress, S3Address } from './drivers/s3/address.ts'
import type { Storage } from './storage.ts'

export interface DriverOptions {
  /** NAS: links are followed instead of listed. */
  readonly followSymlinks?: boolean
}

const s3Driver = () => import('./drivers/s3/driver.ts')
const ossDialect = () => import('./drivers/s3/dialects/oss.ts')
const s3Dialect = () => import('./drivers/s3/dialects/s3.ts')

const openers = {
  memory: async (address: MemoryAddress) => (await import('./drivers/memory/driver.ts')).openMemory(address),
  nas: async (address: NasAddress, options: DriverOptions) => (await import('./drivers/nas/driver.ts')).openNas(address, options),
  oss: async (address: OssAddress) => (await s3Driver()).openS3Family(address, (await ossDialect()).ossDialect),
  s3: async (address: S3Address) => (await s3Driver()).openS3Family(address, (await s3Dialect()).s3Dialect),
}

/** An address of tranship.yaml, its variables filled in; its vendor says which fields it has. */
export type DriverAddress = Parameters<(typeof openers)[keyof typeof openers]>[0]

export function openDriver(address: DriverAddress, options: DriverOptions): Promise<Storage> {
  const open = openers[address.vendor] as (address: DriverAddress, options: DriverOptions) => Promise<Storage>
  return open(address, options)
}
