import { describe, expect, it } from 'vitest'
import type { Entry } from '../../ledger/entry.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { listBatches } from '../../listing/list-batches.ts'
import { compareKeys } from '../../model/keys.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { ListPage, Storage } from '../../storage/storage.ts'
import { counting, failing, fault, put } from '../copy/support.ts'
import { contextOf, listAll, signal, type RunTask } from '../report/support.ts'

async function entriesOf(task: RunTask, limits?: Parameters<typeof listAll>[2]) {
  const ledger = openLedger(openMemory(), contextOf(task))
  const listed = await listAll(task, ledger, limits)
  const batches: Entry[][] = []
  for (const { n, listAttempt } of listed.batches) batches.push(await ledger.readEntries(n, listAttempt))
  return { ...listed, entries: batches.flat(), sizes: batches.map(({ length }) => length) }
}

async function filled(keys: readonly string[], limits = {}): Promise<Storage> {
  const storage = openMemory({ limits })
  for (const key of keys) await put(storage, key, key)
  return storage
}

const numbered = (count: number, prefix = 'f') => Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(5, '0')}`)

describe('the lister', () => {
  it('gives every key once, in batches of at most 1,000, however often it is called', async () => {
    const keys = numbered(2_500)
    const source = await filled(keys)
    const destination = openMemory()
    for (const limits of [{}, { maxBatches: 1 }, { deadlineMs: 0 }]) {
      const { entries, sizes } = await entriesOf({ source, destination }, limits)
      expect(entries.map(({ key }) => key)).toEqual(keys)
      expect(Math.max(...sizes)).toBe(1_000)
    }
  })

  it('ends a batch at 1 GiB', async () => {
    const source = await filled(['a', 'b', 'c', 'd'])
    const large = intercept(source, async (call, next) => {
      const answer = await next()
      if (call.operation !== 'list') return answer
      const page = answer as ListPage
      return { ...page, entries: page.entries.map((entry) => ({ ...entry, size: 400 * 1024 ** 2 })) } as typeof answer
    })
    expect((await entriesOf({ source: large, destination: openMemory() })).sizes).toEqual([2, 2])
  })

  it('never lists the report folder, and counts what the filters leave out', async () => {
    const source = await filled(['a.txt', 'aliyun_mgw_import_report/x@1_total_list', 'b.tmp', 'dir/.hidden/c.txt'])
    const options = { include: ['**/*.txt'], exclude: ['a*'] }
    const { entries, excluded } = await entriesOf({ source, destination: openMemory(), options })
    expect(entries.map(({ key }) => key)).toEqual(['dir/.hidden/c.txt'])
    expect(excluded).toEqual({ files: 2, bytes: 10 })
    const all = await entriesOf({ source, destination: openMemory(), options: { ...options, listExcluded: true } })
    expect(all.entries.filter((entry) => entry.excluded).map(({ key }) => key)).toEqual(['a.txt', 'b.tmp'])
    expect(all.batches).toEqual([{ n: 0, listAttempt: 1, files: 1, bytes: 17 }, { n: 1, listAttempt: 1, files: 0, bytes: 0, skips: true }])
  })

  it('joins with what the destination holds at a page for a page', async () => {
    const keys = numbered(3_000)
    const source = await filled(keys)
    const destination = await filled(keys.filter((_, i) => i % 3 === 0))
    const to = counting(destination)
    const { entries } = await entriesOf({ source, destination: to.storage })
    expect(entries.filter((entry) => entry.destination === null)).toHaveLength(2_000)
    expect(entries.filter((entry) => entry.destination)).toHaveLength(1_000)
    expect(to.calls.length).toBeLessThanOrEqual(2)
  })

  it('reads the destination ahead where it holds our keys, and asks for no page twice', async () => {
    const keys = numbered(10_000)
    const to = counting(await filled(keys))
    const { batches } = await entriesOf({ source: await filled(keys), destination: to.storage, options: { compareContentType: false } })
    expect(batches).toEqual(Array.from({ length: 10 }, (_, n) => ({ n, listAttempt: 1, files: 1_000, bytes: 60_000 / 10, skips: true })))
    expect(to.calls.length).toBe(10)
  })

  it('puts what is skipped into batches of its own, as the rule says where both listings tell enough', async () => {
    const source = await filled(['changed', 'new', 'same'])
    const destination = await filled(['same'])
    await put(destination, 'changed', 'other')
    const skipsWith = async (options: RunTask['options']) => {
      const { batches, entries } = await entriesOf({ source, destination, options })
      return [batches.map(({ files, skips = false }) => [files, skips]), entries.flatMap(({ key, skip }) => (skip ? [[key, skip]] : []))]
    }
    expect(await skipsWith({ compareContentType: false })).toEqual([[[2, false], [1, true]], [['same', 'same']]])
    expect(await skipsWith({ overwrite: 'never' })).toEqual([[[1, false], [2, true]], [['changed', 'exists'], ['same', 'exists']]])
    expect(await skipsWith({})).toEqual([[[3, false]], []])
    expect(await skipsWith({ overwrite: 'always' })).toEqual([[[3, false]], []])
  })

  it('decides anew what waits for its batch when the overwrite rule was changed', async () => {
    const keys = numbered(3_500)
    const [source, destination] = [await filled(keys), await filled(keys)]
    const begun = contextOf({ options: { overwrite: 'never' } })
    const ledger = openLedger(openMemory(), begun)
    const task = { source, destination, ledger, attempt: 1, signal, deadlineMs: 0, now: () => 1 }
    const input = { context: begun, call: 0, firstBatch: 0, maxBatches: 50 }
    const first = await listBatches({ ...task, source: { ...source, list: (options) => source.list({ ...options, limit: 700 }) }, input })
    expect([first.batches, first.position]).toEqual([[], { call: 0, attempt: 1 }])
    const changed = { ...begun, options: { ...begun.options, overwrite: 'always' as const } }
    const { batches } = await listBatches({ ...task, deadlineMs: Infinity, input: { ...input, context: changed, from: first.position, call: 1 } })
    expect(batches.map(({ files, skips }) => [files, skips])).toEqual([[1_000, undefined], [1_000, undefined], [1_000, undefined], [500, undefined]])
  })

  it('jumps over what only the destination has', async () => {
    const source = await filled(['a', 'z'])
    const destination = await filled(['a', ...numbered(5_000, 'm'), 'z'])
    const to = counting(destination)
    const { entries } = await entriesOf({ source, destination: to.storage })
    expect(entries.map((entry) => entry.destination?.size)).toEqual([1, 1])
    expect(to.calls.length).toBe(2)
  })

  it('stops listing a destination whose pages hold none of our keys', async () => {
    const keys = numbered(3_000).flatMap((key) => [key, `${key}/`])
    const source = await filled(keys.filter((key) => !key.endsWith('/')))
    const destination = await filled(keys.flatMap((key) => Array.from({ length: 3 }, (_, i) => `${key}~${i}`)), { maxListEntries: 2 })
    const to = counting(destination)
    const { entries } = await entriesOf({ source, destination: to.storage })
    expect(to.calls.length).toBeLessThan(100)
    expect(entries.some((entry) => entry.destination === undefined)).toBe(true)
    expect(entries.every((entry) => !entry.destination)).toBe(true)
  })

  it('asks nothing of the destination with overwrite always', async () => {
    const to = counting(openMemory())
    const { entries } = await entriesOf({ source: await filled(['a']), destination: to.storage, options: { overwrite: 'always' } })
    expect(to.calls).toEqual([])
    expect(entries).toMatchObject([{ key: 'a' }])
    expect(entries[0]).not.toHaveProperty('destination')
  })

  it('takes pages that are empty, repeat a key or lose their token', async () => {
    const keys = numbered(12)
    const source = pagesOf([keys.slice(0, 4), [], keys.slice(3, 8), keys.slice(8)])
    const { entries } = await entriesOf({ source, destination: openMemory() })
    expect(entries.map(({ key }) => key)).toEqual(keys)
    let pages = 0
    const expiring = failing(await filled(numbered(5_000)), ({ operation }) => (operation === 'list' && ++pages === 3 ? fault('invalid') : undefined))
    expect((await entriesOf({ source: expiring, destination: openMemory() })).entries).toHaveLength(5_000)
  })

  it('gives every key of a source that breaks its order, with what the destination holds of it', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    const destination = await filled(['c', 'd', 'e'])
    const late = await entriesOf({ source: pagesOf([['b', 'd'], ['a', 'c'], ['e', 'f']]), destination })
    expect(late.entries.map(({ key }) => key).sort(compareKeys)).toEqual(keys)
    expect(late.entries.map(({ key, destination: held }) => [key, held && 'there'])).toEqual([['b', null], ['d', 'there'], ['a', null], ['c', 'there'], ['e', 'there'], ['f', null]])
    const early = await entriesOf({ source: pagesOf([['b', 'a'], ['f', 'd'], ['c', 'e']]), destination }, { deadlineMs: 0 })
    expect(early.entries.map(({ key }) => key).sort(compareKeys)).toEqual(keys)
    expect(early.calls).toBe(3)
  })

  it('trusts no answer of a destination that breaks its order', async () => {
    const destination = pagesOf([['b', 'a', 'c']])
    const { entries } = await entriesOf({ source: await filled(['a', 'b', 'c']), destination })
    expect(entries.map((entry) => entry.destination)).toEqual([undefined, undefined, undefined])
  })

  it('lists a source without order page by page, each key once', async () => {
    const pages = [['q', 'b'], ['z'], ['a', 'c']]
    const source = { ...pagesOf(pages), abilities: { ...openMemory().abilities, ordered: false, startAfter: false } }
    const { entries, calls } = await entriesOf({ source, destination: openMemory() }, { deadlineMs: 0 })
    expect(entries.map(({ key }) => key)).toEqual(pages.flat())
    expect(calls).toBe(3)
  })

  it('joins a source that can only go on where a page ended, call after call', async () => {
    const pages = [['a', 'b'], ['c'], ['d', 'e']]
    const source = { ...pagesOf(pages), abilities: { ...openMemory().abilities, startAfter: false } }
    const { entries, calls } = await entriesOf({ source, destination: await filled(['b', 'd']) }, { deadlineMs: 0 })
    expect(entries.map(({ key, destination }) => [key, destination && 'there'])).toEqual([['a', null], ['b', 'there'], ['c', null], ['d', 'there'], ['e', null]])
    expect(calls).toBe(3)
  })

  it('says which address is at fault, and lists nothing then', async () => {
    const source = await filled(['a'])
    const input = { context: contextOf({}), call: 0, firstBatch: 0, maxBatches: 5 }
    const task = { source, destination: openMemory(), input, attempt: 1, signal, deadlineMs: Infinity, now: Date.now }
    const ledger = openLedger(openMemory(), input.context)
    const from = failing(source, () => fault('bad-secret'))
    expect(await listBatches({ ...task, ledger, source: from })).toMatchObject({ batches: [], blocked: { code: 'SourceAddrSecretKeyInvalid' } })
    const to = failing(openMemory(), () => fault('no-bucket'))
    expect(await listBatches({ ...task, ledger, destination: to })).toMatchObject({ batches: [], blocked: { code: 'DestAddrBucketInvalid' } })
  })
})

/** A store that lists exactly these pages, whatever their order. */
function pagesOf(pages: readonly (readonly string[])[]): Storage {
  const inner = openMemory()
  return {
    ...inner,
    list: async ({ cursor, startAfter } = {}) => {
      const at = cursor === undefined ? pages.findIndex((page) => startAfter === undefined || page.some((key) => compareKeys(key, startAfter) > 0)) : Number(cursor)
      const page = at < 0 ? [] : (pages[at] ?? [])
      const keys = cursor === undefined && startAfter !== undefined ? page.filter((key) => compareKeys(key, startAfter) > 0) : page
      return { entries: keys.map((key) => ({ key, size: 1, mtimeMs: 1 })), ...(at >= 0 && at + 1 < pages.length && { next: String(at + 1) }) }
    },
  }
}
