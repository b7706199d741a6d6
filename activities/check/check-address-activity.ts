import { Context } from '@temporalio/activity'
import type { Role } from '../../model/address.ts'
import { checkBeatMs } from '../../model/heartbeat.ts'
import type { Storage } from '../../storage/storage.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'
import { canaryOf } from './canary.ts'
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
  /** What the key must be allowed to do, by the vendor's names. */
  readonly rights: Readonly<Record<string, readonly string[]>> | null
}

/** The optional groups, as abilities among others. */
const groupsOf = ({ multipart, tagging, acl, archive, serverCopy }: Storage): Readonly<Record<string, boolean>> =>
  Object.fromEntries(Object.entries({ multipart, tagging, acl, archive, serverCopy }).map(([name, group]) => [name, group !== undefined]))

export const createCheckAddress = ({ storages }: Dependencies) =>
  async function checkAddressActivity({ address, role }: CheckAddressInput): Promise<CheckAddressResult> {
    const canary = canaryOf(Context.current().info)
    return await beating(checkBeatMs, () => undefined, async ({ cut: signal }) => {
      const found = await opened(role, () => storages.open(address, role))
      if ('fault' in found) {
        const { code, message } = found.fault
        return { address, ok: false, checks: [{ name: 'address', ok: false, code, message }], abilities: null, limits: null, rights: null }
      }
      const { storage } = found
      const { rows, fault } = await (role === 'source' ? checkSource(storage, { signal }) : checkDestination(storage, { signal }, canary))
      return { address, ok: fault === null, checks: rows, abilities: { ...storage.abilities, ...groupsOf(storage) }, limits: { ...storage.limits }, rights: storage.rights ?? null }
    })
  }
