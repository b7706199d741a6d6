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
import type { Rights } from './rights.ts'

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

  /** Fails `not-found`. Answers for archived objects too, reading those fails `archived`; and for what the listing gave a `fault`, with that. */
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
  readonly archive?: Archive
  readonly tagging?: Tagging
  readonly acl?: Acl
  readonly serverCopy?: ServerCopy
  readonly refuses?: Refusals
  /** For people: what the key must be allowed to do. */
  readonly rights?: Rights

  /** Absent: the store is asked as fast as it goes. */
  readonly turns?: Turns

  /** What the store's own administration says of the bucket: slow, for the address check only. Fails `forbidden` without that right. */
  readonly facts?: (options?: CallOptions) => Promise<BucketFacts>
}

/** How fast this address may be asked in this process. */
export interface Turns {
  /**
   * Resolves once a call would hardly have to wait; undefined: none would. For whoever takes up memory or a place before calling:
   * what waits inside a call holds both. Fails `aborted`.
   */
  room(options?: CallOptions): Promise<void> | undefined
  /** It is asked less because the store wanted so. */
  readonly slowed: boolean
}

/**
 * What the store cannot hold besides what `limits` say, told without a request: a sentence, or undefined where it can. `put` and
 * `create` fail for the same.
 */
export interface Refusals {
  readonly key?: (key: string) => string | undefined
  /** User metadata of this name, in lower case. */
  readonly metadata?: (name: string, value: string) => string | undefined
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
  /** As whom, where that is known without a request: equal texts are one account. No secret can be had from it. */
  readonly caller?: string
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
  /** Pages come in key order. */
  readonly ordered: boolean
  /** A listing can begin after any key. False: only where a page before it ended, by its cursor. */
  readonly startAfter: boolean
  readonly read: boolean
  /** False: `put` and `delete` fail `invalid`. */
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
  /**
   * False: `multipart.abort` cannot drop parts, and an upload that is over still takes some; they are in no object, and the store
   * drops them by itself later. Absent: true.
   */
  readonly endsUploads?: boolean
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  /** Only keys that begin with this. */
  readonly prefix?: string
  /** Only keys after this one; needs `abilities.startAfter`. */
  readonly startAfter?: string
  /** `next` of the page before; goes before `startAfter`. Opaque, may expire: durable state keeps keys where `startAfter`. */
  readonly cursor?: string
  /** At most so many entries, default and ceiling `limits.maxListEntries`. */
  readonly limit?: number
}

export interface ListPage {
  readonly entries: readonly ListEntry[]
  /** Keys that are taken though they are no entries: only `head` tells of them. Absent: none. */
  readonly hidden?: readonly string[]
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
  /** It cannot be read, and why: one sentence. The key then only names it in reports. */
  readonly fault?: string
  /** The listing does not tell size and time, which are 0 here: `head` does. */
  readonly unseen?: true
}
export type EntryKind = 'file' | 'directory' | 'symlink' | 'other'

export interface ObjectInfo extends ListEntry {
  readonly metadata: Metadata
  /** As the store states them, of the whole object. */
  readonly hashes: Hashes
  /** Absent: it can be read as it is, or was restored. */
  readonly archived?: 'archived' | 'restoring'
  /** Its bytes are those of another object: a copy within the store would be one of the link. */
  readonly isLink?: true
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
/** A body too large for memory, of exactly `size` bytes. It is asked for once; a chunk is valid until the next one is asked for. */
export interface LongBody {
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array>
}
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
  /** Needs `tagging`. */
  readonly tags?: Tags
  /** Needs `acl`. */
  readonly acl?: CannedAcl
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
  /** Fails `no-upload` once the upload is aborted or completed, where `abilities.endsUploads`. */
  putPart(upload: UploadRef, number: number, body: Body, options?: PartOptions): Promise<Part>
  /** As `putPart`, into an upload created as `long`: no hash is known before the last byte. Absent: parts are what memory holds. */
  putLongPart?(upload: UploadRef, number: number, body: LongBody, options?: CallOptions): Promise<Part>
  /** Every part that the store holds, by number. Fails `no-upload`. */
  listParts(upload: UploadRef, options?: CallOptions): Promise<Part[]>
  /**
   * `parts` by number, each once. Fails `invalid` when one is missing, `precondition`, `no-upload`. Completing again what was
   * completed may succeed where the store can tell that its object is this upload's.
   */
  complete(upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult>
  /** Aborting what is not there succeeds. */
  abort(upload: UploadRef, options?: CallOptions): Promise<void>
  /** Open uploads for exactly this key. */
  listUploads(key: string, options?: CallOptions): Promise<UploadRef[]>
}

/** Plain JSON: it is kept in the ledger. `complete` takes the one that `create` gave; those of `listUploads` are for `abort`. */
export interface UploadRef {
  readonly key: string
  readonly uploadId: string
  readonly partBytes: number
  /** What the driver must be told again at `complete`, where the store takes metadata only then; opaque. */
  readonly carried?: string
}

export interface CreateUploadOptions extends CallOptions {
  readonly metadata: Metadata
  readonly storageClass?: string
  readonly tags?: Tags
  readonly acl?: CannedAcl
  readonly size: number
  readonly partBytes: number
  /** Its parts come by `putLongPart`. */
  readonly long?: true
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
  /** Exact where the store's Complete takes conditions; elsewhere it is looked at just before. */
  readonly ifAbsent?: boolean
  /** Of the whole object, combined from its parts. */
  readonly hashes?: Hashes
  readonly mtimeMs?: number
}

/** Objects of archive classes, which must be restored before they can be read. */
export interface Archive {
  /** Asks for a readable copy that stays so many days, for good where the store knows no such term; `head` tells when it is there. Asking again is harmless. */
  restore(key: string, options: CallOptions & { readonly days: number }): Promise<void>
}

export type Tags = Readonly<Record<string, string>>

/** Stores with tags take them with `put` and `create`, so that an object is never there without. */
export interface Tagging {
  readonly maxTags: number
  /** Whether this tag may be given; absent: any. */
  readonly holds?: (name: string, value: string) => boolean
  getTags(key: string, options?: CallOptions): Promise<Tags>
}

/** The rights that all of these stores can say alike. */
export const cannedAcls = ['private', 'public-read', 'public-read-write'] as const
export type CannedAcl = (typeof cannedAcls)[number]

export interface Acl {
  /** Those that an object can be given, absent: all. `put` and `create` fail `metadata-unsupported` for others. */
  readonly canned?: readonly CannedAcl[]
  /** The canned right nearest to the object's own, or the bucket's where it has none. */
  getAcl(key: string, options?: CallOptions): Promise<CannedAcl>
}

/** Copies within the store, whose bytes never pass through us. */
export interface ServerCopy {
  /** Of one copy, and of one part. */
  readonly maxCopyBytes: number
  /** One endpoint and one caller, by what is known without a request; it may turn out that this caller may not read there. */
  reaches(source: StorageInfo): boolean
  /**
   * Whole objects up to `maxCopyBytes`. `metadata` and the rest are as `put` takes them, nothing is taken over from the source.
   * Fails as `get` and `put` do; `precondition`: the source is another one, or the destination is not as demanded.
   */
  copy(source: CopySource, key: string, options: PutOptions): Promise<PutResult>
  /** Absent: there are only copies of whole objects. */
  readonly copyPart?: CopyPart
}

export type CopyPart = (
  upload: UploadRef, number: number, source: CopySource, options: CallOptions & { readonly range: NonNullable<GetOptions['range']> },
) => Promise<Part>

export interface CopySource {
  readonly info: StorageInfo
  /** Relative to the source's prefix. */
  readonly key: string
  readonly ifMatch?: string
}
