import type { BatchState } from '../ledger/entry.ts'
import type { OutcomesRef } from '../model/batch.ts'
import { isStorageError } from '../storage/error.ts'

/** Attempts looked back at: each costs a request. */
const mostLooks = 20

export interface Before {
  readonly ref: OutcomesRef
  readonly state: BatchState
}

type Read = (ref: OutcomesRef) => Promise<BatchState>

/** Attempts of the generation before that may have recorded nothing, one after the other. */
const mostGaps = 2

/** What was recorded last. A heartbeat may be lost with the server or the worker; the file that it would have named is not. */
export async function readBefore(read: Read, mine: OutcomesRef, named: OutcomesRef | undefined): Promise<Before | undefined> {
  const { generation } = mine
  const known = named?.generation === generation ? named.attempt : 0
  for (let attempt = mine.attempt - 1; attempt > Math.max(known, mine.attempt - 1 - mostLooks); attempt--) {
    const found = await readIfThere(read, { generation, attempt })
    if (found) return found
  }
  return (await readUnnamed(read, generation - 1, named)) ?? (named && { ref: named, state: await read(named) })
}

/** Of a generation whose last attempt died, what it wrote after the last heartbeat that came through. */
async function readUnnamed(read: Read, generation: number, named: OutcomesRef | undefined): Promise<Before | undefined> {
  if (generation < 0 || (named?.generation ?? 0) > generation) return undefined
  let last: Before | undefined
  const first = named?.generation === generation ? named.attempt + 1 : 1
  for (let attempt = first, gaps = 0; gaps < mostGaps; attempt++) {
    const found = await readIfThere(read, { generation, attempt })
    last = found ?? last
    gaps = found ? 0 : gaps + 1
  }
  return last
}

async function readIfThere(read: Read, ref: OutcomesRef): Promise<Before | undefined> {
  try {
    return { ref, state: await read(ref) }
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  }
}
