/** Whether what the destination holds is what we sent. */
import { createHash } from 'node:crypto'
import type { Entry } from '../ledger/entry.ts'
import { decide, isMd5 } from '../model/decision.ts'
import type { SkipReason } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { Hashes, ObjectInfo, Part, PutOptions, PutResult } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { atDestination, CopyFault } from './fault.ts'
import { compareHashes } from './hashing.ts'
import { readBack } from './read-back.ts'

/** What we sent under a key. */
export interface Sent {
  readonly key: string
  readonly size: number
  readonly hashes: Hashes
  /** The ETag that it must have, where we can tell. */
  readonly etag?: string | undefined
}

/** A `name/` object may come to be as a folder at any moment, with the first file below it. */
export const isFolder = ({ key, size }: Pick<Sent, 'key' | 'size'>): boolean => key.endsWith('/') && size === 0

/** True when a hash proved it (all its parts too), or it was read again. Fails as `compareStated` and `readBack`. */
export async function verifyPut(engine: Engine, sent: Sent, result: PutResult, partsProved = true): Promise<boolean> {
  const isProved = (await compareStated(engine, sent, result)) === 'equal' || engine.hashes.proving !== undefined
  return (await readBack(engine, sent)) || (isProved && partsProved)
}

/**
 * Fails ChecksumMismatch when the store states another hash: our own bad object is removed then. Runs within a place of the
 * request pool, so it asks for none.
 */
export async function compareStated(engine: Engine, sent: Sent, result: PutResult): Promise<'equal' | 'unknown'> {
  const stated = compareHashes(result.hashes, sent.hashes)
  if (stated !== 'different') return stated
  const removed = await removeOwn(engine, sent.key, result.etag)
  throw new CopyFault('ChecksumMismatch', mismatchSentence(result.hashes, sent.hashes, removed), 'destination')
}

function mismatchSentence(stated: Hashes, ours: Hashes, removed: boolean): string {
  const what = removed ? 'it was removed again' : 'it was left as it is'
  return `The destination states other checksums of what it stored (${listOf(stated)}) than were sent (${listOf(ours)}); ${what}.`
}

const listOf = (hashes: Hashes): string => Object.entries(hashes).map(([name, value]) => `${name} ${value}`).join(', ')

export async function removeOwn({ destination, signal }: Engine, key: string, etag: string | undefined): Promise<boolean> {
  if (etag === undefined) return false
  try {
    if ((await destination.head(key, { signal })).etag !== etag) return false
    await destination.delete(key, { signal })
    return true
  } catch (error) {
    if (isStorageError(error)) return false
    throw error
  }
}

/** What lies there looks like what an attempt before this one would have left, and nothing proves it: to be sent again, over just that. */
export interface SendAgain {
  readonly kind: 'again'
  readonly etag: string | undefined
}

/** Options to put it over what was found, and over nothing else. */
export const overFound = ({ etag }: SendAgain, options: PutOptions): PutOptions => ({ ...options, ifAbsent: undefined, ifMatch: etag })

/**
 * The destination did not hold what we relied on. `ours`: a try of ours was through though its answer was lost. A reason: what is
 * there now is to be left. Fails DestinationNewer otherwise. Runs within a place of the request pool.
 */
export async function whenTaken(engine: Engine, entry: Entry, sent: Sent): Promise<'ours' | SkipReason | SendAgain> {
  const found = await headOrNull(engine, sent.key)
  if (found !== null && isOurs(found, sent)) return 'ours'
  if (found !== null && mayBeOfOthers(engine, entry, found)) return { kind: 'again', etag: found.etag }
  const decision = found === null ? undefined : decide(entry, found, { ...engine.comparison, contentTypes: false })
  if (decision?.kind === 'skip') return decision.reason
  const sentence = 'The object at the destination was changed by somebody else while this job ran; it was left as it is.'
  throw new CopyFault('DestinationNewer', sentence, 'destination')
}

/** An attempt at this batch that was cut off may have brought the file, and not recorded that it did. */
function mayBeOfOthers({ followsOthers, comparison }: Engine, entry: Entry, found: ObjectInfo): boolean {
  if (!followsOthers || comparison.rule === 'never') return false
  return decide(entry, found, { ...comparison, rule: 'when-different', contentTypes: false }).kind === 'skip'
}

async function headOrNull({ destination, signal }: Engine, key: string): Promise<ObjectInfo | null> {
  try {
    return await atDestination(destination.head(key, { signal }))
  } catch (error) {
    if (error instanceof CopyFault && error.storage?.kind === 'not-found') return null
    throw error
  }
}

export function isOurs(found: ObjectInfo, { size, hashes, etag }: Sent): boolean {
  if (found.size !== size) return false
  const stated = compareHashes(found.hashes, hashes)
  if (stated !== 'unknown') return stated === 'equal'
  return found.etag !== undefined && (found.etag === etag || (isMd5(found.etag) && found.etag.toLowerCase() === hashes.md5))
}

/** The ETag that S3 and its kin give an object of parts; undefined where the parts' ETags are no MD5s. */
export function etagOfParts(parts: readonly Part[]): string | undefined {
  if (!parts.every(({ etag }) => isMd5(etag))) return undefined
  const digest = createHash('md5').update(Buffer.from(parts.map(({ etag }) => etag).join(''), 'hex')).digest('hex')
  return `${digest}-${parts.length}`
}
