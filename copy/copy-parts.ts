/**
 * A file of several pieces: a multipart upload whose parts are ranges of one pinned version, side by side. The upload is in a
 * checkpoint before its first part and each part after it was stored, so that another attempt goes on at what is missing.
 */
import type { Entry, OpenUpload, Outcome } from '../ledger/entry.ts'
import { rangesFor } from '../model/large.ts'
import type { ObjectInfo, Part, PutResult } from '../storage/storage.ts'
import { crc64OfParts } from './crc64/combine.ts'
import type { Engine } from './engine.ts'
import { atDestination, isCopyFault } from './fault.ts'
import { assertSameVersion } from './fetch.ts'
import { headSource } from './look.ts'
import { giveUp, openUpload, type PartsTask } from './open-upload.ts'
import { completed, skipped } from './outcome.ts'
import { proveCopy, type Proof } from './prove-copy.ts'
import { missingParts, sendParts } from './send-parts.ts'
import { readBack } from './read-back.ts'
import { mapStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'
import { etagOfParts, verifyPut, whenTaken, type Sent } from './verify.ts'

export async function copyParts(engine: Engine, task: PartsTask): Promise<Outcome> {
  const open = await openUpload(engine, task)
  const missing = missingParts(open)
  if (!task.direct) leaveIfLarge(engine, open, missing.length)
  await sendParts(engine, task, open, missing)
  await assertUnchanged(engine, task.info)
  return await complete(engine, task, engine.uploads.find(task.entry.key) ?? open)
}

function leaveIfLarge({ large }: Engine, open: OpenUpload, missing: number): void {
  const bytes = missing * open.upload.partBytes
  if (large === undefined || missing === 0 || (!open.long && bytes <= large.aboveBytes)) return
  large.leave(open.key, { ranges: rangesFor(bytes, missing, large.aboveBytes), ...(open.long && { long: true }) })
}

/** Where a read cannot be pinned to a version, the object is looked at again once all is read. */
async function assertUnchanged(engine: Engine, info: ObjectInfo): Promise<void> {
  if (engine.source.abilities.conditionalGet && info.etag !== undefined) return
  assertSameVersion(info, await headSource(engine, info.key))
}

async function complete(engine: Engine, task: PartsTask, open: OpenUpload): Promise<Outcome> {
  const { info, entry, expected, multipart } = task
  const { mtimeMs } = mapStored(engine, info)
  const ordered = [...open.parts].sort((a, b) => a.number - b.number)
  const crc64 = crc64OfAll(ordered)
  const sent: Sent = { key: entry.key, size: open.size, hashes: task.direct ? info.hashes : { crc64 }, etag: etagOfParts(ordered) }
  const conclude = (proof: Proof): Outcome => completed(entry.key, info, { ...proof, completedAt: engine.now(), dropped: open.dropped })
  const options = { hashes: { crc64 }, mtimeMs, signal: engine.signal }
  const ask = async (ifAbsent: true | undefined): Promise<Outcome> => {
    const result = await atDestination(multipart.complete(open.upload, ordered, { ...options, ifAbsent }))
    return conclude(await prove(engine, task, open, sent, result))
  }
  const attempt = async (): Promise<Outcome> => {
    try {
      return await ask(expected === null ? true : undefined)
    } catch (error) {
      const found = await whenRefused(engine, entry, sent, error)
      if (typeof found !== 'string') return await ask(undefined)
      await giveUp(engine, entry.key)
      if (found !== 'ours') return skipped(entry, found)
      return conclude({ crc64: crc64 ?? '', verified: (await readBack(engine, sent)) || open.verified })
    }
  }
  return await tryPiece(engine, entry.key, () => engine.pool.run(attempt, { signal: engine.signal }), 0)
}

async function prove(engine: Engine, { direct, info }: PartsTask, { verified }: OpenUpload, sent: Sent, result: PutResult): Promise<Proof> {
  if (direct) return await proveCopy(engine, info, result)
  return { crc64: sent.hashes.crc64 ?? '', verified: await verifyPut(engine, sent, result, verified) }
}

/** Undefined where a store copied a part and does not state it. */
function crc64OfAll(parts: readonly Part[]): string | undefined {
  const known = parts.flatMap(({ size, hashes: { crc64 } }) => (crc64 === undefined ? [] : [{ size, crc64 }]))
  return known.length === parts.length ? crc64OfParts(known) : undefined
}

/** A Complete whose answer was lost meets an upload that is gone, or an object where there was none. */
async function whenRefused(engine: Engine, entry: Entry, sent: Sent, error: unknown) {
  const kind = isCopyFault(error) ? error.storage?.kind : undefined
  if (kind === 'precondition') return await whenTaken(engine, entry, sent)
  if (kind !== 'no-upload') throw error
  const found = await whenTaken(engine, entry, sent).catch(() => undefined)
  if (found !== 'ours') throw error
  return found
}

