import { compareKeys } from '../../model/keys.ts'
import { StorageError } from '../error.ts'
import type { ListEntry, ListOptions, ListPage, Storage } from '../storage.ts'
import { forward } from './intercept.ts'

const mostOpenListings = 1_000

/**
 * Holds a store to the order that it declares, within a page and from page to page: a key that came before is dropped, one
 * that should have come earlier fails `unexpected`, because entries could be missed or taken twice.
 */
export function withOrderGuard(inner: Storage): Storage {
  if (!inner.abilities.ordered) return inner
  const lastKeys = new Map<string, string>()
  return {
    ...forward(inner),
    list: async (options = {}) => {
      const page = await inner.list(options)
      const entries = inOrder(page.entries, lastKeyBefore(lastKeys, options))
      remember(lastKeys, page, entries.at(-1)?.key ?? lastKeyBefore(lastKeys, options))
      return { ...page, entries }
    },
  }
}

function lastKeyBefore(lastKeys: ReadonlyMap<string, string>, { cursor, startAfter }: ListOptions): string | undefined {
  return (cursor === undefined ? undefined : lastKeys.get(cursor)) ?? startAfter
}

function inOrder(entries: readonly ListEntry[], before: string | undefined): ListEntry[] {
  const kept: ListEntry[] = []
  let last = before
  for (const entry of entries) {
    const order = last === undefined ? 1 : compareKeys(entry.key, last)
    if (order < 0) throw outOfOrder(entry.key, last ?? '')
    if (order > 0) kept.push(entry)
    last = entry.key
  }
  return kept
}

function outOfOrder(key: string, last: string): StorageError {
  const message = `The listing is not in order: ${JSON.stringify(key)} came after ${JSON.stringify(last)}.`
  return new StorageError(message, { kind: 'unexpected', scope: 'address' })
}

/** A text that was cut from a page's answer keeps the whole answer in memory: a copy does not. */
const detached = (text: string): string => Buffer.from(text).toString()

function remember(lastKeys: Map<string, string>, { next }: ListPage, last: string | undefined): void {
  if (next === undefined || last === undefined) return
  lastKeys.delete(next)
  lastKeys.set(detached(next), detached(last))
  const [oldest] = lastKeys.keys()
  if (lastKeys.size > mostOpenListings && oldest !== undefined) lastKeys.delete(oldest)
}
