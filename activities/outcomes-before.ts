import type { BatchState } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutcomesRef } from '../model/batch.ts'
import { isStorageError } from '../storage/error.ts'
import type { CallOptions } from '../storage/storage.ts'

/** Attempts looked back at: each costs a request. */
const mostLooks = 20

export interface Before {
  readonly ref: OutcomesRef
  readonly state: BatchState
}

/** Attempts of the generation before that may have recorded nothing, one after the other. */
const mostGaps = 2

/** What was recorded last. A heartbeat may be lost with the server or the worker; the file that it would have named is not. */
export async function readBefore(ledger: Ledger, n: number, mine: OutcomesRef, named: OutcomesRef | undefined, call: CallOptions): Promise<Before | undefined> {
  const { generation } = mine
  const known = named?.generation === generation ? named.attempt : 0
  for (let attempt = mine.attempt - 1; attempt > Math.max(known, mine.attempt - 1 - mostLooks); attempt--) {
    const found = await readIfThere(ledger, n, { generation, attempt }, call)
    if (found) return found
  }
  return (await readUnnamed(ledger, n, generation - 1, named, call)) ?? (named && { ref: named, state: await ledger.readOutcomes(n, named, call) })
}

/** Of a generation whose last attempt died, what it wrote after the last heartbeat that came through. */
async function readUnnamed(ledger: Ledger, n: number, generation: number, named: OutcomesRef | undefined, call: CallOptions): Promise<Before | undefined> {
  if (generation < 0 || (named?.generation ?? 0) > generation) return undefined
  let last: Before | undefined
  const first = named?.generation === generation ? named.attempt + 1 : 1
  for (let attempt = first, gaps = 0; gaps < mostGaps; attempt++) {
    const found = await readIfThere(ledger, n, { generation, attempt }, call)
    last = found ?? last
    gaps = found ? 0 : gaps + 1
  }
  return last
}

async function readIfThere(ledger: Ledger, n: number, ref: OutcomesRef, call: CallOptions): Promise<Before | undefined> {
  try {
    return { ref, state: await ledger.readOutcomes(n, ref, call) }
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  }
}
