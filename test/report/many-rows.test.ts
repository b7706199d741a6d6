import { describe, expect, it } from 'vitest'
import type { Entry, Outcome } from '../../ledger/entry.ts'
import { openLedger } from '../../ledger/ledger.ts'
import type { FinishedBatch } from '../../model/batch.ts'
import { noTally } from '../../model/status.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { writeReport } from '../../report/write-report.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { Storage } from '../../storage/storage.ts'
import { contextOf, signal } from './support.ts'

const MiB = 1024 ** 2
const context = contextOf({})

/** Bytes that were read and not yet written again, at most. */
function weighed(inner: Storage): { readonly storage: Storage; readonly most: () => number } {
  let [inHand, most] = [0, 0]
  const counted = intercept(inner, async (call, next) => {
    const result = await next()
    inHand -= call.sentBytes
    return result
  })
  const get: Storage['get'] = (key, sink, options) =>
    counted.get(key, (chunk) => {
      inHand += chunk.length
      most = Math.max(most, inHand)
      return sink(chunk)
    }, options)
  return { storage: { ...counted, get }, most: () => most }
}

describe('a report of many rows', () => {
  it('is written with no more than a part of it in hand', async () => {
    const [fragments, rows] = [12, 40_000]
    const row = Buffer.from(`${'x'.repeat(98)}\r\n`)
    const storage = openMemory()
    const ledger = openLedger(storage, context)
    const bytes = Buffer.concat(Array.from({ length: rows }, () => row))
    for (let merge = 0; merge < fragments; merge++) {
      const parts = (['total_list', 'skipped_list'] as const).map((list) => ({ list, rows, bytes: bytes.length }))
      for (const part of parts.keys()) await ledger.writeFragment(merge, 1, part, bytes)
      await ledger.writeFragmentIndex(merge, 1, { parts, droppedMetadata: 0 })
    }
    const { storage: reading, most } = weighed(storage)
    const counts = { completed: noTally, skipped: { files: fragments * rows, bytes: 0 }, failed: noTally, unverified: 0 }
    const refs = Array.from({ length: fragments }, (_, merge) => ({ merge, attempt: 1, parts: 2 }))
    const input = { context, fragments: refs, counts, excluded: noTally, startedAt: 0, endedAt: 1 }
    await writeReport({ destination: reading, ledger: openLedger(reading, context), input, attempt: 1, signal, onProgress: () => {} })
    expect(most()).toBeGreaterThan(4 * MiB)
    expect(most()).toBeLessThan(16 * MiB)
  })

  it('is merged part by part, while later batches are still to be read', async () => {
    const [batches, files] = [100, 1_000]
    const read: string[] = []
    const readAtFirstPart: number[] = []
    const storage = intercept(openMemory(), async ({ operation, key = '' }, next) => {
      if (operation === 'get' && key.endsWith('.0.1')) read.push(key)
      if (operation === 'put' && /fragment-0\.1\.\d/.test(key)) readAtFirstPart.push(read.length)
      return await next()
    })
    const ledger = openLedger(storage, context)
    const finished = await Promise.all(Array.from({ length: batches }, async (_, n): Promise<FinishedBatch> => {
      const entries = Array.from({ length: files }, (_, i): Entry => ({ key: `many/${n}/${'x'.repeat(60)}/${i}.bin`, size: i, mtimeMs: i }))
      const outcomes = entries.map((entry): Outcome => ({ ...entry, kind: 'completed', crc64: '1', completedAt: 1, verified: true }))
      await ledger.writeEntries(n, 1, entries)
      await ledger.writeOutcomes(n, { generation: 0, attempt: 1 }, { outcomes, uploads: [] })
      return [n, 1, 0, 1]
    }))
    const { counts, fragment } = await mergeBatches({ ledger, input: { context, merge: 0, batches: finished }, attempt: 1, sourcePrefix: 'memory://here/', signal })
    expect(counts.completed.files).toBe(batches * files)
    expect(read).toHaveLength(batches)
    expect(fragment.parts).toBeGreaterThan(4)
    expect(readAtFirstPart[0]).toBeLessThan(batches / 2)
  })
})
