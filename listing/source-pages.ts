/**
 * The source's listing, page by page, one page read ahead. Equal keys are given once. A source that breaks its promised order is
 * read on by page and is no longer joined: its keys may come in any order then.
 */
import type { SourcePosition } from '../ledger/entry.ts'
import { compareKeys } from '../model/keys.ts'
import { reportFolder } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { ListEntry, ListPage, Storage, StorageAbilities } from '../storage/storage.ts'
import { at } from './blocked.ts'

export interface SourcePage {
  /** Without the report folder. */
  readonly entries: readonly ListEntry[]
  /** In key order, and after all pages before. */
  readonly ordered: boolean
  /** Where the listing goes on after this page; `null` at the end. */
  readonly next: SourcePosition | null
}

type PagePosition = Extract<SourcePosition, { kind: 'after' | 'page' }>

export async function* sourcePages(source: Storage, from: PagePosition, signal: AbortSignal): AsyncGenerator<SourcePage> {
  const ahead = new AbortController()
  const whole = AbortSignal.any([signal, ahead.signal])
  const sequence = trackOrder(source.abilities, from)
  try {
    let reading: Promise<ListPage> | undefined = readPage(source, from, undefined, whole)
    while (reading) {
      const page: ListPage = await reading
      const entries = sequence.take(page.entries)
      reading = page.next === undefined ? undefined : readPage(source, sequence.position(page.next), page.next, whole)
      reading?.catch(() => undefined)
      yield { entries, ordered: sequence.ordered, next: sequence.next(page.next) }
    }
  } finally {
    ahead.abort()
  }
}

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
  let ordered = promised && (from.kind === 'after' || from.key !== undefined)
  let last = from.key

  const isNew = ({ key }: ListEntry): boolean => {
    const order = last === undefined ? 1 : compareKeys(key, last)
    if (order < 0) ordered = false
    if (order > 0 || !ordered) last = key
    return order !== 0
  }
  const position = (token: string): PagePosition =>
    ordered && startAfter ? { kind: 'after', key: last } : { kind: 'page', cursor: token, ...(ordered && { key: last }) }
  return {
    get ordered() {
      return ordered
    },
    take: (entries: readonly ListEntry[]) => entries.filter((entry) => isNew(entry) && !entry.key.startsWith(reportFolder)),
    position,
    next: (token: string | undefined): SourcePosition | null => (token === undefined ? null : position(token)),
  }
}
