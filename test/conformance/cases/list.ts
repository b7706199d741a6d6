import { expect } from 'vitest'
import type { Check } from '../suite.ts'
import { byUtf8, keysOf, list, put } from '../tools.ts'

const keys = ['A', 'a', 'a b', 'a-b', 'a.b', 'a/1', 'a0', 'b/c/d', 'b/c/e', 'b/c0', 'b/d', 'z', '~', 'é', '\uff08', '\u{1f600}']
const without = (refused: string | undefined): string[] => (refused === undefined ? keys : keys.filter((key) => key !== 'a'))

export function listCases(check: Check): void {
  check('list: an empty store has one empty page', async ({ storage }) => {
    expect(await storage.list()).toEqual({ entries: [] })
  })

  check('list: the same entries in pages of every size, in UTF-8 byte order', async ({ storage, target }) => {
    const held = without(target.quirks?.['names within names'])
    for (const key of held.toReversed()) await put(storage, key)
    const all = await list(storage)
    if (storage.abilities.ordered) expect(all.map(({ key }) => key)).toEqual(held.toSorted(byUtf8))
    for (const limit of [1, 2, 3, 7, held.length, 1_000]) expect(await list(storage, { limit }), `pages of ${limit}`).toEqual(all)
  })

  check('list: a page holds no more than its limit', async ({ storage }) => {
    for (const key of ['a', 'b', 'c']) await put(storage, key)
    const page = await storage.list({ limit: 2 })
    expect(page.entries).toHaveLength(2)
    expect(page.next).toBeDefined()
  })

  check('list: startAfter leaves out the key itself and all before it', async ({ storage, skip, target }) => {
    if (!storage.abilities.startAfter) skip('a listing begins at its beginning')
    const held = without(target.quirks?.['names within names']).toSorted(byUtf8)
    for (const key of held) await put(storage, key)
    for (const startAfter of [...held, 'a/', 'b/c', 'b/c/', 'b/c/dd', 'nothing', '\uffff']) {
      const expected = held.filter((key) => byUtf8(key, startAfter) > 0)
      expect(await keysOf(storage, { startAfter }), startAfter).toEqual(expected)
      expect(await keysOf(storage, { startAfter, limit: 2 }), startAfter).toEqual(expected)
    }
  })

  check('list: a prefix is the beginning of keys, not a folder', async ({ storage, target }) => {
    const held = without(target.quirks?.['names within names'])
    for (const key of held) await put(storage, key)
    for (const prefix of ['a', 'a/', 'b/', 'b/c', 'b/c/', 'b/c/d', 'é', 'nothing', 'nothing/below']) {
      const expected = held.filter((key) => key.startsWith(prefix)).toSorted(byUtf8)
      expect((await keysOf(storage, { prefix, limit: 2 })).toSorted(byUtf8), prefix).toEqual(expected)
    }
  })

  check('list: entries say what head says', async ({ storage }) => {
    await put(storage, 'some/key', 'content')
    const [entry] = await list(storage)
    const { hashes: _hashes, metadata: _metadata, ...info } = await storage.head('some/key')
    expect(entry).toMatchObject({ key: 'some/key', size: 7 })
    expect(info).toMatchObject({ size: 7, ...(entry?.etag !== undefined && { etag: entry.etag }) })
    expect(Math.abs(info.mtimeMs - (entry?.mtimeMs ?? 0))).toBeLessThan(storage.limits.mtimeResolutionMs)
    if (storage.abilities.etag) expect(entry?.etag).toMatch(/^[^"]+$/)
  })

  check('list: more than one full page', async ({ storage }) => {
    const many = Array.from({ length: storage.limits.maxListEntries + 5 }, (_, i) => `key-${String(i).padStart(5, '0')}`)
    for (let at = 0; at < many.length; at += 50) await Promise.all(many.slice(at, at + 50).map((key) => put(storage, key, 'x')))
    const first = await storage.list({ limit: 10_000 })
    expect(first.entries).toHaveLength(storage.limits.maxListEntries)
    expect((await keysOf(storage)).toSorted(byUtf8)).toEqual(many)
  })
}
