import { gatherParts } from '../copy/copy-range.ts'
import type { BatchState, Entry } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LargeState } from '../model/batch.ts'
import type { CallOptions } from '../storage/storage.ts'

/** What is known of a batch, with the parts that ranges of its large file have sent. */
export async function gatherRanges(ledger: Ledger, n: number, entries: readonly Entry[], state: BatchState, large: LargeState, call: CallOptions): Promise<BatchState> {
  const { row, split, ranges } = large
  const open = state.uploads.find(({ key }) => key === entries[row]?.key)
  if (open === undefined) return state
  const reads = ranges.map(async ({ parts }, range) => (parts ? (await ledger.readParts(n, { split, range, ...parts }, call)).uploads : []))
  const gathered = gatherParts(open, (await Promise.all(reads)).flat())
  return { ...state, uploads: state.uploads.map((upload) => (upload === open ? gathered : upload)) }
}
