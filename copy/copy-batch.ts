/**
 * Copies one batch. Files run side by side within the process's pools; each ends with one outcome. `cut` (or the deadline) ends
 * the work at the next piece and keeps what was done; `signal` ends it at once. What was done is in the returned state and was
 * handed to `checkpoint` before: a successor gets it as `previous`, never touches a file that has an outcome, and goes on with
 * open uploads.
 */
import type { BatchState, Entry } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import type { LargeFile } from '../model/batch.ts'
import { eachOf } from '../model/each-of.ts'
import { countsOf, failuresOf } from '../model/outcome-counts.ts'
import type { Counts, FailureCounts } from '../model/status.ts'
import { isStorageError } from '../storage/error.ts'
import type { BatchPlace } from './batch-order.ts'
import type { BatchBook } from './batch-book.ts'
import { mostPlaces } from './climb.ts'
import { startRun, type Run } from './batch-run.ts'
import type { CopyTask } from './copy-task.ts'
import { CopyFault, isCopyFault } from './fault.ts'
import { copyOrRestore } from './restore.ts'
import { aborted } from '../storage/retrying.ts'
import { isSuspicious, type Suspect } from './suspects.ts'

/** The state is the one last handed to `checkpoint` with success (or `previous`). */
export interface BatchResult extends BatchState {
  /** Every entry has an outcome. */
  readonly done: boolean
  readonly counts: Counts
  readonly failures: FailureCounts
  /** All that is left waits for restored copies: so many files. Absent: it can go on at once. */
  readonly restoringFiles?: number
  /** Nothing else is left to be done here: this file, whose upload is open, is to be sent in ranges. */
  readonly large?: LargeFile
  /** The address itself is at fault: no file was blamed for it. */
  readonly blocked?: Fault
}

/** As many as there may be places for. */
const filesAtOnce = mostPlaces
/** While batches that began before are copied by this process. */
const filesBeside = 16

export async function copyBatch(task: CopyTask): Promise<BatchResult> {
  const run = await startRun(task)
  const place = task.order?.join()
  try {
    await copyEntries(run, remaining(task.entries, run.book), place)
    if (!task.signal.aborted) await run.suspects.end()
    if (!task.signal.aborted) await run.book.save().catch(run.onlyRecorded)
  } finally {
    place?.leave()
    run.stop()
  }
  if (task.signal.aborted) throw aborted()
  return toResult(task.entries, run)
}

/** A few at a time until the batch is the first, and many from then on; the next is the first once no file is left to begin with. */
async function copyEntries(run: Run, entries: readonly Entry[], place: BatchPlace | undefined): Promise<void> {
  const rest = handOut(entries, () => place?.leave())
  const copyNext = (atOnce: number): Promise<void> => eachOf(rest, atOnce, (entry) => copyEntry(run, entry))
  const few = copyNext(filesBeside)
  const more = Promise.race([place?.first, few]).then(() => copyNext(filesAtOnce - filesBeside))
  const ended = await Promise.allSettled([few, more])
  const fault = ended.find((result) => result.status === 'rejected')
  if (fault) throw fault.reason
}

function* handOut(entries: readonly Entry[], onEmpty: () => void): Generator<Entry> {
  yield* entries
  onEmpty()
}

/** Files in the middle of their upload first, so that they end before others begin; those that may not be readable yet last. */
function remaining(entries: readonly Entry[], book: BatchBook): Entry[] {
  const rank = ({ key }: Entry): number => (book.find(key) ? 0 : book.restoringSince(key) === undefined ? 1 : 2)
  return entries.filter(({ key }) => !book.has(key)).sort((a, b) => rank(a) - rank(b))
}

async function copyEntry(run: Run, entry: Entry): Promise<void> {
  if (run.engine.stopped()) return
  const { engine, suspects } = run
  const startedAt = engine.now()
  const heldBefore = suspects.count
  try {
    const outcome = await copyOrRestore(engine, run.book, entry)
    if (outcome === 'restoring') return
    await run.settle(outcome)
    if (outcome.kind === 'completed') await suspects.clear(heldBefore)
  } catch (error) {
    if (isStorageError(error, 'aborted') || isPutOff(error)) return
    await settleFault(run, { entry, fault: toFault(error), startedAt, endedAt: engine.now() }, heldBefore)
  }
}

/** The store asks everybody to come again later: the next turn of the batch does. */
const isPutOff = (error: unknown): boolean =>
  isCopyFault(error) && error.storage?.kind === 'throttled' && error.storage.scope === 'address' && error.storage.retryable

/** A fault of our own fails the file that met it, not the job. */
export function toFault(error: unknown): CopyFault {
  if (isCopyFault(error)) return error
  return new CopyFault('Unexpected', error instanceof Error ? error.message : String(error), 'source')
}

/** A store that answers otherwise is at work. */
async function settleFault({ suspects, blame }: Run, suspect: Suspect, heldBefore: number): Promise<void> {
  if (isSuspicious(suspect.fault)) return await suspects.hold(suspect)
  await blame(suspect)
  if (suspect.fault.storage) await suspects.clear(heldBefore, suspect.fault.side)
}

function toResult(entries: readonly Entry[], { book, leaving, blocked }: Run): BatchResult {
  const { saved } = book
  const settled = new Set(saved.outcomes.map(({ key }) => key))
  const restoringFiles = book.onlyRestoring(entries.map(({ key }) => key))
  const large = firstLeaving(entries, book, leaving)
  return {
    ...saved,
    done: entries.every(({ key }) => settled.has(key)),
    counts: countsOf(saved.outcomes),
    failures: failuresOf(saved.outcomes),
    blocked: blocked(),
    ...(restoringFiles > 0 && { restoringFiles }),
    ...(large && { large }),
  }
}

/** One at a time, and only when no other file could go on instead. */
function firstLeaving(entries: readonly Entry[], book: BatchBook, leaving: Run['leaving']): LargeFile | undefined {
  const mayGoOn = entries.some(({ key }) => !book.has(key) && !leaving.has(key) && book.restoringSince(key) === undefined)
  const row = entries.findIndex(({ key }) => leaving.has(key))
  const file = leaving.get(entries[row]?.key ?? '')
  return mayGoOn || file === undefined ? undefined : { row, ...file }
}
