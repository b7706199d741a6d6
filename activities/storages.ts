/** Opened addresses, kept for as long as their settings stay: rotated keys count from the next batch. */
import { parseAddressRef, type Role } from '../model/address.ts'
import type { JobOptions } from '../model/job.ts'
import { openStorage, turnsOf } from '../storage/open.ts'
import type { ResolvedAddress } from '../storage/open.ts'
import type { Storage } from '../storage/storage.ts'

/** Reads addresses; throws an error that carries a `fault` where one is unknown or incomplete. */
export interface AddressResolver {
  resolve(ref: string, role: Role): ResolvedAddress
}

export interface Storages {
  source(options: JobOptions): Promise<Storage>
  destination(options: JobOptions): Promise<Storage>
  /** Where the job's ledger lies: the destination, unless the job names another address. */
  ledger(options: JobOptions): Promise<Storage>
  open(ref: string, role: Role, followSymlinks?: boolean): Promise<Storage>
  close(): Promise<void>
}

export function createStorages(addresses: AddressResolver): Storages {
  const opened = new Map<string, { settings: string; storage: Promise<Storage> }>()
  const shared = new Map<string, ReturnType<typeof turnsOf>>()
  const turnsFor = (ref: string, address: ResolvedAddress) => {
    const name = JSON.stringify([addressNameOf(ref), address.maxRequestsPerSecond])
    const turns = shared.get(name) ?? turnsOf(address)
    shared.set(name, turns)
    return turns
  }
  const open: Storages['open'] = async (ref, role, followSymlinks = false) => {
    const address = addresses.resolve(ref, role)
    const settings = JSON.stringify(address)
    const name = JSON.stringify([ref, role, followSymlinks])
    const known = opened.get(name)
    if (known?.settings === settings) return await known.storage
    const storage = openStorage(address, { followSymlinks, turns: turnsFor(ref, address) })
    opened.set(name, { settings, storage })
    storage.catch(() => opened.delete(name))
    return await storage
  }
  return {
    open,
    source: ({ source, followSymlinks }) => open(source, 'source', followSymlinks),
    destination: ({ destination }) => open(destination, 'destination'),
    ledger: ({ ledger, destination }) => open(ledger ?? destination, 'destination'),
    async close() {
      const all = await Promise.allSettled([...opened.values()].map(({ storage }) => storage))
      await Promise.all(all.map(async (one) => (one.status === 'fulfilled' ? await one.value.close() : undefined)))
    },
  }
}

/** Whatever part of it a job names. */
function addressNameOf(ref: string): string {
  const parsed = parseAddressRef(ref)
  return parsed.kind === 'named' ? parsed.name : parsed.path
}
