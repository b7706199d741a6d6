/** The one function that composes what stands between the engine and a driver. */
import { withPrefix } from './layers/with-prefix.ts'
import type { Storage } from './storage.ts'
import { openDriver, type DriverAddress, type DriverOptions } from './vendors.ts'

/** What every address may have beside its vendor's own fields. */
interface CommonFields {
  /** '' or ending in '/'. A NAS has its folder instead. */
  readonly prefix?: string
  readonly maxRequestsPerSecond?: number
}
export type ResolvedAddress = DriverAddress & CommonFields

export type OpenOptions = DriverOptions

/** Nothing is sent yet. */
export async function openStorage(address: ResolvedAddress, options: OpenOptions = {}): Promise<Storage> {
  return withPrefix(await openDriver(address, options), address.prefix ?? '')
}
