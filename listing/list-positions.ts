/**
 * Reads the source from where it goes on: one page after another while that goes fast; where the source takes its time for a page,
 * in ranges of keys beside each other.
 */
import type { SourcePosition } from '../ledger/entry.ts'
import { addTally, noTally, type Tally } from '../model/status.ts'
import type { Storage } from '../storage/storage.ts'
import type { EntryPage } from './decide-source.ts'
import { divideRanges, isDivisible } from './key-ranges.ts'
import type { PageOptions } from './source-pages.ts'

export interface PositionsTask {
  readonly source: Storage
  readonly pages: (from: SourcePosition, options: PageOptions) => AsyncGenerator<EntryPage>
  /** May be called for a page while it is busy with another. */
  readonly take: (page: EntryPage) => Promise<void>
  /** So many files more; 0: it is full. */
  readonly wanted: () => number
  readonly signal: AbortSignal
  /** It returns soon after `now()` has passed this. */
  readonly deadlineMs: number
  readonly now: () => number
}

export interface Reached {
  /** Where the source goes on; none: it is at its end. */
  readonly from: readonly SourcePosition[]
  readonly excluded: Tally
}

const rangesAtOnce = 32
/** With no more of them left, they are divided again. */
const fewRanges = 4
/** A source is slow that brings fewer pages than this in that time. */
const slowPages = 10
const slowMs = 250

export async function listPositions(positions: readonly SourcePosition[], task: PositionsTask): Promise<Reached> {
  const first = positions.length > 1 ? { from: positions, excluded: noTally, pages: 0 } : await listBeside(positions, { ...task, deadlineMs: Math.min(task.deadlineMs, task.now() + slowMs) })
  if (first.from.length === 0 || task.wanted() === 0 || task.now() >= task.deadlineMs) return first
  const rest = await listBeside(first.pages < slowPages ? await divide(first.from, task) : first.from, task)
  return { from: rest.from, excluded: addTally(first.excluded, rest.excluded) }
}

async function divide(positions: readonly SourcePosition[], { source, signal }: PositionsTask): Promise<readonly SourcePosition[]> {
  const ranges = positions.filter((position) => position.kind === 'after')
  if (!isDivisible(source) || ranges.length < positions.length || ranges.length > fewRanges) return positions
  const divided = await divideRanges(source, ranges, rangesAtOnce, signal)
  return divided.map((range) => ({ kind: 'after', ...range }))
}

/** A range goes on while the pages that the others are reading are too few. The first failure ends all. */
async function listBeside(positions: readonly SourcePosition[], task: PositionsTask): Promise<Reached & { readonly pages: number }> {
  const failed = new AbortController()
  const signal = AbortSignal.any([task.signal, failed.signal])
  const faults: unknown[] = []
  const reading = new Set(positions)
  let [excluded, pages, pageFiles]: [Tally, number, number] = [noTally, 0, 0]

  const list = async (start: SourcePosition): Promise<SourcePosition | null> => {
    for await (const page of task.pages(start, { signal, readsAhead: () => task.wanted() > 2 * reading.size * pageFiles })) {
      excluded = addTally(excluded, page.excluded)
      pages += 1
      pageFiles = page.entries.length
      await task.take(page)
      const isEnough = task.wanted() <= (reading.size - 1) * pageFiles || task.now() >= task.deadlineMs
      if (page.next !== null && isEnough) return page.next
    }
    return null
  }
  const ends = await Promise.all(
    positions.map(async (start) => {
      try {
        return await list(start)
      } catch (error) {
        faults.push(error)
        failed.abort()
        return null
      } finally {
        reading.delete(start)
      }
    }),
  )
  if (faults.length > 0) throw faults[0]
  return { from: ends.filter((end) => end !== null), excluded, pages }
}
