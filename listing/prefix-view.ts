/**
 * What the destination holds where its listing has no order to rely on. All names that begin alike are listed to their end, which
 * answers for each key that begins so, whatever order keys and names come in; a beginning that too many names share is made longer.
 * Where that costs more than a look at each file, it says so for a while.
 */
import type { DestinationState } from '../ledger/entry.ts'
import { isStorageError } from '../storage/error.ts'
import type { ListEntry, Storage } from '../storage/storage.ts'
import { at } from './blocked.ts'
import type { DestinationView } from './destination-view.ts'

/** All that the destination holds under one beginning. */
interface Whole {
  readonly prefix: string
  /** Undefined: something is there, and not known what. */
  readonly held: ReadonlyMap<string, DestinationState | undefined>
}

/** Too many names begin so; those that were seen share a longer beginning, or just this. */
interface Crowded {
  readonly prefix: string
  readonly shared: string
}

/** So many names are kept. */
const mostEntries = 2_000
/** A page may hold fewer than it could, or nothing, and yet have one after it. */
const mostPages = 4
/** A request for a listing is as dear as so many looks, in money; in time it is cheaper. */
const listCost = 16
const mostCredit = 20 * listCost
const restCredit = 4 * listCost
const restKeys = 1_000

export function viewByPrefix(destination: Storage, signal: AbortSignal): DestinationView {
  let whole: Whole | undefined
  let crowded: readonly Crowded[] = []
  let credit = mostCredit
  let resting = 0

  const answer = ({ held }: Whole, key: string): DestinationState | null | undefined => {
    credit = Math.min(mostCredit, credit + 1)
    return held.has(key) ? held.get(key) : null
  }

  const isResting = (): boolean => {
    if (resting === 0 && credit < listCost) {
      resting = restKeys
      credit = restCredit
    }
    return resting > 0 && resting-- > 0
  }

  const readFor = async (key: string): Promise<DestinationState | null | undefined> => {
    crowded = crowded.filter(({ prefix }) => key.startsWith(prefix))
    while (!isResting()) {
      const prefix = nextPrefix(key, crowded.at(-1))
      if (prefix === undefined) return undefined
      const { listed, requests } = await listBelow(destination, prefix, signal)
      credit -= requests * listCost
      if ('held' in listed) return answer((whole = listed), key)
      crowded = [...crowded, listed]
    }
    return undefined
  }

  return { lookup: (key) => (whole !== undefined && key.startsWith(whole.prefix) ? answer(whole, key) : readFor(key)) }
}

/** The shortest beginning of `key` of which nothing is known. Undefined: there is none. */
function nextPrefix(key: string, crowded: Crowded | undefined): string | undefined {
  if (crowded === undefined) return ''
  const next = cutAt(key, sharedLength(key, crowded.shared) + 1)
  return next.length > crowded.prefix.length ? next : undefined
}

/** Never within a character. */
function cutAt(key: string, length: number): string {
  const cut = key.slice(0, length)
  return cut.isWellFormed() ? cut : key.slice(0, length + 1)
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

async function listBelow(destination: Storage, prefix: string, signal: AbortSignal): Promise<{ listed: Whole | Crowded; requests: number }> {
  const limit = Math.min(mostEntries, destination.limits.maxListEntries)
  const entries: ListEntry[] = []
  const hidden: string[] = []
  let cursor: string | undefined
  let requests = 0
  try {
    do {
      requests++
      const page = await destination.list({ prefix, cursor, limit, signal })
      entries.push(...page.entries)
      hidden.push(...(page.hidden ?? []))
      cursor = page.next
    } while (cursor !== undefined && entries.length < limit && requests < mostPages)
  } catch (error) {
    // An Azure account with folders refuses a beginning that has a file in the middle of its path.
    if (isStorageError(error, 'invalid') || isStorageError(error, 'unexpected')) return { listed: { prefix, shared: prefix }, requests }
    return await at('destination', Promise.reject(error))
  }
  return { listed: cursor === undefined ? { prefix, held: toHeld(entries, hidden) } : { prefix, shared: sharedBy(entries, prefix) }, requests }
}

function toHeld(entries: readonly ListEntry[], hidden: readonly string[]): Whole['held'] {
  const held = new Map<string, DestinationState | undefined>(hidden.map((key) => [key, undefined]))
  for (const { key, size, mtimeMs, etag } of entries) held.set(key, { size, mtimeMs, etag })
  return held
}

function sharedBy([first, ...others]: readonly ListEntry[], prefix: string): string {
  if (first === undefined) return prefix
  return others.reduce((shared, { key }) => shared.slice(0, sharedLength(shared, key)), first.key)
}
