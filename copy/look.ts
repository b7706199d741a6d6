/** Whether one file is to be copied: the overwrite rule, with the looks that the listings alone do not spare. */
import type { Entry } from '../ledger/entry.ts'
import { decide, isSameTime, type Decision } from '../model/decision.ts'
import { parseMtime } from '../model/metadata.ts'
import type { SkipReason } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { ObjectInfo } from '../storage/storage.ts'
import type { Engine, Expected } from './engine.ts'
import { atDestination, atSource } from './fault.ts'

/** What a look needs: a dry run has no more than this. */
export type Looker = Pick<Engine, 'source' | 'destination' | 'options' | 'pool' | 'comparison' | 'signal'>

export type Look = { readonly kind: 'copy'; readonly expected: Expected } | { readonly kind: 'skip'; readonly reason: SkipReason }

export async function lookFirst(engine: Looker, entry: Entry): Promise<Look> {
  if (engine.options.overwrite === 'always') return { kind: 'copy', expected: undefined }
  const expected = entry.destination !== undefined ? entry.destination : await headDestination(engine, entry.key)
  if (isDirectory(expected)) return { kind: 'skip', reason: 'same' }
  return toLook(await settle(engine, entry, expected), expected)
}

/** A folder of a file system is what a `name/` object becomes; its time changes with what is put into it. */
const isDirectory = (expected: Expected): boolean => isInfo(expected) && expected.kind === 'directory'

function toLook(decision: Settled, expected: Expected): Look {
  return decision.kind === 'copy' ? { kind: 'copy', expected } : decision
}

type Settled = Extract<Decision, { kind: 'copy' | 'skip' }>

async function settle(engine: Looker, entry: Entry, expected: Exclude<Expected, undefined>): Promise<Settled> {
  const decision = decide(entry, expected, engine.comparison)
  switch (decision.kind) {
    case 'copy':
    case 'skip':
      return decision
    case 'compare-content-types':
      return (await haveSameType(engine, entry.key, expected)) ? { kind: 'skip', reason: 'same' } : { kind: 'copy' }
    case 'compare-kept-mtime':
      return (await keepsSameTime(engine, entry.key, expected)) ? { kind: 'skip', reason: 'same' } : { kind: 'copy' }
  }
}

/** Null where nothing is there. */
export async function headDestination(engine: Looker, key: string): Promise<ObjectInfo | null> {
  const { destination, pool, signal } = engine
  await destination.turns?.room({ signal })
  return await pool.run(() => atDestination(orNull(destination.head(key, { signal }))), { signal })
}

export const renewed = (entry: Entry, { size, mtimeMs, etag }: ObjectInfo): Entry => ({ ...entry, size, mtimeMs, etag, unseen: undefined })

/** With size and time, also where the listing did not tell them. */
export async function seen(engine: Looker, entry: Entry): Promise<Entry> {
  return entry.unseen ? renewed(entry, await headSource(engine, entry.key)) : entry
}

export async function headSource({ source, pool, signal }: Looker, key: string): Promise<ObjectInfo> {
  await source.turns?.room({ signal })
  return await pool.run(() => atSource(source.head(key, { signal })), { signal })
}

function orNull(call: Promise<ObjectInfo>): Promise<ObjectInfo | null> {
  return call.catch((error: unknown) => {
    if (isStorageError(error, 'not-found')) return null
    throw error
  })
}

async function haveSameType(engine: Looker, key: string, expected: Expected): Promise<boolean> {
  const [source, destination] = await Promise.all([headSource(engine, key), isInfo(expected) ? expected : headDestination(engine, key)])
  return typeOf(source) === typeOf(destination)
}

const isInfo = (expected: Expected): expected is ObjectInfo => expected !== null && expected !== undefined && 'metadata' in expected

/** Stores that are given no type make up one of these two. */
const unknownTypes: readonly (string | undefined)[] = ['application/octet-stream', 'binary/octet-stream']

function typeOf(info: ObjectInfo | null): string | undefined {
  const type = info?.metadata.contentType?.trim()
  return unknownTypes.includes(type) ? undefined : type
}

async function keepsSameTime(engine: Looker, key: string, expected: Expected): Promise<boolean> {
  const { metadata } = await headSource(engine, key)
  const kept = parseMtime(metadata.user['mtime'])
  return kept !== undefined && !!expected && isSameTime(kept, expected.mtimeMs, engine.comparison)
}
