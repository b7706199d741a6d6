import { expect, it } from 'vitest'
import { openLedger } from '../../ledger/ledger.ts'
import type { FragmentRef } from '../../model/batch.ts'
import { noTally, addCounts, noCounts } from '../../model/status.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { runningReport } from '../../report/running-report.ts'
import { writeReport } from '../../report/write-report.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { put, read } from '../copy/support.ts'
import { contextOf, copyAll, listAll, signal } from './support.ts'

const totalList = 'aliyun_mgw_import_report/photos-to-archive@1_total_list'

/** The total list of 9 batches merged one by one, every `foldAt` fragments folded into the next; and of the running report. */
async function totalOf(foldAt: number) {
  const [source, destination] = [openMemory(), openMemory()]
  const keys = Array.from({ length: 90 }, (_, i) => `f${String(i).padStart(3, '0')}`)
  for (const key of keys) await put(source, key, key)
  const task = { source, destination, options: { tuning: { batchFiles: 10 } } }
  const ledger = openLedger(destination, contextOf(task))
  const batches = await copyAll(task, ledger, (await listAll(task, ledger)).batches)
  let [fragments, counts]: [FragmentRef[], typeof noCounts] = [[], noCounts]
  for (const [merge, batch] of batches.entries()) {
    const before = fragments.length < foldAt ? undefined : fragments
    const input = { context: ledger.context, merge, batches: [batch], ...(before && { before }) }
    const merged = await mergeBatches({ ledger, destination, input, attempt: 1, sourcePrefix: '', signal })
    fragments = [...fragments.slice(merged.folded ?? 0), merged.fragment]
    counts = addCounts(counts, merged.counts)
  }
  const parts = { epoch: ledger.context.epoch, run: 1, fragments, finished: [] }
  let running = ''
  for await (const { list, bytes } of runningReport({ ledger, sourcePrefix: '', options: ledger.context.options, parts, signal })) if (list === 'total_list') running += Buffer.from(bytes).toString()
  const input = { context: ledger.context, fragments, counts, excluded: noTally, startedAt: 0, endedAt: 1 }
  await writeReport({ destination, ledger, input, attempt: 1, signal, onProgress: () => {} })
  return { fragments: fragments.length, running, written: (await read(destination, totalList)).toString() }
}

const rowsOf = (csv: string): string[] => Array.from(csv.matchAll(/f\d{3}/g), ([key]) => key)

it('a list is the same whether its fragments are named by the job or by each other', async () => {
  const plain = await totalOf(100)
  expect([plain.fragments, new Set(rowsOf(plain.written)).size]).toEqual([9, 90])
  for (const foldAt of [1, 2, 4]) {
    const folded = await totalOf(foldAt)
    expect(folded.fragments).toBeLessThanOrEqual(foldAt)
    expect(rowsOf(folded.written)).toEqual(rowsOf(plain.written))
    expect(rowsOf(folded.running)).toEqual(rowsOf(plain.written))
  }
})
