/** One file that the store copies itself: at once, or where it is too large for that in ranges, and checked afterwards. */
import type { Entry, Outcome } from '../ledger/entry.ts'
import { planObject } from '../model/plan.ts'
import { aborted } from '../storage/retrying.ts'
import type { ObjectInfo, PutOptions, ServerCopy } from '../storage/storage.ts'
import { copyParts } from './copy-parts.ts'
import { askStore, CopyRefused } from './direct.ts'
import { conditionsFor, type Engine, type Expected } from './engine.ts'
import { isCopyFault } from './fault.ts'
import { headSource } from './look.ts'
import { giveUp } from './open-upload.ts'
import { completed, skipped } from './outcome.ts'
import { proveCopy } from './prove-copy.ts'
import { sendStored, toStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'
import { isFolder, overFound, whenTaken } from './verify.ts'

/** Undefined: this file goes the ordinary way, and after a refusal the rest of the batch too. */
export async function copyDirect(engine: Engine, entry: Entry, expected: Expected): Promise<Outcome | undefined> {
  const { group } = engine.direct
  if (group === undefined) return undefined
  const info = await headSource(engine, entry.key)
  if (info.isLink) return undefined
  try {
    return info.size <= group.maxCopyBytes ? await copyAtOnce(engine, { entry, info, expected, group }) : await copyRanges(engine, { entry, info, expected, group })
  } catch (error) {
    if (!(error instanceof CopyRefused)) throw error
    engine.direct.giveUp()
    await giveUp(engine, entry.key)
    return undefined
  }
}

interface DirectTask {
  readonly entry: Entry
  readonly info: ObjectInfo
  readonly expected: Expected
  readonly group: ServerCopy
}

async function copyAtOnce(engine: Engine, task: DirectTask): Promise<Outcome> {
  const { entry, info, expected } = task
  const { signal } = engine
  const conditions = isFolder(info) ? {} : conditionsFor(expected)
  const attempt = async (): Promise<Outcome> => {
    if (engine.stopped()) throw aborted()
    const stored = await toStored(engine, entry.key, { ...info, storageClass: info.storageClass ?? entry.storageClass })
    return await sendStored(engine, stored, ({ dropped, ...described }) => copyOnce(engine, task, { ...described, ...conditions, signal }, dropped))
  }
  return await tryPiece(engine, entry.key, () => engine.pool.run(attempt, { signal }))
}

async function copyOnce(engine: Engine, { entry, info, group }: DirectTask, options: PutOptions, dropped: readonly string[]): Promise<Outcome> {
  const ask = async (how: PutOptions): Promise<Outcome> => {
    const result = await askStore(engine, info, info.size, (source) => group.copy(source, entry.key, how))
    const proof = await proveCopy(engine, info, result)
    return completed(entry.key, info, { ...proof, completedAt: engine.now(), dropped })
  }
  try {
    return await ask(options)
  } catch (error) {
    if (!isCopyFault(error) || error.storage?.kind !== 'precondition') throw error
    const found = await whenTaken(engine, entry, { key: entry.key, size: info.size, hashes: info.hashes })
    if (typeof found !== 'string') return await ask(overFound(found, options))
    if (found !== 'ours') return skipped(entry, found)
    return completed(entry.key, info, { crc64: info.hashes.crc64 ?? '', verified: true, completedAt: engine.now(), dropped })
  }
}

const MiB = 1024 ** 2
/** Where the limits allow: small enough that a batch is cut soon. */
const rangeBytes = 256 * MiB

async function copyRanges(engine: Engine, { entry, info, expected, group }: DirectTask): Promise<Outcome | undefined> {
  const { limits, multipart } = engine.destination
  const { maxCopyBytes, copyPart } = group
  if (multipart === undefined || copyPart === undefined) return undefined
  const plan = planObject(info.size, limits, { pieceBytes: Math.min(rangeBytes, maxCopyBytes), mostPartBytes: maxCopyBytes, multipart: true })
  if (plan.kind !== 'parts') return undefined
  return await copyParts(engine, { entry, info, partBytes: plan.partBytes, expected, multipart, direct: copyPart })
}
