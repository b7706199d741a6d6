import { beforeAll, describe, expect, it } from 'vitest'
import { openLedger, type Ledger } from '../../ledger/ledger.ts'
import type { BatchRef, FinishedBatch, FragmentRef, MergeResult, ReportInput } from '../../model/batch.ts'
import { listNames, type ListName } from '../../model/report-row.ts'
import { addCounts, noCounts, type Counts } from '../../model/status.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { readJobFile } from '../../report/read-report.ts'
import { sourceAddressPrefix } from '../../report/row.ts'
import { writeReport } from '../../report/write-report.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import type { Storage } from '../../storage/storage.ts'
import { counting, failing, fault, jobOptions, keysOf, put } from '../copy/support.ts'
import { dying } from './dying.ts'
import { contextOf, copyAll, listAll, signal, textOf } from './support.ts'

const files = 60
const options = { tuning: { batchFiles: 20 } }
const lists = listNames.filter((list) => list !== 'excluded_list')

interface Copied {
  readonly source: Storage
  readonly store: string
  readonly batches: readonly BatchRef[]
  readonly finished: readonly FinishedBatch[]
}

/** A run that is copied and not reported yet; the lists are large enough for several parts each. */
async function copied(): Promise<Copied> {
  const store = crypto.randomUUID()
  const source = openMemory()
  for (let i = 0; i < files; i++) await put(source, `file ${i}`, 'x'.repeat(i))
  const from = failing(source, ({ operation, key }) => (operation === 'get' && key?.endsWith('7') ? fault('archived') : undefined))
  const destination = open(store)
  const ledger = openLedger(destination, contextOf({ options }))
  const { batches } = await listAll({ source: from, destination, options }, ledger)
  return { source, store, batches, finished: await copyAll({ source: from, destination, options: jobOptions(options) }, ledger, batches) }
}

const open = (store: string): Storage => openMemory({ store, limits: { maxPutBytes: 1_000, maxPartBytes: 1_500 } })
const ledgerOn = (storage: Storage): Ledger => openLedger(storage, contextOf({ options }))

/** One merge a batch, as of a job whose batches finish one after the other. */
async function merge({ source, finished }: Copied, storage: Storage, attempt: number): Promise<MergeResult[]> {
  const results: MergeResult[] = []
  for (const [i, batch] of finished.entries()) {
    const input = { context: contextOf({ options }), merge: i, batches: [batch] }
    results.push(await mergeBatches({ ledger: ledgerOn(storage), destination: storage, input, attempt, sourcePrefix: sourceAddressPrefix(source.info), signal }))
  }
  return results
}

async function report(storage: Storage, merged: readonly MergeResult[], attempt: number): Promise<Counts> {
  const counts = merged.map((result) => result.counts).reduce(addCounts, noCounts)
  const fragments: readonly FragmentRef[] = merged.map(({ fragment }) => fragment)
  const input: ReportInput = { context: contextOf({ options }), fragments, counts, excluded: { files: 0, bytes: 0 }, startedAt: 0, endedAt: 1 }
  return (await writeReport({ destination: storage, ledger: ledgerOn(storage), input, attempt, signal, onProgress: () => {} })).counts
}

/** Times differ from run to run. */
async function timeless(storage: Storage, list: ListName): Promise<string> {
  return (await textOf(storage, 1, list)).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then').replaceAll(/memory:\/\/[^/]+/g, 'memory://store')
}

async function expectWhole(store: string, wanted: ReadonlyMap<ListName, string>): Promise<void> {
  const storage = open(store)
  for (const list of lists) expect(await timeless(storage, list)).toBe(wanted.get(list))
  expect((await readJobFile(storage, 'photos-to-archive'))?.runs).toMatchObject([{ run: 1, total: { files }, completed: { files: 54 }, failed: { files: 6 } }])
  expect((await keysOf(storage)).filter((key) => key.includes('.ledger/'))).toEqual([])
  expect([...memoryStore(store).uploads.values()]).toEqual([])
}

const wanted = new Map<ListName, string>()
let requests = { merging: 0, writing: 0 }
beforeAll(async () => {
  const run = await copied()
  const [merging, writing] = [counting(open(run.store)), counting(open(run.store))]
  await report(writing.storage, await merge(run, merging.storage, 1), 1)
  for (const list of lists) wanted.set(list, await timeless(open(run.store), list))
  requests = { merging: merging.calls.length, writing: writing.calls.length }
})

describe.each([{ late: false }, { late: true }])('a process that is killed with its last request done: $late', ({ late }) => {
  it('at any request of writing the report leaves one that the next attempt makes whole', async () => {
    expect(requests.writing).toBeGreaterThan(40)
    for (let left = 0; left < requests.writing; left++) {
      const run = await copied()
      const merged = await merge(run, open(run.store), 1)
      await expect(report(dying(open(run.store), { left, late }), merged, 1), `request ${left}`).rejects.toThrow()
      await report(open(run.store), merged, 2)
      await expectWhole(run.store, wanted)
    }
  })

  it('at any request of merging outcomes leaves fragments that nobody reads', async () => {
    expect(requests.merging).toBeGreaterThan(15)
    for (let left = 0; left < requests.merging; left++) {
      const run = await copied()
      await expect(merge(run, dying(open(run.store), { left, late }), 1), `request ${left}`).rejects.toThrow()
      await report(open(run.store), await merge(run, open(run.store), 2), 1)
      await expectWhole(run.store, wanted)
    }
  })
})
