/** The one function that composes a storage stack. */
import { withPrefix } from './layers/with-prefix.ts'
import type { Storage } from './storage.ts'
import { openers } from './vendors.ts'
import type { OpenDriverOptions, ResolvedAddress } from './vendors.ts'

export type { ResolvedAddress } from './vendors.ts'

export async function openStorage(address: ResolvedAddress, options: OpenDriverOptions = {}): Promise<Storage> {
  const open = openers[address.vendor] as (address: ResolvedAddress, options: OpenDriverOptions) => Promise<Storage>
  return withPrefix(await open(address, options), address.prefix ?? '')
}
