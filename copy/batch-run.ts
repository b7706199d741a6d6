/** One call of `copyBatch`: its engine, its book, and the ways in which it may have to end early. */
import type { Outcome } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import { comparisonOf } from '../model/decision.ts'
import { isStorageError } from '../storage/error.ts'
import { addressFault, isAddressLike } from '../storage/address-fault.ts'
import { openBook, type BatchBook } from './batch-book.ts'
import type { CopyProgress, CopyTask } from './copy-task.ts'
import { openDirect } from './direct.ts'
import { makeEndings } from './endings.ts'
import type { Engine, LargeDoor, Leaving } from './engine.ts'
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
  /** Large files that are to be sent in ranges. */
  readonly leaving: ReadonlyMap<string, Leaving>
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

/** What becomes of a file that failed by itself; by default it ends so. */
export type Blame = (run: Pick<Run, 'book' | 'settle'>, suspect: Suspect) => Promise<void>

const endsSo: Blame = ({ settle }, { entry, fault, startedAt, endedAt }) => settle(failed(entry, fault, startedAt, endedAt))

export async function startRun(task: CopyTask, blameIn: Blame = endsSo): Promise<Run> {
  const { source, destination, options, pool, pieces, signal, deadlineMs, now, onProgress, canaryKey } = task
  const endings = makeEndings(task)
  let broken: unknown
  const book = openBook(task.previous, async (state) => {
    await task.checkpoint(state).catch((error: unknown) => {
      broken ??= error
      endings.haltNow()
      throw aborted()
    })
  })
  const meter = makeMeter(now)
  const leaving = new Map<string, Leaving>()
  const progress: CopyProgress = {
    get counts() {
      return book.counts
    },
    get movedBytes() {
      return meter.movedBytes
    },
    get bytesPerSecond() {
      return meter.bytesPerSecond
    },
  }
  const report = () => onProgress(progress)
  const engine: Engine = {
    source, destination, options, pool, pieces, now,
    signal: endings.end,
    hash: await openHasher(),
    hashes: planHashes(source, destination, task.proven ?? new Set()),
    comparison: comparisonOf(source, destination, options),
    direct: openDirect(source, destination, options),
    uploads: book,
    followsOthers: task.followsOthers ?? false,
    halt: endings.halt,
    closing: endings.closing,
    pace: task.pace,
    stopped: () => endings.halt.aborted || now() >= deadlineMs,
    timeLeftMs: () => deadlineMs - now(),
    onMoved: (bytes) => {
      meter.add(bytes)
      report()
    },
    ...(task.largeBytes !== undefined && { large: doorTo(leaving, task.largeBytes) }),
  }
  const settle = async (outcome: Outcome): Promise<void> => {
    if (outcome.kind !== 'completed') await giveUp(engine, outcome.key)
    book.settle(outcome)
    report()
  }
  const blame = (suspect: Suspect) => blameIn({ book, settle }, suspect)
  const probe = (side: 'source' | 'destination') => probeAddress(side === 'source' ? source : destination, side, { canaryKey, signal })
  const suspects = makeSuspects({ probe, blame, onBlocked: endings.haltNow })
  const onlyRecorded = (error: unknown): void => {
    if (!isStorageError(error, 'aborted')) throw error
  }
  const timer = setInterval(() => void book.save().catch(onlyRecorded), checkpointEveryMs)
  return {
    engine, book, suspects, leaving, settle, blame, onlyRecorded,
    blocked: () => suspects.blocked ?? faultOfLedger(broken),
    stop() {
      clearInterval(timer)
      endings.forget()
    },
  }
}

function doorTo(leaving: Map<string, Leaving>, aboveBytes: number): LargeDoor {
  return {
    aboveBytes,
    leave(key, file) {
      leaving.set(key, file)
      throw aborted()
    },
  }
}

/** The ledger lies at the destination, unless the job says otherwise. */
function faultOfLedger(broken: unknown): Fault | undefined {
  if (broken === undefined) return undefined
  if (isStorageError(broken) && isAddressLike(broken)) return addressFault(broken, 'destination')
  throw broken instanceof Error ? broken : new Error('The ledger could not be written', { cause: broken })
}
