import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partRange, planObject } from '../../model/plan.ts'
import { describeVendors } from '../../scripts/vendors-doc.ts'

const MiB = 1024 ** 2
const s3 = { maxPutBytes: 5_120 * MiB, minPartBytes: 5 * MiB, maxPartBytes: 5_120 * MiB, maxParts: 10_000, maxObjectBytes: 50_000 * 1_024 * MiB }
const vendors = await describeVendors()
const writable = vendors.flatMap(({ vendor, storage: { limits, multipart } }) => (multipart ? [{ vendor, limits }] : []))
const limitsOf = (vendor: string) => {
  const limits = writable.find((one) => one.vendor === vendor)?.limits
  if (limits === undefined) throw new Error(`There is no ${vendor}.`)
  return limits
}
const options = { pieceBytes: 8 * MiB, mostPartBytes: 64 * MiB, multipart: true }

describe('the plan of an object', () => {
  it('is one piece up to the size of a piece, parts above', () => {
    expect(planObject(8 * MiB, s3, options)).toEqual({ kind: 'whole' })
    expect(planObject(8 * MiB + 1, s3, options)).toEqual({ kind: 'parts', partBytes: 8 * MiB, parts: 2 })
  })

  it('has larger parts where their number would not do, up to what memory holds', () => {
    expect(planObject(100_000 * MiB, s3, options)).toMatchObject({ partBytes: 10 * MiB, parts: 10_000 })
    expect(planObject(640_000 * MiB, s3, options)).toMatchObject({ partBytes: 64 * MiB })
    expect(planObject(640_000 * MiB + 1, s3, options)).toMatchObject({ kind: 'too-large', sentence: expect.stringMatching(/10000 parts.*\d+ bytes in each/) })
  })

  it.each(writable)('of $vendor: covers every size up to its largest with parts that it takes, and refuses one byte more', ({ limits }) => {
    const most = Math.min(limits.maxObjectBytes, Number.MAX_SAFE_INTEGER - 1)
    const sizes = fc.oneof(fc.double({ min: 1, max: most, noNaN: true }).map(Math.floor), fc.integer({ min: 0, max: 64 }).map((less) => most - less))
    fc.assert(
      fc.property(sizes, (size) => {
        const plan = planObject(size, limits, { ...options, longParts: true })
        if (plan.kind !== 'parts') {
          expect(plan).toEqual({ kind: 'whole' })
          return
        }
        expect(plan.parts).toBeLessThanOrEqual(limits.maxParts)
        expect(plan.partBytes).toBeGreaterThanOrEqual(limits.minPartBytes)
        expect(plan.partBytes).toBeLessThanOrEqual(limits.maxPartBytes)
        expect(partRange(plan.parts, size, plan.partBytes)).toEqual({ first: (plan.parts - 1) * plan.partBytes, last: size - 1 })
        expect((plan.parts - 1) * plan.partBytes).toBeLessThan(size)
        expect(plan.long ?? false).toBe(plan.partBytes > options.mostPartBytes)
      }),
    )
    if (limits.maxObjectBytes < Infinity)
      expect(planObject(limits.maxObjectBytes + 1, limits, { ...options, longParts: true })).toMatchObject({ kind: 'too-large', sentence: expect.stringContaining(String(limits.maxObjectBytes)) })
  })

  it('reaches what the vendors promise: 48.8 TiB in S3 and OSS, 5 TiB in GCS, 190.7 TiB in Azure', () => {
    const TiB = 1024 ** 4
    const largest = (vendor: string, tib: number) =>
      planObject(Math.floor(tib * TiB), limitsOf(vendor), { ...options, longParts: true })
    expect(largest('s3', 48.8)).toMatchObject({ kind: 'parts', parts: 9_999, long: true })
    expect(largest('oss', 48.8)).toMatchObject({ kind: 'parts', long: true })
    expect(largest('gcs', 5)).toMatchObject({ kind: 'parts', partBytes: 525 * MiB, parts: 9_987 })
    expect(largest('azblob', 190.7)).toMatchObject({ kind: 'parts', long: true })
    expect(largest('azblob', 2)).toMatchObject({ partBytes: 42 * MiB, parts: 49_933 })
  })

  it('is refused with a sentence where the destination takes no such size', () => {
    expect(planObject(2, { ...s3, maxObjectBytes: 1 }, options)).toMatchObject({ kind: 'too-large' })
    expect(planObject(2, { ...s3, maxPutBytes: 1 }, { ...options, multipart: false })).toMatchObject({ sentence: expect.stringMatching(/1 bytes in one request/) })
  })

  it('covers every byte once, within the limits', () => {
    const size = fc.integer({ min: 1, max: 700 * 1_024 })
    const limits = fc.record({ minPartBytes: fc.integer({ min: 1, max: 64 }), maxParts: fc.integer({ min: 1, max: 500 }) })
    fc.assert(
      fc.property(size, limits, (bytes, { minPartBytes, maxParts }) => {
        const bound = { maxPutBytes: 100, minPartBytes, maxParts, maxPartBytes: 2 * MiB, maxObjectBytes: Infinity }
        const plan = planObject(bytes, bound, { pieceBytes: 64, mostPartBytes: 2 * MiB, multipart: true })
        if (plan.kind === 'too-large') throw new Error(plan.sentence)
        expect(plan.kind).toBe(bytes <= 64 ? 'whole' : 'parts')
        if (plan.kind === 'whole') return
        expect(plan.parts).toBeLessThanOrEqual(maxParts)
        expect(plan.partBytes).toBeGreaterThanOrEqual(minPartBytes)
        const ranges = Array.from({ length: plan.parts }, (_, i) => partRange(i + 1, bytes, plan.partBytes))
        expect(ranges[0]?.first).toBe(0)
        expect(ranges.at(-1)?.last).toBe(bytes - 1)
        for (const [i, { first }] of ranges.entries()) if (i > 0) expect(first).toBe((ranges[i - 1]?.last ?? 0) + 1)
      }),
    )
  })
})
