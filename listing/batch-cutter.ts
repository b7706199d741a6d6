/** Cuts a stream of entries into batches of at most so many files and bytes. Pure. */
import type { Entry } from '../ledger/entry.ts'
import { maxBatchBytes, maxBatchFiles } from '../model/batch.ts'
import { noTally, type Tally } from '../model/status.ts'

export interface Cut {
  readonly batch: readonly Entry[]
  readonly rest: readonly Entry[]
}

export interface BatchBounds {
  readonly files?: number | undefined
  /** A file of so many is alone in its batch. */
  readonly bytes?: number
}

/** The first batch of `entries`; undefined while more entries could still go into it. */
export function cutBatch(entries: readonly Entry[], { files = maxBatchFiles, bytes: most = maxBatchBytes }: BatchBounds = {}): Cut | undefined {
  let bytes = 0
  for (const [i, entry] of entries.entries()) {
    const size = bytesOf(entry)
    if (i === files || (i > 0 && bytes + size > most)) return { batch: entries.slice(0, i), rest: entries.slice(i) }
    bytes += size
  }
  return entries.length === files || bytes >= most ? { batch: entries, rest: [] } : undefined
}

/** The lister decided that nothing is to be done for it. */
export const isSkipped = ({ excluded, skip }: Entry): boolean => excluded === true || skip !== undefined

const bytesOf = (entry: Entry): number => (isSkipped(entry) ? 0 : entry.size)

/** Files of the job: what is excluded is counted elsewhere. */
export function tallyOf(entries: readonly Entry[]): Tally {
  return entries.reduce(
    (sum, entry) => (entry.excluded ? sum : { files: sum.files + 1, bytes: sum.bytes + entry.size }),
    noTally,
  )
}
