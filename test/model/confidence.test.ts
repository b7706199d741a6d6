import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostDiffering } from '../../model/confidence.ts'
import { printedSeed } from '../support/seed.ts'

const choose = (n: number, k: number): bigint => {
  if (k < 0 || k > n) return 0n
  let value = 1n
  for (let i = 1; i <= k; i++) value = (value * BigInt(n - k + i)) / BigInt(i)
  return value
}

/** By counting samples one by one, in whole numbers. */
function byCounting(files: number, read: number, differing: number): number {
  let most = differing
  for (let bad = differing; bad <= files - (read - differing); bad++) {
    let ways = 0n
    for (let x = 0; x <= differing; x++) ways += choose(bad, x) * choose(files - bad, read - x)
    if (Number((ways * 10n ** 15n) / choose(files, read)) / 1e15 > 0.05) most = bad
  }
  return most
}

describe('the most files that may differ', () => {
  it('is what counting every possible sample says', () => {
    const cases = fc.integer({ min: 1, max: 400 }).chain((files) =>
      fc.integer({ min: 1, max: files }).chain((read) => fc.tuple(fc.constant(files), fc.constant(read), fc.integer({ min: 0, max: Math.min(read, 5) }))),
    )
    fc.assert(fc.property(cases, ([files, read, differing]) => {
      expect(mostDiffering({ files, read, differing })).toBe(byCounting(files, read, differing))
    }), { seed: printedSeed('samples'), numRuns: 200 })
  })

  it('is refuted where the chance is exactly the bound', () => {
    expect(mostDiffering({ files: 80, read: 1, differing: 0 })).toBe(75)
  })

  it('follows the rule of three where many are read of far more', () => {
    for (const read of [300, 3_000, 30_000]) {
      const share = mostDiffering({ files: 1_000_000_000, read, differing: 0 }) / 1_000_000_000
      expect((share * read) / 3).toBeGreaterThan(0.97)
      expect((share * read) / 3).toBeLessThan(1.01)
    }
  })

  it('is what was found where all was read', () => {
    expect(mostDiffering({ files: 1_000, read: 1_000, differing: 0 })).toBe(0)
    expect(mostDiffering({ files: 1_000, read: 1_000, differing: 7 })).toBe(7)
  })
})
