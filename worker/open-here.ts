/** Opens addresses for a command that works without a worker; every fault is one sentence. */
import type { Role } from '../model/address.ts'
import type { Fault } from '../model/codes.ts'
import { addressFault } from '../storage/address-fault.ts'
import { isStorageError } from '../storage/error.ts'
import { openStorage } from '../storage/open.ts'
import type { Storage } from '../storage/storage.ts'
import type { AddressBook } from './config.ts'

/** An address is at fault. */
export class AddressFault extends Error {
  override readonly name = 'AddressFault'
  readonly fault: Fault

  constructor(fault: Fault, cause: unknown) {
    super(fault.message, { cause })
    this.fault = fault
  }
}

/** Fails with a ConfigError or an AddressFault: both carry a `fault`. */
export async function openHere(addresses: AddressBook, ref: string, role: Role, followSymlinks = false): Promise<Storage> {
  const address = addresses.resolve(ref, role)
  return await orFault(role, openStorage(address, { followSymlinks }))
}

export async function orFault<T>(role: Role, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw isStorageError(error) ? new AddressFault(addressFault(error, role), error) : error
  }
}
