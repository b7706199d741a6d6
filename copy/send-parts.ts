/** Sends parts of an upload that is open: side by side, each again and again until it is through. */
import type { OpenUpload } from '../ledger/entry.ts'
import { eachOf } from '../model/each-of.ts'
import { partRange } from '../model/plan.ts'
import { aborted } from '../storage/retrying.ts'
import type { CopyPart, Hashes, ObjectInfo, Part } from '../storage/storage.ts'
import { askStore } from './direct.ts'
import type { Engine } from './engine.ts'
import { atDestination, CopyFault } from './fault.ts'
import { fetchRange } from './fetch.ts'
import { compareHashes } from './hashing.ts'
import { sendLongPart, type PutLongPart } from './long-part.ts'
import type { PartsTask } from './open-upload.ts'
import { tryPiece } from './try-piece.ts'
import { withPiece } from './with-piece.ts'

const partsAtOnce = 8
/** They hold their memory for long. */
const longPartsAtOnce = 3

export const partsOf = ({ size, upload }: Pick<OpenUpload, 'size' | 'upload'>): number => Math.max(1, Math.ceil(size / upload.partBytes))

/** Numbers of the parts, or of those from `first` to `last`, that are not stored yet. */
export function missingParts(open: OpenUpload, { first, last } = { first: 1, last: partsOf(open) }): number[] {
  const stored = new Set(open.parts.map(({ number }) => number))
  return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((number) => !stored.has(number))
}

type SendTask = Pick<PartsTask, 'info' | 'multipart' | 'direct'>

/** What ends the sending of one part ends it all; a cut leaves what was sent. */
export async function sendParts(engine: Engine, task: SendTask, { upload, long }: OpenUpload, numbers: readonly number[]): Promise<void> {
  await eachOf(numbers, long ? longPartsAtOnce : partsAtOnce, async (number) => {
    if (engine.stopped()) throw aborted()
    await tryPiece(engine, upload.key, () => (task.direct ? copyPart(engine, task, number, task.direct) : sendPart(engine, task, number)))
  })
}

async function sendPart(engine: Engine, { info, multipart }: SendTask, number: number): Promise<void> {
  const open = engine.uploads.find(info.key)
  if (open === undefined) throw aborted()
  const { upload } = open
  if (open.long && multipart.putLongPart) return await sendLong(engine, info, open, number, multipart.putLongPart)
  const range = partRange(number, info.size, upload.partBytes)
  await withPiece(engine, range.last - range.first + 1, async (piece, paced) => {
    await fetchRange(engine, info, range, piece, paced)
    const hashes = engine.hash(piece.body, engine.hashes.part)
    const part = await atDestination(multipart.putPart(upload, number, piece.body, { hashes, signal: engine.signal }))
    const proved = isProved(engine, part, hashes)
    engine.uploads.addPart(info.key, { ...part, size: piece.length, hashes: { ...part.hashes, ...hashes } }, proved)
  })
}

/** Nothing went with it that the store could prove: what it states of it does. */
async function sendLong(engine: Engine, info: ObjectInfo, open: OpenUpload, number: number, put: PutLongPart): Promise<void> {
  const { part, stated } = await sendLongPart(engine, info, open, number, put)
  engine.uploads.addPart(info.key, part, isStated(number, stated, part.hashes))
}

/** What a store copied itself is proved once it is whole. */
async function copyPart(engine: Engine, { info }: SendTask, number: number, direct: CopyPart): Promise<void> {
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

function isProved(engine: Engine, part: Part, ours: Hashes): boolean {
  return isStated(part.number, part.hashes, ours) || engine.hashes.proving !== undefined
}

function isStated(number: number, theirs: Hashes, ours: Hashes): boolean {
  const stated = compareHashes(theirs, ours)
  if (stated === 'different') {
    const sentence = `The destination states another checksum of part ${number} than was sent.`
    throw new CopyFault('ChecksumMismatch', sentence, 'destination')
  }
  return stated === 'equal'
}
