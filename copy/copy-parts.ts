/**
 * A file of several pieces: a multipart upload whose parts are ranges of one pinned version, side by side. The upload is in a
 * checkpoint before its first part and each part after it was stored, so that another attempt goes on at what is missing.
 */
import type { Entry, OpenUpload, Outcome } from '../ledger/entry.ts'
import { partRange } from '../model/plan.ts'
import type { CopyPart, ObjectInfo, Part, PutResult } from '../storage/storage.ts'
import { crc64OfParts } from './crc64.ts'
import { askStore } from './direct.ts'
import { eachOf } from '../model/each-of.ts'
import type { Engine } from './engine.ts'
import { atDestination, CopyFault, isCopyFault } from './fault.ts'
import { assertSameVersion, fetchRange } from './fetch.ts'
import { compareHashes } from './hashing.ts'
import { headSource } from './look.ts'
import { completed, skipped } from './outcome.ts'
import { proveCopy, type Proof } from './prove-copy.ts'
import { aborted } from '../storage/retrying.ts'
import { mapStored } from './stored.ts'
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
    await tryPiece(engine, upload.key, () => (task.direct ? copyPart(engine, task, number, task.direct) : sendPart(engine, task, number)))
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

/** What a store copied itself is proved once it is whole. */
async function copyPart(engine: Engine, { info }: PartsTask, number: number, direct: CopyPart): Promise<void> {
  const { signal } = engine
  const upload = engine.uploads.find(info.key)?.upload
  if (upload === undefined) throw aborted()
  const range = partRange(number, info.size, upload.partBytes)
  await engine.pool.run(async () => {
    if (engine.stopped()) throw aborted()
    const part = await askStore(engine, info, range.last - range.first + 1, (source) => direct(upload, number, source, { range, signal }))
    engine.uploads.addPart(info.key, part, true)
  }, { signal })
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
      return found === 'ours' ? conclude({ crc64: crc64 ?? '', verified: open.verified }) : skipped(entry, found)
    }
  }
  return await tryPiece(engine, entry.key, () => engine.pool.run(attempt, { signal: engine.signal }), 0)
}

async function prove(engine: Engine, { direct, info }: PartsTask, { verified }: OpenUpload, sent: Sent, result: PutResult): Promise<Proof> {
  if (direct) return await proveCopy(engine, info, result)
  return { crc64: sent.hashes.crc64 ?? '', verified: (await verifyPut(engine, sent, result)) && verified }
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

