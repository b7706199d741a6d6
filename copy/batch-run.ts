/** One call of `copyBatch`: its engine, its book, and the ways in which it may have to end early. */
import type { Outcome } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import { isStorageError } from '../storage/error.ts'
import { addressFault, isAddressLike } from '../storage/address-fault.ts'
import { openBook, type BatchBook } from './batch-book.ts'
import type { CopyTask } from './copy-task.ts'
import { makeComparison, type Engine } from './engine.ts'
import { openHasher, planHashes } from './hashing.ts'
import { makeMeter } from './meter.ts'
import { giveUp } from './open-upload.ts'
import { failed } from './outcome.ts'
import { probeAddress } from './probe.ts'
import { aborted } from '../storage/retrying.ts'
import { makeSuspects, type Suspect, type Suspects } from './suspects.ts'

export interface Run {
  readonly engine: Engine
  readonly book: BatchBook
  readonly suspects: Suspects
  settle(outcome: Outcome): Promise<void>
  blame(suspect: Suspect): Promise<void>
  /** The address at fault, if one is. Throws what broke the ledger otherwise. */
  blocked(): Fault | undefined
  /** Swallows what a failed checkpoint rejects with: `blocked` tells of it. */
  onlyRecorded(error: unknown): void
  /** Ends what runs beside the files. */
  stop(): void
}

const checkpointEveryMs = 3_000

export async function startRun(task: CopyTask): Promise<Run> {
  const { source, destination, options, pool, pieces, signal, cut, deadlineMs, now, onProgress } = task
  const halt = new AbortController()
  const stopHalting = whenAborted([signal, cut], () => halt.abort())
  const closing = closingAt(task, halt.signal)
  let broken: unknown
  const book = openBook(task.previous, async (state) => {
    await task.checkpoint(state).catch((error: unknown) => {
      broken ??= error
      halt.abort()
      throw aborted()
    })
  })
  const meter = makeMeter(now)
  const report = () => onProgress({ counts: book.counts, movedBytes: meter.movedBytes, bytesPerSecond: meter.bytesPerSecond })
  const engine: Engine = {
    source, destination, options, pool, pieces, now, signal,
    hash: await openHasher(),
    hashes: planHashes(source, destination, task.proven ?? new Set()),
    comparison: makeComparison(source, destination, options),
    uploads: book,
    followsOthers: task.followsOthers ?? false,
    halt: halt.signal,
    closing: closing.signal,
    pace: task.pace,
    stopped: () => halt.signal.aborted || now() >= deadlineMs,
    timeLeftMs: () => deadlineMs - now(),
    onMoved: (bytes) => {
      meter.add(bytes)
      report()
    },
  }
  const settle = async (outcome: Outcome): Promise<void> => {
    if (outcome.kind !== 'completed') await giveUp(engine, outcome.key)
    book.settle(outcome)
    report()
  }
  const blame = ({ entry, fault, startedAt, endedAt }: Suspect) => settle(failed(entry, fault, startedAt, endedAt))
  const probe = (side: 'source' | 'destination') => probeAddress(side === 'source' ? source : destination, side, { signal })
  const suspects = makeSuspects({ probe, blame, onBlocked: () => halt.abort() })
  const onlyRecorded = (error: unknown): void => {
    if (!isStorageError(error, 'aborted')) throw error
  }
  const timer = setInterval(() => void book.save().catch(onlyRecorded), checkpointEveryMs)
  return {
    engine, book, suspects, settle, blame, onlyRecorded,
    blocked: () => suspects.blocked ?? faultOfLedger(broken),
    stop() {
      clearInterval(timer)
      closing.forget()
      stopHalting()
    },
  }
}

const longestTimerMs = 2 ** 31 - 1

/** Only who waits for a pace waits past the deadline: without one there is no timer. */
function closingAt({ pace, deadlineMs, now }: CopyTask, halt: AbortSignal): { readonly signal: AbortSignal; forget(): void } {
  if (pace === undefined) return { signal: halt, forget: () => {} }
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), Math.min(Math.max(0, deadlineMs - now()), longestTimerMs))
  return { signal: AbortSignal.any([halt, deadline.signal]), forget: () => clearTimeout(timer) }
}

/** The ledger lies at the destination, unless the job says otherwise. */
function faultOfLedger(broken: unknown): Fault | undefined {
  if (broken === undefined) return undefined
  if (isStorageError(broken) && isAddressLike(broken)) return addressFault(broken, 'destination')
  throw broken instanceof Error ? broken : new Error('The ledger could not be written', { cause: broken })
}

function whenAborted(signals: readonly AbortSignal[], act: () => void): () => void {
  for (const signal of signals) {
    if (signal.aborted) act()
    signal.addEventListener('abort', act, { once: true })
  }
  return () => signals.forEach((signal) => signal.removeEventListener('abort', act))
}
