import type { Role } from '../../model/address.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'
import { checkDestination, checkSource } from './check-address.ts'
import type { CheckRow } from './check-address.ts'
import { opened } from './check-job.ts'

export interface CheckAddressInput {
  readonly address: string
  readonly role: Role
}

/** The JSON of `tranship address check`. */
export interface CheckAddressResult {
  readonly address: string
  readonly ok: boolean
  readonly checks: readonly CheckRow[]
  readonly abilities: Readonly<Record<string, unknown>> | null
  readonly limits: Readonly<Record<string, unknown>> | null
}

export const createCheckAddress = ({ storages }: Dependencies) =>
  async function checkAddressActivity({ address, role }: CheckAddressInput): Promise<CheckAddressResult> {
    return await beating(5_000, () => undefined, async ({ cut: signal }) => {
      const found = await opened(role, () => storages.open(address, role))
      if ('fault' in found) {
        const { code, message } = found.fault
        return { address, ok: false, checks: [{ name: 'address', ok: false, code, message }], abilities: null, limits: null }
      }
      const { storage } = found
      const { rows, fault } = await (role === 'source' ? checkSource : checkDestination)(storage, { signal })
      return { address, ok: fault === null, checks: rows, abilities: { ...storage.abilities }, limits: { ...storage.limits } }
    })
  }
