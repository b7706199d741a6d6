/**
 * One run of a job as the workflow carries it: plain JSON, counters and numbers only, and the pure steps that move it on.
 * A batch is waiting or in flight (both `pending`), then finished, then merged into a fragment of the report.
 */
import type {
  BatchRef, CopyResult, FinishedBatch, FragmentRef, LargeState, ListPosition, ListResult, MergeResult, OutcomesRef,
} from './batch.ts'
import { defaultLargeBytes, mostLargeAtOnce, newLarge } from './large.ts'
import { restoreWaitMs } from './restore-wait.ts'
import { addCounts, addFailures, addTally, noCounts, noTally } from './status.ts'
import type { Counts, FailureCounts, Tally } from './status.ts'

export const batchesPerList = 50
export const batchesPerMerge = 100
/** With so many fragments the next one stands for all: a run of a billion files has ten thousand, and the state is to stay small. */
export const mostFragments = 100
/** The first calls of the lister are short, so that copying starts with the first page. */
export const batchesOfCall = (call: number): number => Math.min(batchesPerList, 2 * 4 ** (call - 1))
/** Where listing brings only what is skipped, it waits for the merges. */
const mostFinished = 3 * batchesPerMerge
/** Batches that wait for restored copies: with more of them the state would grow too large, and the listing waits. */
export const mostRestoringBatches = 200

export interface PendingBatch {
  readonly batch: BatchRef
  readonly generation: number
  readonly outcomes?: OutcomesRef
  readonly counts: Counts
  readonly failures: FailureCounts
  /** So many files are being restored, as was seen so many times; the next look is due then. */
  readonly restoring?: { readonly files: number; readonly looks: number; readonly until: number }
  /** One of its files is in the middle of its ranges; the batch itself goes on when they are over. */
  readonly large?: LargeState
}

export interface RunState {
  readonly run: number
  readonly retry?: { readonly run: number; readonly only?: string }
  readonly position?: ListPosition
  readonly calls: number
  readonly nextBatch: number
  readonly listingDone: boolean
  readonly listed: Tally
  readonly excluded: Tally
  readonly pending: readonly PendingBatch[]
  readonly finished: readonly FinishedBatch[]
  readonly merges: number
  readonly fragments: readonly FragmentRef[]
  /** Of finished batches, as their copies answered. */
  readonly counts: Counts
  readonly failures: FailureCounts
  /** Of merged batches, as their rows were counted. */
  readonly mergedCounts: Counts
  readonly startedAt: number
}

export function newRun(run: number, startedAt: number, retry?: RunState['retry']): RunState {
  return {
    run, ...(retry && { retry }), calls: 0, nextBatch: 0, listingDone: false, listed: noTally, excluded: noTally, pending: [], finished: [],
    merges: 0, fragments: [], counts: noCounts, failures: {}, mergedCounts: noCounts, startedAt,
  }
}

/** The lister stays ahead of the copiers by one call at most. */
export function wantsListing({ listingDone, pending, finished }: RunState, window: number): boolean {
  const restoring = pending.filter((batch) => batch.restoring).length
  return !listingDone && finished.length < mostFinished && restoring < mostRestoringBatches && pending.length - restoring < window + batchesPerList
}

/** Every call has a number of its own, also one that repeats a call that was cut: what a late writer leaves is never read. */
export const withCall = (state: RunState): RunState => ({ ...state, calls: state.calls + 1 })
export const withMerge = (state: RunState): RunState => ({ ...state, merges: state.merges + 1 })

export function withListed(state: RunState, result: ListResult): RunState {
  const added = result.batches.map(pendingFrom)
  const { position: _, ...rest } = state
  const listed: RunState = {
    ...rest,
    ...(result.position && { position: result.position }),
    nextBatch: state.nextBatch + result.batches.length,
    listingDone: result.position === undefined,
    listed: result.batches.reduce(addTally, state.listed),
    excluded: addTally(state.excluded, result.excluded),
    pending: [...state.pending, ...added],
  }
  return added.reduce((sum, { batch: { n, skips } }) => (skips ? withFinished(sum, n) : sum), listed)
}

const pendingFrom = (batch: BatchRef): PendingBatch => ({ batch, generation: 0, counts: batch.skips ? skippedAll(batch) : noCounts, failures: {} })
const skippedAll = ({ files, bytes }: BatchRef): Counts => ({ ...noCounts, skipped: { files, bytes } })

export interface RestoreClock {
  readonly now: number
  /** The first wait. */
  readonly firstMs?: number
}

export function withCopied(state: RunState, n: number, result: CopyResult, { now, firstMs }: RestoreClock = { now: 0 }): RunState {
  const before = pendingOf(state, n)
  const looks = (before.restoring?.looks ?? 0) + 1
  const after: PendingBatch = {
    batch: before.batch,
    generation: before.generation + 1,
    ...(result.outcomes && { outcomes: result.outcomes }),
    counts: result.counts ?? before.counts,
    failures: result.failures ?? before.failures,
    ...(result.restoringFiles && { restoring: { files: result.restoringFiles, looks, until: now + restoreWaitMs(looks, firstMs) } }),
    ...largeAfter(before, result),
  }
  return result.done ? withFinished(withPending(state, after), n) : withPending(state, after)
}

/** A turn that could not even read what the ranges had sent leaves them as they are. */
function largeAfter({ generation, large }: PendingBatch, result: CopyResult): Pick<PendingBatch, 'large'> {
  if (result.large) return { large: newLarge(result.large, generation) }
  return large && result.counts === undefined ? { large } : {}
}

export const isLarge = ({ batch }: PendingBatch, largeBytes = defaultLargeBytes): boolean => batch.files === 1 && batch.bytes > largeBytes

/** A batch of one large file waits while so many are in the middle of theirs: what is begun comes to its end. */
export function hasRoomFor(state: RunState, pending: PendingBatch, copying: ReadonlySet<number>, largeBytes?: number): boolean {
  const begun = state.pending.filter((other) => isLarge(other, largeBytes) && (other.generation > 0 || copying.has(other.batch.n)))
  return begun.includes(pending) || begun.length < mostLargeAtOnce
}

export function withLarge(state: RunState, n: number, step: (large: LargeState) => LargeState): RunState {
  const before = pendingOf(state, n)
  return before.large ? withPending(state, { ...before, large: step(before.large) }) : state
}

/** The batch has waited long enough: it may look again. */
export function withDue(state: RunState, n: number): RunState {
  const before = pendingOf(state, n)
  return before.restoring ? withPending(state, { ...before, restoring: { ...before.restoring, until: 0 } }) : state
}

export const restoringFiles = (state: RunState): number => state.pending.reduce((sum, { restoring }) => sum + (restoring?.files ?? 0), 0)

/** The attempt's own answer is lost: what it recorded last, if that is known, stands; the rest is done again. */
export function withUnknown(state: RunState, n: number, outcomes?: OutcomesRef): RunState {
  const before = pendingOf(state, n)
  return withPending(state, { ...before, generation: before.generation + 1, ...(outcomes && { outcomes }) })
}

/** The run ends early: every batch counts as it stands, its untried files as not attempted. */
export function withAllFinished(state: RunState): RunState {
  const listed: RunState = { ...state, listingDone: true }
  return state.pending.reduce((sum, { batch }) => withFinished(sum, batch.n), listed)
}

function withFinished(state: RunState, n: number): RunState {
  const { batch, outcomes, counts, failures } = pendingOf(state, n)
  const finished: FinishedBatch = [n, batch.listAttempt, outcomes?.generation ?? -1, outcomes?.attempt ?? 0]
  return {
    ...state,
    pending: state.pending.filter((other) => other.batch.n !== n),
    finished: [...state.finished, finished],
    counts: addCounts(state.counts, counts),
    failures: addFailures(state.failures, failures),
  }
}

export const isCopied = (state: RunState): boolean => state.listingDone && state.pending.length === 0

/** Batches for the next fragment; undefined while there are too few, unless the run is copied. */
export function nextMerge(state: RunState): readonly FinishedBatch[] | undefined {
  if (state.finished.length === 0) return undefined
  if (state.finished.length < batchesPerMerge && !isCopied(state)) return undefined
  return state.finished.slice(0, batchesPerMerge)
}

/** Fragments that the next one stands for too. */
export const nextFold = ({ fragments }: RunState): readonly FragmentRef[] | undefined => (fragments.length < mostFragments ? undefined : fragments)

export function withMerged(state: RunState, batches: number, result: MergeResult): RunState {
  return {
    ...state,
    finished: state.finished.slice(batches),
    fragments: [...state.fragments.slice(result.folded ?? 0), result.fragment],
    mergedCounts: addCounts(state.mergedCounts, result.counts),
  }
}

/** All is merged: the rows themselves count. Files without any outcome, of a run that ended early, were never tried. */
export function withRowCounts(state: RunState): RunState {
  const named = Object.values(state.failures).reduce((sum, files) => sum + files, 0)
  const untried = state.mergedCounts.failed.files - named
  const failures = untried > 0 ? addFailures(state.failures, { NotAttempted: untried }) : state.failures
  return { ...state, counts: state.mergedCounts, failures }
}

/** Finished batches and those in flight, as far as they have answered. */
export const countsSoFar = (state: RunState): Counts =>
  state.pending.reduce((sum, batch) => addCounts(sum, batch.counts), state.counts)

export const failuresSoFar = (state: RunState): FailureCounts =>
  state.pending.reduce((sum, batch) => addFailures(sum, batch.failures), state.failures)

function pendingOf(state: RunState, n: number): PendingBatch {
  const found = state.pending.find(({ batch }) => batch.n === n)
  if (found === undefined) throw new RangeError(`Batch ${n} is not pending.`)
  return found
}

const withPending = (state: RunState, changed: PendingBatch): RunState => ({
  ...state,
  pending: state.pending.map((other) => (other.batch.n === changed.batch.n ? changed : other)),
})
