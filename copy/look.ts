/** Whether one file is to be copied: the overwrite rule, with the looks that the listings alone do not spare. */
import type { Entry } from '../ledger/entry.ts'
import { decide, isSameTime, type Decision } from '../model/decision.ts'
import { parseMtime } from '../model/metadata.ts'
import type { SkipReason } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { ObjectInfo } from '../storage/storage.ts'
import type { Engine, Expected } from './engine.ts'
import { atDestination, atSource } from './fault.ts'

export type Look = { readonly kind: 'copy'; readonly expected: Expected } | { readonly kind: 'skip'; readonly reason: SkipReason }

export async function lookFirst(engine: Engine, entry: Entry): Promise<Look> {
  if (engine.options.overwrite === 'always') return { kind: 'copy', expected: undefined }
  const expected = entry.destination !== undefined ? entry.destination : await headDestination(engine, entry.key)
  return toLook(await settle(engine, entry, expected), expected)
}

function toLook(decision: Settled, expected: Expected): Look {
  return decision.kind === 'copy' ? { kind: 'copy', expected } : decision
}

type Settled = Extract<Decision, { kind: 'copy' | 'skip' }>

async function settle(engine: Engine, entry: Entry, expected: Exclude<Expected, undefined>): Promise<Settled> {
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
export async function headDestination(engine: Engine, key: string): Promise<ObjectInfo | null> {
  const { destination, pool, signal } = engine
  return await pool.run(() => atDestination(orNull(destination.head(key, { signal }))), { signal })
}

export async function headSource({ source, pool, signal }: Engine, key: string): Promise<ObjectInfo> {
  return await pool.run(() => atSource(source.head(key, { signal })), { signal })
}

function orNull(call: Promise<ObjectInfo>): Promise<ObjectInfo | null> {
  return call.catch((error: unknown) => {
    if (isStorageError(error, 'not-found')) return null
    throw error
  })
}

async function haveSameType(engine: Engine, key: string, expected: Expected): Promise<boolean> {
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

async function keepsSameTime(engine: Engine, key: string, expected: Expected): Promise<boolean> {
  const { metadata } = await headSource(engine, key)
  const kept = parseMtime(metadata.user['mtime'])
  return kept !== undefined && !!expected && isSameTime(kept, expected.mtimeMs, engine.comparison)
}
