import { addressFault, isAddressLike } from '../storage/address-fault.ts'
import type { Role } from '../model/address.ts'
import type { Fault } from '../model/codes.ts'
import { isStorageError } from '../storage/error.ts'

/** The reason why a whole address cannot be used now, for which a person is needed; undefined where trying again is enough. */
export function blockingFault(error: unknown, role: Role): Fault | undefined {
  const fault = faultOf(error)
  if (fault !== undefined) return fault
  if (!isStorageError(error) || error.retryable || !isAddressLike(error)) return undefined
  return addressFault(error, role)
}

/** Errors of the address book carry the fault that a person is told. */
export function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error) || !('fault' in error)) return undefined
  return error.fault as Fault
}
