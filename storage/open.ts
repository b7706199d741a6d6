/** The one function that composes what stands between the engine and a driver. */
import { withFaults, type Faults } from './layers/with-faults.ts'
import { withLimits } from './layers/with-limits.ts'
import { withMeter, type Meter } from './layers/with-meter.ts'
import { withOrderGuard } from './layers/with-order-guard.ts'
import { RequestTurns } from './layers/request-turns.ts'
import { withPrefix } from './layers/with-prefix.ts'
import { withRetry, type RetryOptions } from './layers/with-retry.ts'
import { withTurns } from './layers/with-turns.ts'
import type { Storage } from './storage.ts'
import { openDriver, type DriverAddress, type DriverOptions } from './vendors.ts'

/** What an address may have beside its vendor's own fields. */
interface CommonFields {
  /** '' or ending in '/'. A NAS has its folder instead. */
  readonly prefix?: string
  /** In this process. */
  readonly maxRequestsPerSecond?: number
}
export type ResolvedAddress = DriverAddress & CommonFields

export interface OpenOptions extends DriverOptions {
  readonly meter?: Meter
  /** The seam for tests. */
  readonly faults?: Faults
  readonly retry?: RetryOptions
  /** Shared by all that this process opens of one address. Default: of its own. */
  readonly turns?: RequestTurns
}

export const turnsOf = ({ maxRequestsPerSecond }: Pick<ResolvedAddress, 'maxRequestsPerSecond'>): RequestTurns =>
  new RequestTurns({ most: maxRequestsPerSecond })

/**
 * Opens an address; nothing is sent yet. From the driver outwards: what the store cannot hold is refused, keys lose their
 * prefix, tests put in their faults, every call is counted and waits for its turn, body-less calls are repeated, and what is
 * left must be in order.
 */
export async function openStorage(address: ResolvedAddress, options: OpenOptions = {}): Promise<Storage> {
  const { meter, faults, retry, turns = turnsOf(address), ...driverOptions } = options
  const { prefix = '' } = address
  let storage = withPrefix(withLimits(await openDriver(address, { openOther: openStorage, ...driverOptions })), prefix)
  if (faults) storage = withFaults(storage, faults)
  if (meter) storage = withMeter(storage, meter)
  return withOrderGuard(withRetry(withTurns(storage, turns), retry))
}
