/**
 * The storage contract: what the engine may ask of any system that holds files, and what it may rely on.
 *
 * A `Storage` is one data address, opened. Keys are relative to the address's prefix or folder; the prefix is put on and taken
 * off by `open`, so drivers and engine never think of it. Keys are well-formed Unicode strings; order always means the byte
 * order of their UTF-8 form, which is not the order of JavaScript's `<`.
 *
 * Every call may be given a `signal`: once it fires the call ends soon, with a StorageError of kind `aborted`, and holds no
 * connection. Every failure is a StorageError. Drivers never retry: `layers/retry.ts` repeats calls without a body, the copy
 * engine repeats a piece by fetching it again.
 *
 * Operations that every system has are methods; those that only some have are optional groups (`if (storage.multipart)`).
 * No method exists only to throw.
 */
import type { Vendor } from '../model/address.ts'

export interface Storage {
  readonly info: StorageInfo
  readonly limits: StorageLimits
  readonly abilities: StorageAbilities

  /**
   * One page of entries, in key order where `abilities.ordered`. `next` is absent on the last page and only there; a page may
   * be empty and yet have a `next`. Folders are not entries, except `name/` objects of stores that have them, and what a
   * file system holds besides files (`kind`). Fails `no-bucket`, `forbidden`.
   */
  list(options?: ListOptions): Promise<ListPage>

  /** Fails `not-found`. Answers `kind: 'archived'` objects too; reading those fails `archived`. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo>

  /**
   * Reads an object, or `range` of it, into `sink`, which is called once for each chunk, in order. A chunk is valid only until
   * the sink returns (or its promise settles): keep it by copying. While a returned promise is pending the source is held back.
   * Resolves once every announced byte has been given; a body that ends early or runs over fails `premature-end`.
   * `onInfo` is called before the first chunk, also for zero bytes. Fails `not-found`, `precondition` (ifMatch),
   * `range` (first byte past the end), `archived`.
   */
  get(key: string, sink: Sink, options?: GetOptions): Promise<ObjectInfo>

  /**
   * Stores a whole object: readers see the old one or all of the new one, never a mix. After a failure that is not a clear
   * refusal the destination is unknown: look before concluding. Fails `precondition` (ifAbsent, ifMatch), `checksum`,
   * `too-large`, `key-unsupported`, `metadata-unsupported`, `full`.
   */
  put(key: string, body: Body, options: PutOptions): Promise<PutResult>

  /** Deleting what is not there succeeds. */
  delete(key: string, options?: CallOptions): Promise<void>

  close(): Promise<void>

  readonly multipart?: Multipart

  /** What the store's own administration says of the bucket: slow, for the address check only. Fails `forbidden` without that right. */
  readonly facts?: (options?: CallOptions) => Promise<BucketFacts>
}

export interface BucketFacts {
  /** Where the bucket really is, also when it is not where the address says. */
  readonly region?: string
  /** The bucket's default class. */
  readonly storageClass?: string
  /** Of that class: what lies there cannot be read as it is. */
  readonly archive: boolean
}

/** Safe to print, log and keep in a history. */
export interface StorageInfo {
  readonly vendor: Vendor
  /** Bucket, container or service; for a NAS its mount point. */
  readonly bucket: string
  /** Prefix or folder, '' or ending in '/'. */
  readonly prefix: string
  readonly endpoint: string
  /** File systems: the folder as a worker sees it, links followed, ending in '/'. */
  readonly root?: string
}

/** Numbers the planner obeys. Bytes unless the name says otherwise; Infinity where there is no limit. */
export interface StorageLimits {
  readonly maxPutBytes: number
  readonly minPartBytes: number
  readonly maxPartBytes: number
  readonly maxParts: number
  readonly maxObjectBytes: number
  /** Of the key's UTF-8 form, prefix included. */
  readonly maxKeyBytes: number
  /** Sum of names and values of user metadata. */
  readonly maxMetadataBytes: number
  /** Two times closer than this may be the same time. */
  readonly mtimeResolutionMs: number
  readonly maxListEntries: number
}

export type HashName = 'crc64' | 'md5' | 'crc32' | 'crc32c'

export interface StorageAbilities {
  /** Pages come in key order and `startAfter` is understood. */
  readonly ordered: boolean
  readonly read: boolean
  readonly write: boolean
  /** `ifAbsent` is exact: of two writers one fails. False: it is looked at before the write. */
  readonly conditionalPut: boolean
  /** `ifMatch` on get is exact. */
  readonly conditionalGet: boolean
  /** Listing and head state an ETag. */
  readonly etag: boolean
  /** Content-Type and the other system headers are kept. */
  readonly contentHeaders: boolean
  /** User metadata is kept. */
  readonly userMetadata: boolean
  /** The modified time given to put is kept as the object's own (file systems). */
  readonly keepsMtime: boolean
  /** Hash that a put sends along and the store proves, cheapest first. Whether it really does is learnt by the address check. */
  readonly putHashes: readonly HashName[]
  /** Hashes that the store itself states of a whole object in head, get and put results. */
  readonly statedHashes: readonly HashName[]
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  /** Only keys that begin with this. */
  readonly prefix?: string
  /** Only keys after this one; needs `abilities.ordered`. */
  readonly startAfter?: string
  /** `next` of the page before; goes before `startAfter`. Opaque, may expire: durable state keeps keys where `ordered`. */
  readonly cursor?: string
  /** At most so many entries, default and ceiling `limits.maxListEntries`. */
  readonly limit?: number
}

export interface ListPage {
  readonly entries: readonly ListEntry[]
  readonly next?: string
}

export interface ListEntry {
  readonly key: string
  readonly size: number
  /** Milliseconds since 1970 UTC. */
  readonly mtimeMs: number
  /** Without quotes. */
  readonly etag?: string
  readonly storageClass?: string
  /** Default `file`. `directory` only for an empty one (its key ends in '/'); `symlink` and `other` are never read. */
  readonly kind?: EntryKind
}
export type EntryKind = 'file' | 'directory' | 'symlink' | 'other'

export interface ObjectInfo extends ListEntry {
  readonly metadata: Metadata
  /** As the store states them, of the whole object. */
  readonly hashes: Hashes
}

/** Content headers as the store holds them; `user` names are lower case without the vendor's prefix. */
export interface Metadata {
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentEncoding?: string
  readonly contentDisposition?: string
  readonly contentLanguage?: string
  readonly expires?: string
  readonly user: Readonly<Record<string, string>>
}

/** crc64: CRC-64/XZ in decimal. md5: 32 hex digits. crc32, crc32c: 8 hex digits. */
export interface Hashes {
  readonly crc64?: string
  readonly md5?: string
  readonly crc32?: string
  readonly crc32c?: string
}

/** Bytes in memory, sent in order. The caller leaves them alone until the call settles. */
export type Body = readonly Uint8Array[]
export type Sink = (chunk: Uint8Array) => void | Promise<void>

export interface GetOptions extends CallOptions {
  /** `last` is inclusive, as in HTTP. */
  readonly range?: { readonly first: number; readonly last: number }
  /** Only while the object still has this ETag. */
  readonly ifMatch?: string
  readonly onInfo?: (info: ObjectInfo) => void
}

export interface PutOptions extends CallOptions {
  readonly metadata: Metadata
  readonly storageClass?: string
  /** The modified time to keep, where `abilities.keepsMtime`. */
  readonly mtimeMs?: number
  readonly ifAbsent?: boolean
  readonly ifMatch?: string
  /** Of `body`, as the caller computed them; the driver sends those that the store proves. */
  readonly hashes?: Hashes
}

export interface PutResult {
  readonly etag?: string
  /** What the store itself stated of what it holds now. */
  readonly hashes: Hashes
}

/**
 * Objects in parts. An upload is invisible to readers until `complete`. Parts may come in any order, at the same time, and
 * again (the later one counts). Part numbers start at 1; all parts but the last have `partBytes` bytes.
 */
export interface Multipart {
  create(key: string, options: CreateUploadOptions): Promise<UploadRef>
  /** Fails `no-upload` once the upload is aborted or completed. */
  putPart(upload: UploadRef, number: number, body: Body, options?: PartOptions): Promise<Part>
  /** Every part that the store holds, by number. Fails `no-upload`. */
  listParts(upload: UploadRef, options?: CallOptions): Promise<Part[]>
  /** `parts` by number, each once. Fails `invalid` when one is missing, `precondition`, `no-upload`. */
  complete(upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult>
  /** Aborting what is not there succeeds. */
  abort(upload: UploadRef, options?: CallOptions): Promise<void>
  /** Open uploads for exactly this key. */
  listUploads(key: string, options?: CallOptions): Promise<UploadRef[]>
}

/** Plain JSON: it is kept in the ledger. */
export interface UploadRef {
  readonly key: string
  readonly uploadId: string
  readonly partBytes: number
}

export interface CreateUploadOptions extends CallOptions {
  readonly metadata: Metadata
  readonly storageClass?: string
  readonly size: number
  readonly partBytes: number
}

export interface PartOptions extends CallOptions {
  readonly hashes?: Hashes
}

/** Plain JSON: it is kept in the ledger. */
export interface Part {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly hashes: Hashes
}

export interface CompleteOptions extends CallOptions {
  readonly ifAbsent?: boolean
  /** Of the whole object, combined from its parts. */
  readonly hashes?: Hashes
  readonly mtimeMs?: number
}
