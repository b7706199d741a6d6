/**
 * A file of several pieces: a multipart upload whose parts are ranges of one pinned version, side by side. The upload is in a
 * checkpoint before its first part and each part after it was stored, so that another attempt goes on at what is missing.
 */
import type { Entry, OpenUpload, Outcome } from '../ledger/entry.ts'
import { partRange } from '../model/plan.ts'
import type { ObjectInfo, Part } from '../storage/storage.ts'
import { crc64OfParts } from './crc64.ts'
import { eachOf } from '../model/each-of.ts'
import type { Engine } from './engine.ts'
import { atDestination, CopyFault, isCopyFault } from './fault.ts'
import { assertSameVersion, fetchRange } from './fetch.ts'
import { compareHashes } from './hashing.ts'
import { headSource } from './look.ts'
import { completed, skipped } from './outcome.ts'
import { aborted } from '../storage/retrying.ts'
import { toStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'
import { giveUp, openUpload, type PartsTask } from './open-upload.ts'
import { etagOfParts, verifyPut, whenTaken, type Sent } from './verify.ts'
import { withPiece } from './with-piece.ts'

const partsAtOnce = 8

export async function copyParts(engine: Engine, task: PartsTask): Promise<Outcome> {
  const open = await openUpload(engine, task)
  await sendParts(engine, task, open)
  await assertUnchanged(engine, task.info)
  return await complete(engine, task, engine.uploads.find(task.entry.key) ?? open)
}

async function sendParts(engine: Engine, task: PartsTask, { upload, size, parts }: OpenUpload): Promise<void> {
  const stored = new Set(parts.map(({ number }) => number))
  const count = Math.max(1, Math.ceil(size / upload.partBytes))
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((number) => !stored.has(number))
  await eachOf(missing, partsAtOnce, async (number) => {
    if (engine.stopped()) throw aborted()
    await tryPiece(engine, upload.key, () => sendPart(engine, task, number))
  })
}

async function sendPart(engine: Engine, { info, multipart }: PartsTask, number: number): Promise<void> {
  const upload = engine.uploads.find(info.key)?.upload
  if (upload === undefined) throw aborted()
  const range = partRange(number, info.size, upload.partBytes)
  await withPiece(engine, range.last - range.first + 1, async (piece, paced) => {
    await fetchRange(engine, info, range, piece, paced)
    const hashes = engine.hash(piece.body, engine.hashes.part)
    const part = await atDestination(multipart.putPart(upload, number, piece.body, { hashes, signal: engine.signal }))
    const proved = isProved(engine, part, hashes)
    engine.uploads.addPart(info.key, { ...part, size: piece.length, hashes: { ...part.hashes, ...hashes } }, proved)
  })
}

function isProved(engine: Engine, part: Part, ours: Part['hashes']): boolean {
  const stated = compareHashes(part.hashes, ours)
  if (stated === 'different') {
    const sentence = `The destination states another checksum of part ${part.number} than was sent.`
    throw new CopyFault('ChecksumMismatch', sentence, 'destination')
  }
  return stated === 'equal' || engine.hashes.proving !== undefined
}

/** Where a read cannot be pinned to a version, the object is looked at again once all is read. */
async function assertUnchanged(engine: Engine, info: ObjectInfo): Promise<void> {
  if (engine.source.abilities.conditionalGet && info.etag !== undefined) return
  assertSameVersion(info, await headSource(engine, info.key))
}

async function complete(engine: Engine, task: PartsTask, { upload, parts, size, verified }: OpenUpload): Promise<Outcome> {
  const { info, entry, expected, multipart } = task
  const { dropped, mtimeMs } = toStored(engine, info)
  const ordered = [...parts].sort((a, b) => a.number - b.number)
  const crc64 = crc64OfParts(ordered.map((part) => ({ crc64: part.hashes.crc64 ?? '0', size: part.size })))
  const sent: Sent = { key: entry.key, size, hashes: { crc64 }, etag: etagOfParts(ordered) }
  const conclude = (proved: boolean): Outcome =>
    completed(entry.key, info, { crc64, completedAt: engine.now(), verified: proved, dropped })
  const options = { ifAbsent: expected === null ? true : undefined, hashes: sent.hashes, mtimeMs, signal: engine.signal }
  const attempt = async (): Promise<Outcome> => {
    try {
      const result = await atDestination(multipart.complete(upload, ordered, options))
      return conclude((await verifyPut(engine, sent, result)) && verified)
    } catch (error) {
      const found = await whenRefused(engine, entry, sent, error)
      await giveUp(engine, entry.key)
      return found === 'ours' ? conclude(verified) : skipped(entry, found)
    }
  }
  return await tryPiece(engine, entry.key, () => engine.pool.run(attempt, { signal: engine.signal }), 0)
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

