/**
 * One range of the parts of a large file, whose upload is open already: sent here, completed elsewhere. `previous` holds that
 * upload with those of the range's parts that are known to be stored; so do the checkpoints. What cannot be sent ends the range and
 * is noted with the upload: the batch of the file looks why.
 */
import type { Entry, OpenUpload } from '../ledger/entry.ts'
import type { Fault } from '../model/codes.ts'
import { aborted } from '../storage/retrying.ts'
import { isStorageError } from '../storage/error.ts'
import { startRun, type Blame, type Run } from './batch-run.ts'
import { toFault } from './copy-batch.ts'
import { missingParts, sendParts } from './send-parts.ts'
import type { CopyTask } from './copy-task.ts'
import { assertSameVersion } from './fetch.ts'
import { headSource } from './look.ts'
import { isSuspicious, type Suspect } from './suspects.ts'

export interface RangeTask extends Omit<CopyTask, 'entries'> {
  readonly entry: Entry
  /** Part numbers, both inclusive. */
  readonly numbers: { readonly first: number; readonly last: number }
}

export interface RangeResult {
  /** Absent: there is more to send. */
  readonly over?: 'sent' | 'ended'
  readonly blocked?: Fault
}

export async function copyRange(task: RangeTask): Promise<RangeResult> {
  const run = await startRun({ ...task, entries: [task.entry] }, spoil)
  try {
    await sendRange(run, task)
    if (!task.signal.aborted) await run.suspects.end()
    if (!task.signal.aborted) await run.book.save().catch(run.onlyRecorded)
  } finally {
    run.stop()
  }
  if (task.signal.aborted) throw aborted()
  return toResult(run, task)
}

const spoil: Blame = async ({ book }, { entry, fault }) => {
  book.spoil(entry.key, { code: fault.code, description: fault.message })
}

async function sendRange({ engine, book, suspects, blame }: Run, { entry, numbers }: RangeTask): Promise<void> {
  const open = book.find(entry.key)
  const { multipart } = engine.destination
  if (open === undefined || multipart === undefined) return
  const startedAt = engine.now()
  try {
    const info = await headSource(engine, entry.key)
    assertSameVersion(open, info)
    await sendParts(engine, { info, multipart }, open, missingParts(open, numbers))
  } catch (error) {
    if (isStorageError(error, 'aborted')) return
    const suspect: Suspect = { entry, fault: toFault(error), startedAt, endedAt: engine.now() }
    await (isSuspicious(suspect.fault) ? suspects.hold(suspect) : blame(suspect))
  }
}

function toResult({ book, blocked }: Run, { entry, numbers }: RangeTask): RangeResult {
  const fault = blocked()
  const open = book.saved.uploads.find(({ key }) => key === entry.key)
  if (open === undefined || open.fault) return { over: 'ended' }
  if (missingParts(open, numbers).length === 0) return { over: 'sent' }
  return fault ? { blocked: fault } : {}
}

/** What the ranges sent, with the upload that they are parts of; what is of another upload does not count. */
export function gatherParts(open: OpenUpload, ranges: readonly OpenUpload[]): OpenUpload {
  const own = ranges.filter(({ upload }) => upload.uploadId === open.upload.uploadId)
  const parts = new Map([...open.parts, ...own.flatMap((range) => range.parts)].map((part) => [part.number, part]))
  const fault = own.find((range) => range.fault)?.fault
  return { ...open, parts: [...parts.values()], verified: [open, ...own].every(({ verified }) => verified), ...(fault && { fault }) }
}
