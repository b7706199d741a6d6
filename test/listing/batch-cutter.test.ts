import { describe, expect, it } from 'vitest'
import type { Entry } from '../../ledger/entry.ts'
import { cutBatch, tallyOf } from '../../listing/batch-cutter.ts'

const entry = (key: number, size = 1): Entry => ({ key: String(key), size, mtimeMs: 0 })
const entries = (count: number, size?: number) => Array.from({ length: count }, (_, i) => entry(i, size))
const GiB = 1024 ** 3

describe('a batch', () => {
  it('ends at 1,000 files or 1 GiB, and is not cut while more may go into it', () => {
    expect(cutBatch(entries(2_500))).toMatchObject({ batch: { length: 1_000 }, rest: { length: 1_500 } })
    expect(cutBatch(entries(1_000))).toMatchObject({ batch: { length: 1_000 }, rest: [] })
    expect(cutBatch(entries(999))).toBeUndefined()
    expect(cutBatch(entries(5, GiB / 2))).toMatchObject({ batch: { length: 2 }, rest: { length: 3 } })
    expect(cutBatch([])).toBeUndefined()
  })

  it('is one file where that alone is too large', () => {
    expect(cutBatch([entry(1, 5 * GiB), entry(2)])).toMatchObject({ batch: [{ key: '1' }], rest: [{ key: '2' }] })
    expect(cutBatch([entry(1), entry(2, 5 * GiB)])).toMatchObject({ batch: [{ key: '1' }], rest: [{ key: '2' }] })
  })

  it('leaves a file alone that is to be copied by several workers', () => {
    const large = [entry(1), entry(2, 32), entry(3), entry(4)]
    expect(cutBatch(large, { bytes: 32 })).toMatchObject({ batch: [{ key: '1' }], rest: { length: 3 } })
    expect(cutBatch(large.slice(1), { bytes: 32 })).toMatchObject({ batch: [{ key: '2' }], rest: { length: 2 } })
  })

  it('does not count what is excluded', () => {
    const excluded: Entry = { ...entry(1, 9 * GiB), excluded: true }
    expect(cutBatch([excluded, entry(2)])).toBeUndefined()
    expect(tallyOf([excluded, entry(2, 7)])).toEqual({ files: 1, bytes: 7 })
  })
})
