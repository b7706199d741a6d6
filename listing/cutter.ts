/**
 * Writes what one call of the lister brings into the ledger, batch by batch. What is to be copied and what is skipped go into
 * batches of their own, so that what is skipped costs no copy activity.
 */
import type { Entry } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { maxBatchBytes, maxBatchFiles, type BatchRef, type ListInput } from '../model/batch.ts'
import { cutBatch, isSkipped, tallyOf } from './batch-cutter.ts'

export interface CutterTask {
  readonly ledger: Ledger
  readonly input: ListInput
  /** Attempt of the activity: names the files that this call writes. */
  readonly attempt: number
  readonly signal: AbortSignal
}

export interface Cutter {
  readonly batches: () => readonly BatchRef[]
  readonly pending: () => readonly Entry[]
  readonly isFull: () => boolean
  /** So many files more until it is full. */
  readonly wanted: () => number
  /** May be called while it is still writing. */
  add(entries: readonly Entry[]): Promise<void>
  cutFull(): Promise<void>
  /** What is left goes into batches of its own at the end; what is to be copied also when there is nothing else to copy. */
  end(isLast: boolean): Promise<void>
}

/** Entries that wait for their batch to be full. */
interface Queue {
  readonly skips: boolean
  entries: readonly Entry[]
}

export function makeCutter({ ledger, input, attempt, signal }: CutterTask, listed: readonly Entry[]): Cutter {
  const batches: BatchRef[] = []
  const { largeBytes = maxBatchBytes, tuning } = input.context.options
  const bounds = { files: tuning?.batchFiles, bytes: Math.min(maxBatchBytes, largeBytes) }
  const queues: readonly Queue[] = [false, true].map((skips) => ({ skips, entries: [] }))

  const room = (): number => input.maxBatches - batches.length
  const held = (): number => queues.reduce((sum, { entries }) => sum + entries.length, 0)
  const take = (entries: readonly Entry[]): void => {
    for (const queue of queues) {
      const taken = entries.filter((entry) => isSkipped(entry) === queue.skips)
      if (taken.length > 0) queue.entries = [...queue.entries, ...taken]
    }
  }
  const write = async (queue: Queue, entries: readonly Entry[], rest: readonly Entry[]): Promise<void> => {
    const n = input.firstBatch + batches.length
    batches.push({ n, listAttempt: attempt, ...tallyOf(entries), ...(queue.skips && { skips: true }) })
    queue.entries = rest
    await ledger.writeEntries(n, attempt, entries, { signal })
  }
  const cutFull = async (queue: Queue): Promise<void> => {
    while (room() > 0) {
      const cut = cutBatch(queue.entries, bounds)
      if (cut === undefined) return
      await write(queue, cut.batch, cut.rest)
    }
  }
  const cutAll = async (): Promise<void> => {
    for (const queue of queues) await cutFull(queue)
  }
  const mayEnd = ({ skips }: Queue): boolean => !skips && batches.every((batch) => batch.skips)

  take(listed)
  return {
    batches: () => batches,
    pending: () => queues.flatMap(({ entries }) => entries),
    isFull: () => room() <= 0,
    wanted: () => Math.max(0, room() * (tuning?.batchFiles ?? maxBatchFiles) - held()),
    cutFull: cutAll,
    async add(entries) {
      take(entries)
      await cutAll()
    },
    async end(isLast) {
      for (const queue of queues) if (queue.entries.length > 0 && room() > 0 && (isLast || mayEnd(queue))) await write(queue, queue.entries, [])
    },
  }
}
