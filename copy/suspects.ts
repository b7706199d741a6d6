/**
 * One bad key is not an outage, and an outage is not a million bad keys. Files that failed in a way that all others might fail
 * are held back; after twenty in a row, and at the end, the address itself is probed: if it is at fault nobody is blamed and
 * the batch is blocked, else they failed by themselves.
 */
import type { Entry } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import { addressFault, isAddressLike } from '../storage/address-fault.ts'
import type { CopyFault } from './fault.ts'
import type { Side } from '../storage/file-error.ts'
import type { StorageError } from '../storage/error.ts'

export const mostInARow = 20

export interface Suspect {
  readonly entry: Entry
  readonly fault: CopyFault
  readonly startedAt: number
  readonly endedAt: number
}

export interface Suspects {
  readonly blocked: Fault | undefined
  /** How many were held so far: whoever begins now can speak for these. */
  readonly count: number
  /** Resolves once it is known who is to blame, where that had to be found out. */
  hold(suspect: Suspect): Promise<void>
  /**
   * A file that began when `count` was so much has gone through: those held before failed by themselves. With `source`, only that
   * end is known to work.
   */
  clear(count: number, side?: Side): Promise<void>
  /** Finds out about those that are still held back. */
  end(): Promise<void>
}

export interface SuspectsOptions {
  /** The fault that the address has now; undefined when it works. */
  readonly probe: (side: Side) => Promise<StorageError | undefined>
  readonly blame: (suspect: Suspect) => Promise<void>
  readonly onBlocked: () => void
}

export const isSuspicious = ({ storage }: CopyFault): boolean => storage !== undefined && isAddressLike(storage)

export function makeSuspects({ probe, blame, onBlocked }: SuspectsOptions): Suspects {
  let held: (Suspect & { readonly number: number })[] = []
  let count = 0
  let blocked: Fault | undefined
  let probing: Promise<void> | undefined

  const clear = async (before: number, side?: Side): Promise<void> => {
    const cleared = held.filter(({ number, fault }) => number <= before && (side !== 'source' || fault.side === 'source'))
    held = held.filter((suspect) => !cleared.includes(suspect))
    for (const suspect of cleared) await blame(suspect)
  }
  const findOut = async (side: Side): Promise<void> => {
    const error = await probe(side)
    if (error === undefined) return await clear(count)
    blocked = addressFault(error, side)
    held = []
    onBlocked()
  }
  const once = (side: Side): Promise<void> => {
    probing ??= findOut(side).finally(() => {
      probing = undefined
    })
    return probing
  }

  return {
    get blocked() {
      return blocked
    },
    get count() {
      return count
    },
    async hold(suspect) {
      if (blocked) return
      held.push({ ...suspect, number: ++count })
      if (held.length >= mostInARow) await once(suspect.fault.side)
    },
    async clear(before, side) {
      if (blocked === undefined && held.length > 0) await clear(before, side)
    },
    async end() {
      const last = held.at(-1)
      if (last && blocked === undefined) await once(last.fault.side)
    },
  }
}
