import type { OpenOptions } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'

/** One store under test. */
export interface Target {
  /** Empty, and this suite's alone. */
  readonly storage: Storage
  /** The same store, opened so that every call fails in a known way. */
  readonly failing: Partial<Record<Failure, Storage>>
  /** Stores that restore: a class whose objects must be. */
  readonly archiveClass?: string
  /** Keys that the driver refuses, with the reason. */
  readonly refuses?: readonly Refusal[]
  /** What the server behind the driver cannot do, with the reason: not the driver's fault, and said in the output. */
  readonly quirks?: Partial<Record<Quirk, string>>
  stop(): Promise<void>
}

/** For a store that only asks to go slower: it is not waited for. */
export const impatient: OpenOptions = { retry: { patienceMs: 0 } }

export const failures = ['no-bucket', 'no-mount', 'no-folder', 'bad-access-key', 'bad-secret', 'forbidden', 'throttled', 'unavailable'] as const
export type Failure = (typeof failures)[number]

export interface Refusal {
  readonly keys: RegExp
  readonly reason: string
}

export const quirks = ['names within names', 'odd names', 'control characters', 'concurrent conditions', 'rights', 'archives'] as const
export type Quirk = (typeof quirks)[number]
