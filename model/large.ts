/**
 * Objects so large that one worker alone would take long: their parts are sent in ranges, by several activities on several workers.
 * Histories tell of them by numbers: the batch, the file's row in it, and so many ranges.
 */
import type { LargeFile, LargeState, OutcomesRef, RangeState } from './batch.ts'

const GiB = 1024 ** 3
export const defaultLargeBytes = 5 * GiB
/** A range a worker at a time; more of them would only make the job's state grow. */
export const mostRanges = 16
/** Others wait until one of these is through: so many uploads are open, and so many ranges carried. */
export const mostLargeAtOnce = 8

/** How many ranges so many bytes come to, none less than a part. */
export const rangesFor = (bytes: number, parts: number, largeBytes: number): number =>
  Math.max(1, Math.min(mostRanges, parts, Math.ceil(bytes / (largeBytes / 2))))

/** Part numbers (from 1) of range `range` (from 0); they cover all parts, and none twice. */
export function rangeNumbers({ range, ranges }: { readonly range: number; readonly ranges: number }, parts: number): { readonly first: number; readonly last: number } {
  const before = (index: number): number => Math.floor((index * parts) / ranges)
  return { first: before(range) + 1, last: before(range + 1) }
}

export const newLarge = ({ row, ranges, long }: LargeFile, split: number): LargeState =>
  ({ row, split, ...(long && { long }), ranges: Array.from({ length: ranges }, () => ({ generation: 0 })) })

/** Ranges that may still send. Once one has ended none does: the batch looks first. */
export function openRanges({ ranges }: LargeState): number[] {
  if (ranges.some(({ over }) => over === 'ended')) return []
  return [...ranges.keys()].filter((range) => ranges[range]?.over === undefined)
}

export interface RangeAnswer {
  readonly parts?: OutcomesRef
  readonly over?: 'sent' | 'ended'
}

/** The range has answered, or is cut off without an answer: its next activity is another generation. */
export function withRange(large: LargeState, range: number, { parts, over }: RangeAnswer): LargeState {
  const after = ({ generation, parts: known }: RangeState): RangeState => {
    const counts = parts ?? known
    return { generation: generation + 1, ...(counts && { parts: counts }), ...(over && { over }) }
  }
  return { ...large, ranges: large.ranges.map((state, index) => (index === range ? after(state) : state)) }
}
