/** Tells faults of a whole address, for which the job waits, from failures that repeating the call may mend. */
import { addressFault, isAddressLike } from '../storage/address-fault.ts'
import type { Side } from '../storage/file-error.ts'
import type { Fault } from '../model/codes.ts'
import { isStorageError } from '../storage/error.ts'

export class Blocked extends Error {
  override readonly name = 'Blocked'
  readonly fault: Fault

  constructor(fault: Fault, cause: unknown) {
    super(fault.message, { cause })
    this.fault = fault
  }
}

/** Says at which end a call of the lister failed. */
export const at = <T>(side: Side, call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    if (isStorageError(error) && isAddressLike(error) && !error.retryable) throw new Blocked(addressFault(error, side), error)
    throw error
  })
