/**
 * The source's files as entries, page by page: filtered, and joined with what the destination holds. Needs no ledger: a dry run
 * uses it too.
 */
import type { Entry, SourcePosition } from '../ledger/entry.ts'
import { comparisonOf, decide, type Comparison } from '../model/decision.ts'
import { isExcluded, makeFilter, type Filter } from '../model/filter.ts'
import type { JobOptions } from '../model/job.ts'
import { addTally, noTally, type Tally } from '../model/status.ts'
import type { ListEntry, Storage } from '../storage/storage.ts'
import { viewDestination, type DestinationView } from './destination-view.ts'
import { entryOf } from './entry-of.ts'
import { toMatcher } from './globs.ts'
import { viewByPrefix } from './prefix-view.ts'
import { sourcePages, type PageOptions } from './source-pages.ts'

export interface DecideOptions extends PageOptions {
  readonly options: JobOptions
  /** Absent: from the beginning. */
  readonly from?: Extract<SourcePosition, { kind: 'after' | 'page' }>
}

/** Excluded files are among the entries only with `listExcluded`, and then marked; the tally has them in any case. */
export interface EntryPage {
  readonly entries: readonly Entry[]
  readonly excluded: Tally
  /** Where to go on after this page; `null` at the end. */
  readonly next: SourcePosition | null
}

export async function* decideSource(source: Storage, destination: Storage, task: DecideOptions): AsyncGenerator<EntryPage> {
  const { options, from = { kind: 'after' }, signal } = task
  const ended = new AbortController()
  const filter = makeFilter(options, toMatcher)
  const view = viewOf(destination, options, AbortSignal.any([signal, ended.signal]))
  const comparison = comparisonOf(source, destination, options)
  try {
    for await (const { entries, ordered, next } of sourcePages(source, from, task)) {
      const { kept, excluded, tally } = sortOut(entries, filter)
      const joined = (await join(kept, ordered ? view.ofOrdered : view.ofAny)).map((entry) => decided(entry, comparison))
      yield { entries: options.listExcluded ? [...joined, ...excluded] : joined, excluded: tally, next }
    }
  } finally {
    ended.abort()
  }
}

/** By what may be known of the destination: of keys that ascend, and of keys in any order. */
interface Views {
  readonly ofOrdered?: DestinationView
  readonly ofAny?: DestinationView
}

/** File systems are asked for each file: a page of their listing costs a pass over its folder. */
function viewOf(destination: Storage, { overwrite }: JobOptions, signal: AbortSignal): Views {
  const { ordered, startAfter, keepsMtime } = destination.abilities
  if (overwrite === 'always' || keepsMtime) return {}
  const ofAny = viewByPrefix(destination, signal)
  return { ofAny, ofOrdered: ordered && startAfter ? viewDestination(destination, signal) : ofAny }
}

function sortOut(entries: readonly ListEntry[], filter: Filter) {
  const kept: ListEntry[] = []
  const excluded: Entry[] = []
  let tally = noTally
  for (const entry of entries) {
    if (entry.key === '' || entry.fault !== undefined || !isExcluded(entry, filter)) {
      kept.push(entry)
      continue
    }
    excluded.push({ ...entryOf(entry), excluded: true })
    tally = addTally(tally, { files: 1, bytes: entry.size })
  }
  return { kept, excluded, tally }
}

async function join(entries: readonly ListEntry[], view: DestinationView | undefined): Promise<Entry[]> {
  const joined: Entry[] = []
  for (const entry of entries) {
    const found = view && isCopyable(entry) ? view.lookup(entry.key) : undefined
    joined.push(entryOf(entry, found instanceof Promise ? await found : found))
  }
  return joined
}

/** What both listings tell of a file is enough to skip it. */
export function decided(entry: Entry, comparison: Comparison): Entry {
  if (!entry.destination || entry.unseen || entry.kind === 'directory') return entry
  const decision = decide(entry, entry.destination, comparison)
  return decision.kind === 'skip' ? { ...entry, skip: decision.reason } : entry
}

const isCopyable = ({ key, kind, fault }: ListEntry): boolean => key !== '' && fault === undefined && kind !== 'symlink' && kind !== 'other'
