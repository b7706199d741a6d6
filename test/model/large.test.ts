import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CopyResult, LargeState } from '../../model/batch.ts'
import { mostRanges, newLarge, openRanges, rangeNumbers, rangesFor, withRange } from '../../model/large.ts'
import { hasRoomFor, isLarge, newRun, withCopied, withLarge, withListed, withUnknown } from '../../model/run-state.ts'
import { noCounts, noTally } from '../../model/status.ts'

const GiB = 1024 ** 3

describe('ranges of a large file', () => {
  it('cover every part once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 1, max: 2 ** 50, noNaN: true }), (parts, bytes) => {
        const ranges = rangesFor(bytes, parts, 5 * GiB)
        expect(ranges).toBeLessThanOrEqual(Math.min(mostRanges, parts))
        let next = 1
        for (let range = 0; range < ranges; range++) {
          const { first, last } = rangeNumbers({ range, ranges }, parts)
          expect(first).toBe(next)
          expect(last).toBeGreaterThanOrEqual(first)
          next = last + 1
        }
        expect(next).toBe(parts + 1)
      }),
    )
  })

  it('are as many as workers can share, and two at least', () => {
    expect(rangesFor(5 * GiB + 1, 641, 5 * GiB)).toBe(3)
    expect(rangesFor(50_000 * GiB, 10_000, 5 * GiB)).toBe(mostRanges)
    expect(rangesFor(10, 3, Infinity)).toBe(1)
  })

  it('are sent until they are over; once one has ended, none begins again', () => {
    const begun = newLarge({ row: 0, ranges: 3 }, 4)
    expect(openRanges(begun)).toEqual([0, 1, 2])
    const one = withRange(withRange(begun, 1, { parts: { generation: 0, attempt: 2 } }), 1, { over: 'sent' })
    expect(one.ranges[1]).toEqual({ generation: 2, parts: { generation: 0, attempt: 2 }, over: 'sent' })
    expect(openRanges(one)).toEqual([0, 2])
    expect(openRanges(withRange(one, 2, { over: 'ended' }))).toEqual([])
  })
})

const bigBatches = (count: number) => Array.from({ length: count }, (_, n) => ({ n, listAttempt: 1, files: 1, bytes: 6 * GiB }))
const listed = (count: number) => withListed(newRun(1, 0), { batches: bigBatches(count), excluded: noTally })
const answer: CopyResult = { done: false, counts: noCounts, failures: {}, queuedMs: 0, outcomes: { generation: 0, attempt: 1 } }

describe('a batch whose file leaves it', () => {
  const left = withCopied(listed(1), 0, { ...answer, large: { row: 0, ranges: 2 } })
  const largeOf = (state: typeof left): LargeState | undefined => state.pending[0]?.large

  it('keeps its ranges until it has gathered them', () => {
    expect(largeOf(left)).toEqual({ row: 0, split: 0, ranges: [{ generation: 0 }, { generation: 0 }] })
    const sent = withLarge(left, 0, (large) => withRange(large, 0, { over: 'sent' }))
    expect(largeOf(withUnknown(sent, 0))).toEqual(largeOf(sent))
    const { counts: _, failures: __, ...unread } = answer
    expect(largeOf(withCopied(sent, 0, unread))).toEqual(largeOf(sent))
    expect(largeOf(withCopied(sent, 0, answer))).toBeUndefined()
    expect(largeOf(withCopied(sent, 0, { ...answer, large: { row: 0, ranges: 1 } }))).toMatchObject({ split: 1 })
  })

  it('is one of eight at most; those that wait begin when one is through', () => {
    const state = listed(10)
    const [first, , , , , , , , ninth] = state.pending
    if (first === undefined || ninth === undefined) throw new Error('nothing is pending')
    const copying = new Set([0, 1, 2, 3, 4, 5, 6, 7])
    expect(hasRoomFor(state, first, new Set())).toBe(true)
    expect(hasRoomFor(state, ninth, copying)).toBe(false)
    expect(hasRoomFor(withCopied(state, 0, { ...answer, done: true }), ninth, new Set([...copying].slice(1)))).toBe(true)
    expect([isLarge(ninth), isLarge({ ...ninth, batch: { ...ninth.batch, files: 2 } })]).toEqual([true, false])
  })
})
