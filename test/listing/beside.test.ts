import { describe, expect, it } from 'vitest'
import { openLedger } from '../../ledger/ledger.ts'
import { listBatches } from '../../listing/list-batches.ts'
import type { ListPosition, ListResult } from '../../model/batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { ListOptions, ListPage, Storage } from '../../storage/storage.ts'
import { fault, put } from '../copy/support.ts'
import { contextOf, signal } from '../report/support.ts'

const keys = Array.from({ length: 30_000 }, (_, i) => `file-${String(i).padStart(6, '0')}`)

/** A clock that a page moves on by so much; calls that wait at the same time are counted. */
async function slowSource(pageMs: number, answer: (page: ListPage, options: ListOptions) => ListPage = (page) => page) {
  const memory = openMemory()
  for (const key of keys) await put(memory, key, 'x')
  const seen = { nowMs: 0, pages: 0, atOnce: 0, most: 0 }
  const list = async (options: ListOptions = {}): Promise<ListPage> => {
    seen.atOnce += 1
    seen.most = Math.max(seen.most, seen.atOnce)
    await new Promise(setImmediate)
    seen.nowMs += pageMs / seen.atOnce
    const page = answer(await memory.list(options), options)
    seen.atOnce -= 1
    if (page.entries.length > 1) seen.pages += 1
    return page
  }
  const source: Storage = { ...memory, list }
  return { source, seen }
}

async function listAll(source: Storage, now: () => number, maxBatches = 50) {
  const ledger = openLedger(openMemory(), contextOf({}))
  const results: ListResult[] = []
  const listed: string[] = []
  let from: ListPosition | undefined
  do {
    const firstBatch = results.reduce((sum, { batches }) => sum + batches.length, 0)
    const input = { context: ledger.context, from, call: results.length, firstBatch, maxBatches }
    const result = await listBatches({ source, destination: openMemory(), ledger, input, attempt: 1, signal, deadlineMs: now() + 10_000, now })
    results.push(result)
    for (const { n, listAttempt } of result.batches) listed.push(...(await ledger.readEntries(n, listAttempt)).map(({ key }) => key))
    from = result.position
  } while (from !== undefined)
  return { listed, results }
}

describe('a source that takes its time', () => {
  it('is listed in ranges beside each other: every key once, few pages more than needed', async () => {
    for (const maxBatches of [50, 8]) {
      const { source, seen } = await slowSource(100)
      const { listed } = await listAll(source, () => seen.nowMs, maxBatches)
      expect(listed.toSorted()).toEqual(keys)
      expect(seen.most).toBeGreaterThanOrEqual(8)
      expect(seen.pages).toBeLessThan(75)
    }
  })

  it('is listed page after page where that goes fast', async () => {
    const { source, seen } = await slowSource(5)
    const { listed } = await listAll(source, () => seen.nowMs)
    expect(listed).toEqual(keys)
    expect(seen.most).toBe(1)
  })

  it('ends a call with the fault of one range, and writes no position', async () => {
    const { source, seen } = await slowSource(100, (page) => {
      if (page.entries.some(({ key }) => key === 'file-025000')) throw fault('no-bucket')
      return page
    })
    const { results } = await listAll(source, () => seen.nowMs)
    expect(results.at(-1)).toMatchObject({ batches: [], blocked: { code: 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket' } })
  })

  it('is blocked where ranges are not in order: keys could be missed', async () => {
    const { source, seen } = await slowSource(100, (page, { startAfter = '' }) => (startAfter > 'file-02' ? { ...page, entries: page.entries.toReversed() } : page))
    const { results } = await listAll(source, () => seen.nowMs)
    expect(results.at(-1)?.blocked?.message).toContain('order')
  })
})
