import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burstOf, emptyBucket, grantable, refill, spend, waitMs } from '../../../model/flow/bucket.ts'
import { allowedAt, lasting } from '../../../model/flow/limit.ts'
import { printedSeed } from '../../support/seed.ts'

describe('a bucket', () => {
  it('grants over any ten seconds at most a fortieth above its limit, whoever asks for what when', () => {
    const steps = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 900 }), bytes: fc.integer({ min: 1, max: 3_000_000 }) }), { minLength: 50, maxLength: 300 })
    const property = fc.property(fc.integer({ min: 1_000, max: 50_000_000 }), steps, (limit, asked) => {
      let bucket = emptyBucket(0)
      const grants: { at: number; bytes: number }[] = []
      for (const { afterMs, bytes } of asked) {
        bucket = refill(bucket, limit, bucket.atMs + afterMs)
        const granted = grantable(bucket, bytes)
        bucket = spend(bucket, granted)
        grants.push({ at: bucket.atMs, bytes: granted })
        const lastTenSeconds = grants.filter(({ at }) => at > bucket.atMs - 10_000).reduce((sum, grant) => sum + grant.bytes, 0)
        expect(lastTenSeconds).toBeLessThanOrEqual(limit * 10.25)
      }
    })
    fc.assert(property, { numRuns: 60, seed: printedSeed('bucket') })
  })

  it('waits until half of it is there at most, and never less than a moment', () => {
    const bucket = emptyBucket(0)
    expect([waitMs(bucket, 1_000_000, 50_000), waitMs(bucket, 1_000_000, 9_000_000), waitMs(refill(bucket, 1_000_000, 50), 1_000_000, 50_000)]).toEqual([50, 125, 1])
  })

  it('forgets what a lower limit does not hold, and all of it at zero; a clock put back gives nothing', () => {
    const full = refill(emptyBucket(0), 1_000_000, 60_000)
    expect(full.tokens).toBe(burstOf(1_000_000))
    expect(refill(full, 100_000, 60_000).tokens).toBe(burstOf(100_000))
    expect(refill(full, 0, 60_000).tokens).toBe(0)
    expect(refill(full, 1_000_000, 0)).toEqual(full)
  })
})

describe('an allowance', () => {
  it('is whole, then falls to zero; no limit is gone at once', () => {
    const aging = { bytesPerSecond: 1_000, fullUntilMs: 2_500, zeroAtMs: 5_000 }
    expect([0, 2_500, 3_750, 4_999.9, 5_000, 9_000].map((at) => Math.round(allowedAt(aging, at) ?? -1))).toEqual([1_000, 1_000, 500, 0, 0, 0])
    expect([4_999, 5_000].map((at) => allowedAt({ ...aging, bytesPerSecond: null }, at))).toEqual([null, 0])
    expect(allowedAt(lasting(7), 1e15)).toBe(7)
  })
})
