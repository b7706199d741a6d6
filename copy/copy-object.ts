/** One file, from its entry to its outcome. Throws a CopyFault where it fails, `aborted` where it was cut and goes on later. */
import type { Entry, Outcome } from '../ledger/entry.ts'
import { utf8Length } from '../model/keys.ts'
import { planObject, type Plan } from '../model/plan.ts'
import type { ObjectInfo } from '../storage/storage.ts'
import { copyDirect } from './copy-direct.ts'
import { copyParts } from './copy-parts.ts'
import { copyWhole } from './copy-whole.ts'
import type { Engine, Expected } from './engine.ts'
import { atDestination, CopyFault, isCopyFault } from './fault.ts'
import { headSource, lookFirst, renewed, seen } from './look.ts'
import { giveUp } from './open-upload.ts'
import { completed, excluded, failedBefore, skipped } from './outcome.ts'
import { mapStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'

export async function copyObject(engine: Engine, listed: Entry): Promise<Outcome> {
  const settled = settledBefore(engine, listed)
  if (settled) return settled
  assertKeyFits(engine, listed)
  const entry = await seen(engine, listed)
  const look = await lookFirst(engine, entry)
  if (look.kind === 'skip') return skipped(entry, look.reason)
  return entry.kind === 'directory' ? await makeDirectory(engine, entry) : await transfer(engine, entry, look.expected)
}

/** What needs no look at either end. */
export function settledBefore({ options, now }: Pick<Engine, 'options' | 'now'>, entry: Entry): Outcome | undefined {
  if (entry.excluded) return excluded(entry)
  if (entry.skip) return skipped(entry, entry.skip)
  if (entry.fail) return failedBefore(entry, entry.fail, now())
  if (entry.key === '') return skipped(entry, 'prefix-marker')
  if (entry.kind === 'symlink') return skipped(entry, 'symlink')
  if (entry.kind === 'other') return skipped(entry, 'not-a-file')
  if (entry.kind === 'directory' && !options.emptyDirectories) return skipped(entry, 'not-a-file')
  return undefined
}

export function assertKeyFits({ destination: { info, limits, refuses } }: Pick<Engine, 'destination'>, { key }: Entry): void {
  const refusal = refuses?.key?.(key)
  if (refusal !== undefined) throw new CopyFault('KeyUnsupported', refusal, 'destination')
  const bytes = utf8Length(info.prefix) + utf8Length(key)
  if (bytes <= limits.maxKeyBytes) return
  const sentence = `The name has ${bytes} bytes at the destination, which takes ${limits.maxKeyBytes}.`
  throw new CopyFault('KeyUnsupported', sentence, 'destination')
}

async function makeDirectory(engine: Engine, entry: Entry): Promise<Outcome> {
  const { dropped, ...stored } = mapStored(engine, { mtimeMs: entry.mtimeMs, metadata: { user: {} } })
  const { destination, pool, signal } = engine
  const make = () => atDestination(destination.put(entry.key, [], { ...stored, signal }))
  await tryPiece(engine, entry.key, () => pool.run(make, { signal }))
  return completed(entry.key, entry, { crc64: '0', completedAt: engine.now(), verified: true, dropped })
}

type Renewed = { readonly kind: 'grown'; readonly info: ObjectInfo }
const mostLooks = 3

/** A source that changes under our hands is looked at again; one that keeps changing fails. */
async function transfer(engine: Engine, entry: Entry, expected: Expected): Promise<Outcome> {
  let current = entry
  let again = false
  for (let look = 1; look <= mostLooks; look++) {
    const result = await transferOnce(engine, current, expected, again).catch(async (error: unknown) => {
      if (again || !isWorthAnotherLook(engine, entry, error)) throw error
      again = true
      await giveUp(engine, entry.key)
      return { kind: 'grown' as const, info: await headSource(engine, entry.key) }
    })
    if (result.kind !== 'grown') return result
    current = renewed(current, result.info)
  }
  throw new CopyFault('SourceChanged', 'The object keeps changing its size while it is read.', 'source')
}

/** One piece with a wrong checksum was fetched again already; an upload of many is begun again. */
function isWorthAnotherLook({ uploads }: Engine, { key }: Entry, error: unknown): boolean {
  if (!isCopyFault(error)) return false
  const open = uploads.find(key)
  if (error.code === 'ChecksumMismatch') return open !== undefined && !open.again
  return (error.code === 'SourceChanged' && !open?.again) || error.storage?.kind === 'no-upload'
}

async function transferOnce(engine: Engine, entry: Entry, expected: Expected, again: boolean): Promise<Outcome | Renewed> {
  const direct = await copyDirect(engine, entry, expected)
  if (direct) return direct
  if (planFor(engine, entry.size).kind === 'whole') {
    const result = await copyWhole(engine, entry, expected)
    if (result.kind !== 'grown') await giveUp(engine, entry.key)
    return result
  }
  const info = await headSource(engine, entry.key)
  const plan = planFor(engine, info.size)
  const { multipart } = engine.destination
  if (plan.kind === 'whole' || multipart === undefined) return { kind: 'grown', info }
  const { partBytes, long } = plan
  return await copyParts(engine, { entry, info, partBytes, expected, multipart, ...(long && { long }), ...(again && { again }) })
}

type Feasible = Exclude<Plan, { kind: 'too-large' }>

export function planFor({ destination, pieces }: Pick<Engine, 'destination' | 'pieces'>, size: number): Feasible {
  const { limits, multipart } = destination
  const { pieceBytes, mostBytes } = pieces
  const plan = planObject(size, limits, { pieceBytes, mostPartBytes: mostBytes, multipart: multipart !== undefined, longParts: multipart?.putLongPart !== undefined })
  if (plan.kind === 'too-large') throw new CopyFault('TooLarge', plan.sentence, 'destination')
  return plan
}
