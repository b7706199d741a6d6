/**
 * What is known of a batch while it is copied, and the checkpoints that keep it. One checkpoint at a time; those who ask while
 * one is on its way share the next. `saved` is what the last good one kept.
 */
import type { BatchState, Outcome } from '../ledger/entry.ts'
import { countsOf } from '../model/outcome-counts.ts'
import type { Counts } from '../model/status.ts'
import { noTries } from '../model/tries.ts'
import type { UploadBook } from './upload-book.ts'

export interface BatchBook extends UploadBook {
  readonly saved: BatchState
  readonly counts: Counts
  has(key: string): boolean
  settle(outcome: Outcome): void
  /** Since when the source has been restoring this file; undefined: it was not asked. */
  restoringSince(key: string): number | undefined
  /** The file cannot be read yet. */
  awaitRestored(key: string, since: number): void
  /** Every file that has no outcome waits to be restored, and nothing else came forward: so many. 0: there is more to do. */
  readonly onlyRestoring: (keys: readonly string[]) => number
  /** Keeps what is known now, if any of it is new. */
  save(): Promise<void>
}

export function openBook(previous: BatchState | undefined, checkpoint: (state: BatchState) => Promise<void>): BatchBook {
  const outcomes = new Map(previous?.outcomes.map((outcome) => [outcome.key, outcome]))
  const uploads = new Map(previous?.uploads.map((upload) => [upload.key, upload]))
  const tries = new Map(Object.entries(previous?.tries ?? {}))
  const inherited = new Map(tries)
  const restoring = new Map(Object.entries(previous?.restoring ?? {}))
  const lookedAt = new Set<string>()
  const before = outcomes.size
  const current = (): BatchState => ({
    outcomes: [...outcomes.values()],
    uploads: [...uploads.values()],
    tries: Object.fromEntries(tries),
    restoring: Object.fromEntries(restoring),
  })
  let saved = current()
  let version = 0
  let savedVersion = 0
  let pending: Promise<void> = Promise.resolve()

  const changed = () => void version++
  const write = async (): Promise<void> => {
    if (version === savedVersion) return
    const writing = version
    const state = current()
    await checkpoint(state)
    saved = state
    savedVersion = writing
  }
  const save = (): Promise<void> => {
    const next = pending.then(write)
    pending = next.catch(() => undefined)
    return next
  }

  return {
    get saved() {
      return saved
    },
    get counts() {
      return countsOf([...outcomes.values()])
    },
    has: (key) => outcomes.has(key),
    settle(outcome) {
      outcomes.set(outcome.key, outcome)
      tries.delete(outcome.key)
      uploads.delete(outcome.key)
      restoring.delete(outcome.key)
      changed()
    },
    restoringSince: (key) => restoring.get(key),
    awaitRestored(key, since) {
      restoring.set(key, since)
      lookedAt.add(key)
      changed()
    },
    onlyRestoring(keys) {
      const open = keys.filter((key) => !outcomes.has(key))
      const isStill = outcomes.size === before || open.every((key) => lookedAt.has(key))
      return isStill && open.every((key) => restoring.has(key)) ? open.length : 0
    },
    save,
    find: (key) => uploads.get(key),
    async open(upload) {
      uploads.set(upload.key, upload)
      changed()
      await save()
    },
    addPart(key, part, verified) {
      const open = uploads.get(key)
      if (open === undefined) return
      inherited.delete(key)
      tries.delete(key)
      const parts = [...open.parts.filter(({ number }) => number !== part.number), part]
      uploads.set(key, { ...open, parts, verified: open.verified && verified })
      changed()
    },
    spoil(key, fault) {
      const open = uploads.get(key)
      if (open === undefined) return
      uploads.set(key, { ...open, fault })
      changed()
    },
    close(key) {
      if (uploads.delete(key)) changed()
    },
    triesBefore: (key) => inherited.get(key) ?? noTries,
    keepTries(key, failed) {
      tries.set(key, failed)
      changed()
    },
  }
}
