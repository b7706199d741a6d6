/** Every vendor whose driver exists: what opens an address of it. A new one is a line here. */
import type { OssAddress, S3Address } from './drivers/s3/address.ts'
import type { Storage } from './storage.ts'

export interface OpenDriverOptions {
  readonly followSymlinks?: boolean
}
type Openers = { readonly [A in ResolvedAddress as A['vendor']]: (address: A, options: OpenDriverOptions) => Promise<Storage> }

export type ResolvedAddress = S3Address | OssAddress

export const openers: Openers = {
  s3: async (address) => (await import('./drivers/s3/driver.ts')).openS3Family(address, (await import('./drivers/s3/dialects/s3.ts')).s3Dialect),
  oss: async (address) => (await import('./drivers/s3/driver.ts')).openS3Family(address, (await import('./drivers/s3/dialects/oss.ts')).ossDialect),
}
