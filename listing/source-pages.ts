/**
 * The source's listing, page by page, one page read ahead. Equal keys are given once. A source that breaks its promised order is
 * read on by page: its keys may come in any order then.
 */
import type { SourcePosition } from '../ledger/entry.ts'
import { compareKeys } from '../model/keys.ts'
import { reportFolder } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { ListEntry, ListPage, Storage, StorageAbilities } from '../storage/storage.ts'
import { at, Blocked } from './blocked.ts'

export interface SourcePage {
  /** Without the report folder. */
  readonly entries: readonly ListEntry[]
  /** In key order, and after all pages before. */
  readonly ordered: boolean
  /** Where the listing goes on after this page; `null` at the end. */
  readonly next: SourcePosition | null
}

type PagePosition = Extract<SourcePosition, { kind: 'after' | 'page' }>

export interface PageOptions {
  readonly signal: AbortSignal
  /** False: the page after this one may not be wanted, and is read only when it is asked for. */
  readonly readsAhead?: () => boolean
}

export async function* sourcePages(source: Storage, from: PagePosition, { signal, readsAhead = () => true }: PageOptions): AsyncGenerator<SourcePage> {
  const ahead = new AbortController()
  const whole = AbortSignal.any([signal, ahead.signal])
  const sequence = trackOrder(source.abilities, from)
  let reading: Promise<ListPage> | undefined
  let [position, token]: [PagePosition | null, string | undefined] = [from, undefined]
  try {
    while (position !== null) {
      const page: ListPage = await (reading ?? readPage(source, position, token, whole))
      const entries = sequence.take(page.entries)
      token = page.next
      position = token === undefined || sequence.isPast ? null : sequence.position(token)
      reading = position !== null && readsAhead() ? readPage(source, position, token, whole) : undefined
      reading?.catch(() => undefined)
      yield { entries, ordered: sequence.ordered, next: position }
    }
  } finally {
    ahead.abort()
  }
}

/** What is listed in ranges has no other way back to an order. */
const outOfOrder = {
  code: 'SourceReadDirFailed',
  message: 'The source does not list its keys in the order it is known for: see what answers in its place, such as a proxy.',
} as const

/** By the token while it holds; where pages have an order, a token that is refused is replaced by the last key. */
async function readPage(source: Storage, from: PagePosition, token: string | undefined, signal: AbortSignal): Promise<ListPage> {
  const cursor = token ?? (from.kind === 'page' ? from.cursor : undefined)
  const startAfter = from.kind === 'after' ? from.key : undefined
  if (cursor === undefined || startAfter === undefined) return await at('source', source.list({ cursor, startAfter, signal }))
  try {
    return await source.list({ cursor, startAfter, signal })
  } catch (error) {
    if (!isStorageError(error, 'invalid')) return await at('source', Promise.reject(error))
    return await at('source', source.list({ startAfter, signal }))
  }
}

function trackOrder({ ordered: promised, startAfter }: StorageAbilities, from: PagePosition) {
  const until = from.kind === 'after' ? from.until : undefined
  let ordered = promised && (from.kind === 'after' || from.key !== undefined)
  let last = from.key
  let isPast = false

  const isNew = ({ key }: ListEntry): boolean => {
    const order = last === undefined ? 1 : compareKeys(key, last)
    if (order < 0) ordered = false
    if (order > 0 || !ordered) last = key
    return order !== 0
  }
  const isInRange = ({ key }: ListEntry): boolean => {
    if (until === undefined) return true
    if (!ordered) throw new Blocked(outOfOrder, undefined)
    const order = compareKeys(key, until)
    isPast = order >= 0
    return order <= 0
  }
  return {
    get ordered() {
      return ordered
    },
    /** All that follows lies beyond the range. */
    get isPast() {
      return isPast
    },
    take: (entries: readonly ListEntry[]) => entries.filter((entry) => isNew(entry) && isInRange(entry) && !entry.key.startsWith(reportFolder)),
    position: (token: string): PagePosition =>
      ordered && startAfter ? { kind: 'after', key: last, ...(until !== undefined && { until }) } : { kind: 'page', cursor: token, ...(ordered && { key: last }) },
  }
}
