/**
 * What a walk needs of a system that keeps files in directories: one directory's names at a time, in any order. Paths are bytes,
 * relative to the root of the walk; those of directories are '' or end in '/'.
 */
import type { EntryKind } from '../storage.ts'
import type { ByteString } from './names.ts'

/** `Details` is what a reader learns of a file by reading its directory, and hands through to whoever walks. */
export interface Reader<Details> {
  /**
   * Everything in a directory, each name once, in chunks of any size; names that no listing shows are left out. May be called
   * again for the same directory. Fails with a StorageError, `not-found` where the directory is gone or is one no more.
   */
  read(directory: ByteString, signal: AbortSignal | undefined): AsyncIterable<readonly RawName<Details>[]>
  /** Only where links are followed. */
  readonly links?: Links<Details>
}

export interface RawName<Details> {
  readonly raw: ByteString
  readonly kind: EntryKind
  readonly details: Details
}

export interface Links<Details> {
  /** What the link leads to; undefined where it leads nowhere. */
  follow(path: ByteString, signal: AbortSignal | undefined): Promise<Target<Details> | undefined>
  /** The same for every way to one directory, and for no other; '' where it is gone. */
  identify(directory: ByteString, signal: AbortSignal | undefined): Promise<string>
}

export interface Target<Details> {
  readonly kind: EntryKind
  readonly identity: string
  readonly details: Details
}
