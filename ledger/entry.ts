/** Rows of the ledger's files. One JSON value a line; the first line of a file is its LedgerHeader. */
import type { FragmentRef } from '../model/batch.ts'
import type { FileErrorCode } from '../model/codes.ts'
import type { ListName, SkipReason } from '../model/report-row.ts'
import type { Tries } from '../model/tries.ts'
import type { EntryKind, Part, UploadRef } from '../storage/storage.ts'

/** A file that the lister saw, with what the destination holds under that name. */
export interface Entry {
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
  readonly storageClass?: string
  readonly kind?: EntryKind
  /** Size and time are not known yet: the copier looks first. */
  readonly unseen?: true
  /** `null`: looked, nothing there. Absent: not looked, the copier does where the rule needs it. */
  readonly destination?: DestinationState | null
  /** Left out by the filters; only with `--list-excluded`. */
  readonly excluded?: true
  /** Decided by the lister: nothing is to be copied. */
  readonly skip?: SkipReason
  /** Decided by the lister: this entry fails so, nothing is tried. */
  readonly fail?: Failure & { readonly startedAt?: number; readonly endedAt?: number }
}

export interface DestinationState {
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
}

interface OutcomeBase {
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
}

export interface Completion {
  /** CRC-64/XZ in decimal; empty where the store copied and does not state it. */
  readonly crc64: string
  readonly completedAt: number
  /** A hash of the store proved the bytes. */
  readonly verified: boolean
  /** Names of metadata, tags and rights that the destination cannot hold. */
  readonly dropped?: readonly string[]
}

export interface Failure {
  readonly code: FileErrorCode
  readonly description: string
}

export type Outcome =
  | (OutcomeBase & Completion & { readonly kind: 'completed' })
  | (OutcomeBase & { readonly kind: 'skipped'; readonly reason: SkipReason })
  | (OutcomeBase & Failure & { readonly kind: 'failed'; readonly startedAt: number; readonly endedAt: number })
  | (OutcomeBase & { readonly kind: 'excluded' })

/** A large object in the middle of its upload: the next generation goes on with it. */
export interface OpenUpload {
  readonly key: string
  readonly upload: UploadRef
  /** The source's version that the parts are of. */
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
  /** With our own hashes, whatever the store stated. */
  readonly parts: readonly Part[]
  /** Every part so far was proved by a hash. */
  readonly verified: boolean
  /** Names of what was left behind when it was begun. */
  readonly dropped?: readonly string[]
  /** Its parts are larger than memory holds. */
  readonly long?: true
  /** It is the second: the first was given up because the source changed or bytes were not those sent. */
  readonly again?: true
  /** Why a range of its parts could not be sent. */
  readonly fault?: Failure
}

export interface LedgerHeader {
  readonly job: string
  readonly epoch: string
  readonly run: number
  readonly file: string
}

/** All that is known of a batch: at most one outcome an entry, at most one open upload a key. */
export interface BatchState {
  readonly outcomes: readonly Outcome[]
  readonly uploads: readonly OpenUpload[]
  /** Tries that failed, by key, of files that have no outcome yet: a file that always fails does not begin anew for ever. */
  readonly tries?: Readonly<Record<string, Tries>>
  /** Since when (ms) the source was asked to restore files that have no outcome yet, by key. */
  readonly restoring?: Readonly<Record<string, number>>
}

/** Where the lister goes on: first with what was listed and is in no batch yet, then with the source. */
export interface ListCursor {
  readonly pending: readonly Entry[]
  /** Several, where ranges of keys are listed beside each other; none: the source is at its end. */
  readonly from: readonly SourcePosition[]
}

export type SourcePosition =
  /** After this key, in a source that can begin there; absent: at the beginning. Up to and with `until`; absent: to the end. */
  | { readonly kind: 'after'; readonly key?: string; readonly until?: string }
  /** At this page, in a source that knows no other beginning; with the last key before it, where pages come in key order. */
  | { readonly kind: 'page'; readonly cursor: string; readonly key?: string }
  /** At this byte of a volume of the previous run's error list. */
  | { readonly kind: 'retry'; readonly volume: number; readonly offset: number }

/** What one merge wrote: part `i` of the fragment holds rows of `parts[i].list`. */
export interface FragmentIndex {
  readonly parts: readonly { readonly list: ListName; readonly rows: number; readonly bytes: number }[]
  /** Completed files that lost metadata, tags or rights, by the policy `drop`. */
  readonly droppedMetadata: number
  /** Fragments that come before this one, and that nothing else names. */
  readonly before?: readonly FragmentRef[]
}
