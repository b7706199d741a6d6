/**
 * What the destination holds under ascending keys, from its own listing: pages are read as the keys come by, one ahead where they
 * hold our keys, and stretches without any of our keys are jumped over. Where even that costs more than a look at each file, it
 * says so for a while.
 */
import type { DestinationState } from '../ledger/entry.ts'
import { compareKeys, keyBefore } from '../model/keys.ts'
import { isStorageError } from '../storage/error.ts'
import type { ListEntry, ListPage, Storage } from '../storage/storage.ts'
import { at } from './blocked.ts'

export interface DestinationView {
  /** Keys must ascend. A promise only where the listing has to be read on. */
  lookup(key: string): Found | Promise<Found>
}

/** Null: nothing there. Undefined: not known, look at the file itself. */
type Found = DestinationState | null | undefined

const fewestHits = 1
const barrenPages = 3
const restKeys = 1_000

export function viewDestination(destination: Storage, signal: AbortSignal): DestinationView {
  let page: readonly ListEntry[] = []
  let index = 0
  let end: string | undefined
  let hits = fewestHits
  let barren = 0
  let resting = 0
  let ahead: Promise<Answer> | undefined
  let state: 'unread' | 'reading' | 'complete' | 'disordered' = 'unread'

  const covers = (key: string): boolean => state === 'complete' || (end !== undefined && compareKeys(key, end) <= 0)

  const startFor = (key: string): string | undefined => {
    const before = keyBefore(key)
    const jumps = end === undefined || (before !== undefined && compareKeys(before, end) > 0)
    return jumps ? before : end
  }

  const read = async (key: string): Promise<void> => {
    const answer = await (ahead ?? readPage(destination, startFor(key), signal))
    if (answer === 'disordered' || !isAscending(answer.entries, end)) return void (state = 'disordered')
    const { entries, next } = answer
    const isDense = page.length > 0 && hits >= page.length / 2
    page = entries
    index = 0
    end = entries.at(-1)?.key ?? end
    barren = hits < fewestHits ? barren + 1 : 0
    hits = 0
    state = next === undefined ? 'complete' : 'reading'
    ahead = isDense && next !== undefined ? readPage(destination, end, signal) : undefined
    ahead?.catch(() => undefined)
  }

  const find = (key: string): DestinationState | null => {
    for (let entry = page[index]; entry; entry = page[++index]) {
      const order = compareKeys(entry.key, key)
      if (order > 0) return null
      if (order === 0) {
        hits++
        return { size: entry.size, mtimeMs: entry.mtimeMs, etag: entry.etag }
      }
    }
    return null
  }

  const isResting = (): boolean => {
    if (resting === 0 && barren >= barrenPages) {
      resting = restKeys
      barren = 0
    }
    return resting > 0 && resting-- > 0
  }

  const readTo = async (key: string): Promise<Found> => {
    while (state !== 'disordered' && !covers(key)) {
      if (isResting()) return undefined
      await read(key)
    }
    return state === 'disordered' ? undefined : find(key)
  }

  return {
    lookup: (key) => (state !== 'disordered' && covers(key) ? find(key) : readTo(key)),
  }
}

/** `disordered`: the store's own guard refused its order. */
type Answer = ListPage | 'disordered'

/** A page with entries, unless it is the last. */
async function readPage(destination: Storage, startAfter: string | undefined, signal: AbortSignal): Promise<Answer> {
  try {
    let page = await destination.list({ startAfter, signal })
    while (page.entries.length === 0 && page.next !== undefined) page = await destination.list({ cursor: page.next, startAfter, signal })
    return page
  } catch (error) {
    if (isStorageError(error, 'unexpected')) return 'disordered'
    return await at('destination', Promise.reject(error))
  }
}

function isAscending(entries: readonly ListEntry[], after: string | undefined): boolean {
  let last = after
  for (const { key } of entries) {
    if (last !== undefined && compareKeys(last, key) > 0) return false
    last = key
  }
  return true
}
