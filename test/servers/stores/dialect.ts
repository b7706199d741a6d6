import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import type { AccessKey } from './options.ts'
import type { Lock } from './auth/checks.ts'
import type { ByteString } from './bytes.ts'
import type { DocumentForm } from './documents.ts'
import type { StoreError } from './error.ts'
import type { Operation } from './operation.ts'
import type { Handlers } from './operations/handlers.ts'
import type { HostRules, StoreRequest } from './request.ts'
import type { Bucket, ObjectPart, StoredObject } from './store/model.ts'

export const storeVendors = ['oss', 'cos', 'ks3', 'bos', 'kodo'] as const
export type StoreVendor = (typeof storeVendors)[number]

/** What sets one vendor's store apart: data and small functions. What is shared never asks for the vendor's name. */
export interface Dialect {
  readonly vendor: StoreVendor
  readonly defaultRegion: string
  /** The Server header. */
  readonly server: string
  /** The service's own host names; the first group is the bucket, absent at the endpoint itself. */
  readonly hosts: (region: string) => RegExp
  /** Of a region, as answers name it. */
  readonly endpointOf: (region: string) => string
  /** As LocationConstraint. */
  readonly locationOf: (region: string) => string
  readonly bucketName: RegExp
  /** The ways in: the first that claims a request takes it, or the last. */
  readonly doors: readonly [Door, ...Door[]]
  readonly errors: ErrorTable
  /** What the code of an error of this server is called here, where it is called otherwise. */
  readonly codes: Readonly<Record<string, string>>
  readonly keys: KeyRules
  readonly limits: Limits
  readonly metadata: MetadataRules
  readonly storageClasses: StorageClasses
  readonly writes: WriteRules
  readonly lists: ListRules
  readonly etags: EtagRules
  /** CRC-32 is kept and stated. */
  readonly crc32: boolean
  /** A range that the object does not wholly hold is ignored, unless `range-behavior: standard` is asked for. */
  readonly lenientRanges: boolean
  readonly acl: AclRules
  /** The source of a copy as `bucket/key`, percent-encoded, from the header. */
  readonly copySource: (named: ByteString) => ByteString
  readonly describeBucket: (bucket: Bucket) => string[]
  readonly shows: Shows
}

/** A way to ask a store: how requests are signed, how headers are called, how errors and answers look. */
export interface Door {
  /** `x-oss-`, `x-cos-`, `x-amz-` … */
  readonly prefix: string
  /** Default: the prefix and `request-id`. */
  readonly requestIdHeader?: string
  readonly claims: (message: IncomingMessage, hosts: HostRules) => boolean
  /** Which bucket and key are asked for, where host and path do not say it as S3 does. */
  readonly locate?: (asked: Asked) => Located
  /** What is asked for, where the tables of `operations` do not say it. */
  readonly operation?: (request: StoreRequest) => Operation | undefined
  readonly operations: Operations
  readonly handlers: Handlers
  readonly documents: DocumentForm
  /** Who asks. Throws what the vendor answers where that cannot be believed. */
  readonly authenticate: (request: StoreRequest, lock: Lock) => AccessKey
  /** Text that names the access key, for faults that strike one key only. */
  readonly credential: (request: StoreRequest) => readonly (string | undefined)[]
  readonly showError: (error: KnownError, request: ErrorRequest) => Answer
  /** Hashes of the body that the request announces, and the code of the error when one differs. */
  readonly proofs: (request: StoreRequest) => readonly Proof[]
  /** A list of keys to delete must come with its Content-MD5. */
  readonly deletesNeedMd5: boolean
  readonly contentMd5: 'base64' | 'hex'
}

export interface Asked extends HostRules {
  readonly host: string
  readonly path: string
  readonly query: ReadonlyMap<string, ByteString>
  readonly keys: KeyRules
}

export interface Located {
  readonly bucket: string | undefined
  readonly key: ByteString | undefined
  /** What the path says that elsewhere parameters say. */
  readonly query?: Readonly<Record<string, string>>
}

export interface Operations {
  /** `METHOD subresource` → operation. */
  readonly bucket: Readonly<Record<string, Operation>>
  /** The same, with ` copy` behind where the request names a source. */
  readonly object: Readonly<Record<string, Operation>>
  /** Parameters that ask for something else than the object or the list: the first that is there decides. */
  readonly subresources: readonly string[]
}

export type HashName = 'md5' | 'sha256' | 'crc32' | 'crc64'

export interface Proof {
  readonly hash: HashName
  /** Hex; CRC64 and CRC32 in decimal. */
  readonly expected: string
  readonly code: string
}

/** Code → status, message, and OSS's EC number. */
export type ErrorTable = Readonly<Record<string, readonly [status: number, message: string, ec?: string]>>

/** An error with all that the dialect knows of it. */
export interface KnownError {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly extra: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** What an error says of the request it answers. */
export interface ErrorRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly requestId: string
}

export interface KeyRules {
  readonly maxBytes: number
  readonly fault: (key: ByteString) => StoreError | undefined
}

export interface Limits {
  readonly minPartBytes: number
  readonly maxPutBytes: number
  readonly maxCopyBytes: number
  readonly maxTags: number
}

export interface MetadataRules {
  /** Sum of names and values. */
  readonly maxBytes: number
  readonly names: RegExp
}

export interface StorageClasses {
  readonly all: readonly string[]
  readonly archive: readonly string[]
  readonly standard: string
}

export interface WriteRules {
  /** A header `forbid-overwrite: true` is known. */
  readonly forbidOverwrite: boolean
  /** If-Match and If-None-Match on a write are obeyed; else they are refused as not implemented. */
  readonly conditions: boolean
}

export interface ListRules {
  readonly defaultMaxKeys: number
  /** More than 1,000 are refused; else they count as 1,000. */
  readonly refusesMore: boolean
  /** NextMarker of a list without delimiter: the last key. */
  readonly alwaysNextMarker: boolean
  readonly urlEncoding: boolean
  /** Under `encoding-type=url` the continuation token comes encoded too. */
  readonly encodesToken: boolean
}

export interface EtagRules {
  readonly upper: boolean
  /** The ETag of an object in parts is made of the parts' hex texts, not of their bytes. */
  readonly ofTexts: boolean
}

export interface AclRules {
  readonly canned: readonly string[]
  /** The header without the door's prefix. */
  readonly header: string
  /** What stands in the AccessControlList of GET ?acl; undefined: the object has none of its own. */
  readonly show: (canned: string | undefined) => string
}

/** What answers show beyond what all have. Names carry the door's prefix. */
export interface Shows {
  /** Hashes, in the answer of this moment. */
  readonly hashes: (prefix: string, hashed: Hashed, moment: Moment) => Readonly<Record<string, string>>
  /** Of GET and HEAD; `link` is what was asked for, `object` whose bytes are given. */
  readonly object: (prefix: string, link: StoredObject, object: StoredObject) => Readonly<Record<string, string>>
  /** Elements of an entry of a list, of a part of ListParts, of a CopyObjectResult. */
  readonly entryType: (object: StoredObject) => string
  readonly entryRestore: (restore: string | undefined) => string
  readonly part: (part: ObjectPart) => string
  readonly copied: (hashed: Hashed) => string
  /** Elements of CompleteMultipartUploadResult. */
  readonly completed: (hashed: Hashed) => string
}

export type Moment = 'put' | 'part' | 'copy' | 'complete' | 'read'
export type Hashed = Pick<StoredObject, 'etag' | 'crc64' | 'crc32'>
