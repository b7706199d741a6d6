import { describe, expect, it } from 'vitest'
import { chanceOf } from '../../model/sampling.ts'
import { fewerThanPercent, noVerifyCounts, verifyStatement, type VerifyCounts } from '../../model/verify.ts'

const of = (files: number, counts: Partial<VerifyCounts>) => ({ files, counts: { ...noVerifyCounts, ...counts } })

describe('what a verification says', () => {
  it.each([
    [of(0, {}), 'No file was copied: there is nothing to verify.'],
    [of(5_000, { checked: 5_000, equal: 5_000, bytes: 5e6 }), '5,000 of 5,000 files re-read (5.00 MB), all equal.'],
    [of(1_000_000, { checked: 3_000, equal: 3_000, bytes: 3e9 }), '3,000 of 1,000,000 files re-read (3.00 GB), all equal: with 95 % confidence fewer than 0.1 % differ.'],
    [of(1_000_000, { checked: 3_000, equal: 2_998, size: 1, missing: 1, bytes: 3e9 }), '3,000 of 1,000,000 files re-read (3.00 GB), 2 differ: with 95 % confidence fewer than 0.21 % differ.'],
    [of(10, { checked: 10, equal: 9, sizeOnly: 4, unreadable: 1 }), '10 of 10 files re-read (0 B), 1 could not be read, all others equal: with 95 % confidence fewer than 20 % differ. 4 were not verifiable by hash: size only.'],
  ])('%#: %s', (verified, sentence) => {
    expect(verifyStatement(verified)).toBe(sentence)
  })

  it('guesses nothing where all was read, and leaves out what a later run copied again', () => {
    expect(fewerThanPercent(of(100, { checked: 90, equal: 90, superseded: 10 }))).toBeNull()
    expect(fewerThanPercent(of(100, { checked: 89, equal: 89, superseded: 10 }))).toBe(1.2)
  })
})

describe('a choice by name', () => {
  const keys = Array.from({ length: 100_000 }, (_, i) => `folder-${i % 7}/file-${i}.bin`)
  it('takes the share that was asked, others with another seed, and independently of it', () => {
    const chosen = (seed: number) => new Set(keys.filter((key) => chanceOf(key, seed) < 0.03))
    const [one, other] = [chosen(1), chosen(2)]
    for (const { size } of [one, other]) expect(Math.abs(size - 3_000)).toBeLessThan(300)
    const both = [...one].filter((key) => other.has(key)).length
    expect(both).toBeGreaterThan(40)
    expect(both).toBeLessThan(150)
  })

  it('spreads evenly over lanes', () => {
    const lanes = Array.from({ length: 8 }, () => 0)
    for (const key of keys) lanes[Math.floor(chanceOf(key, 0) * 8)]! += 1
    for (const size of lanes) expect(Math.abs(size - 12_500)).toBeLessThan(600)
  })
})
