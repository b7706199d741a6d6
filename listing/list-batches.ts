/**
 * The lister: entries of the source, cut into batches that lie in the ledger. One call covers a bounded stretch; where it ended
 * lies in the ledger too. A call may be repeated: it writes under its own attempt, and what its answer does not name is read by
 * nobody.
 */
import { noTally, type Tally } from '../model/status.ts'
import { maxBatchBytes, maxBatchFiles, type BatchRef, type ListInput, type ListResult } from '../model/batch.ts'
import type { Entry, ListCursor, SourcePosition } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Storage } from '../storage/storage.ts'
import { cutBatch, tallyOf } from './batch-cutter.ts'
import { Blocked } from './blocked.ts'
import { decideSource, type EntryPage } from './decide-source.ts'
import { listPositions, type Reached } from './list-positions.ts'
import { retryEntries } from './retry-rows.ts'
import type { PageOptions } from './source-pages.ts'

export interface ListTask {
  readonly source: Storage
  readonly destination: Storage
  readonly ledger: Ledger
  readonly input: ListInput
  /** Attempt of the activity: names the files that this call writes. */
  readonly attempt: number
  readonly signal: AbortSignal
  /** The call returns soon after `now()` has passed this. */
  readonly deadlineMs: number
  readonly now: () => number
}

/** Answers `blocked`, and nothing else, where an address is at fault: the call is made again from the same position. */
export async function listBatches(task: ListTask): Promise<ListResult> {
  const { input, ledger, signal } = task
  try {
    const cursor = input.from ? await ledger.readCursor(input.from, { signal }) : { pending: [], from: [startOf(input)] }
    return await listFrom(task, cursor)
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    return { batches: [], position: input.from, excluded: noTally, blocked: error.fault }
  }
}

const startOf = ({ retry }: ListInput): SourcePosition => (retry ? { kind: 'retry', volume: 1, offset: 0 } : { kind: 'after' })

async function listFrom(task: ListTask, cursor: ListCursor): Promise<ListResult> {
  const cutter = makeCutter(task, cursor.pending)
  await cutter.cutFull()
  const { from, excluded } = cutter.isFull() ? { from: cursor.from, excluded: noTally } : await listSome(task, cursor.from, cutter)
  await cutter.end(from.length === 0)
  return await conclude(task, cutter, { pending: cutter.pending(), from }, excluded)
}

async function conclude(task: ListTask, { batches }: Cutter, cursor: ListCursor, excluded: Tally): Promise<ListResult> {
  const { input, ledger, attempt, signal } = task
  if (cursor.from.length === 0 && cursor.pending.length === 0) return { batches: batches(), excluded }
  await ledger.writeCursor(input.call, attempt, cursor, { signal })
  return { batches: batches(), position: { call: input.call, attempt }, excluded }
}

function listSome(task: ListTask, positions: readonly SourcePosition[], cutter: Cutter): Promise<Reached> {
  const { source, deadlineMs, now, signal } = task
  return listPositions(positions, {
    source, deadlineMs, now, signal,
    pages: (from, options) => pagesFrom(task, from, options),
    take: (page) => cutter.add(page.entries),
    wanted: cutter.wanted,
  })
}

function pagesFrom({ source, destination, input }: ListTask, from: SourcePosition, paging: PageOptions): AsyncGenerator<EntryPage> {
  const { options } = input.context
  if (from.kind !== 'retry') return decideSource(source, destination, { options, from, ...paging })
  const { run, only } = input.retry ?? { run: input.context.run - 1 }
  return retryEntries({ source, destination, job: options.job, run, only, from, signal: paging.signal })
}

interface Cutter {
  readonly batches: () => readonly BatchRef[]
  readonly pending: () => readonly Entry[]
  readonly isFull: () => boolean
  /** So many files more until it is full. */
  readonly wanted: () => number
  /** May be called while it is still writing. */
  add(entries: readonly Entry[]): Promise<void>
  cutFull(): Promise<void>
  /** What is left goes into a batch of its own at the end, or when there is nothing else to copy. */
  end(isLast: boolean): Promise<void>
}

function makeCutter({ ledger, input, attempt, signal }: ListTask, listed: readonly Entry[]): Cutter {
  const batches: BatchRef[] = []
  const { largeBytes = maxBatchBytes, tuning } = input.context.options
  const bounds = { files: tuning?.batchFiles, bytes: Math.min(maxBatchBytes, largeBytes) }
  let pending = listed

  const room = (): number => input.maxBatches - batches.length
  const write = async (entries: readonly Entry[], rest: readonly Entry[]): Promise<void> => {
    const n = input.firstBatch + batches.length
    batches.push({ n, listAttempt: attempt, ...tallyOf(entries) })
    pending = rest
    await ledger.writeEntries(n, attempt, entries, { signal })
  }
  const cutFull = async (): Promise<void> => {
    while (room() > 0) {
      const cut = cutBatch(pending, bounds)
      if (cut === undefined) return
      await write(cut.batch, cut.rest)
    }
  }
  return {
    batches: () => batches,
    pending: () => pending,
    isFull: () => room() <= 0,
    wanted: () => Math.max(0, room() * (tuning?.batchFiles ?? maxBatchFiles) - pending.length),
    cutFull,
    async add(entries) {
      pending = [...pending, ...entries]
      await cutFull()
    },
    async end(isLast) {
      if (pending.length === 0 || room() <= 0) return
      if (!isLast && batches.length > 0) return
      await write(pending, [])
    },
  }
}
