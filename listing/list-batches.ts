/**
 * The lister: entries of the source, cut into batches that lie in the ledger. One call covers a bounded stretch; where it ended
 * lies in the ledger too. A call may be repeated: it writes under its own attempt, and what its answer does not name is read by
 * nobody.
 */
import { noTally, type Tally } from '../model/status.ts'
import type { ListInput, ListResult } from '../model/batch.ts'
import { comparisonOf } from '../model/decision.ts'
import type { Entry, ListCursor, SourcePosition } from '../ledger/entry.ts'
import type { Storage } from '../storage/storage.ts'
import { Blocked } from './blocked.ts'
import { makeCutter, type Cutter, type CutterTask } from './cutter.ts'
import { decided, decideSource, type EntryPage } from './decide-source.ts'
import { listPositions, type Reached } from './list-positions.ts'
import { retryEntries } from './retry-rows.ts'
import type { PageOptions } from './source-pages.ts'

export interface ListTask extends CutterTask {
  readonly source: Storage
  readonly destination: Storage
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
  const cutter = makeCutter(task, decidedAnew(task, cursor.pending))
  await cutter.cutFull()
  const { from, excluded } = cutter.isFull() ? { from: cursor.from, excluded: noTally } : await listSome(task, cursor.from, cutter)
  await cutter.end(from.length === 0)
  return await conclude(task, cutter, { pending: cutter.pending(), from }, excluded)
}

/** The overwrite rule may be another than when they were listed. */
function decidedAnew({ source, destination, input }: ListTask, pending: readonly Entry[]): Entry[] {
  const comparison = comparisonOf(source, destination, input.context.options)
  return pending.map(({ skip: _skip, ...entry }) => decided(entry, comparison))
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
