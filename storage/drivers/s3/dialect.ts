import type { Vendor } from '../../../model/address.ts'
import type { BucketFacts, CallOptions, CannedAcl, Hashes, StorageAbilities, StorageInfo, StorageLimits } from '../../storage.ts'
import type { Meaning } from './error.ts'
import type { ReceivedHeaders } from '../../http/headers.ts'
import type { MetadataForm } from '../../http/metadata.ts'
import type { Rights } from '../../rights.ts'
import type { Credentials, Headers, Sign } from './signing.ts'
import type { Wire } from './wire.ts'

/**
 * What sets a vendor of the S3 family apart: data and small pure functions. The wire client obeys it and never asks for the
 * vendor's name. A new vendor is a file in `dialects/` that exports one of these.
 */
export interface Dialect<Address> {
  readonly vendor: Vendor
  /** Where and as whom. Pure. */
  readonly target: (address: Address) => Target
  readonly signer: (target: Target) => Sign
  /** What follows a query name without value: `?uploads` or `?uploads=`. Signatures differ in it. */
  readonly bareQuery: '' | '='
  readonly limits: StorageLimits
  readonly abilities: StorageAbilities
  /** Why the store cannot hold this key; undefined when it can. */
  readonly keyFault: (key: string) => string | undefined
  readonly metadata: MetadataForm
  readonly storageClassHeader: string
  readonly listing: ListingForm
  readonly reads: ReadForm
  readonly writes: WriteForm
  readonly hashes: HashForm
  /** What this vendor's codes mean where the family's common table says another thing or nothing. */
  readonly errors?: Readonly<Record<string, Meaning>>
  /** By the vendor's own SDK, or by what HEAD of the bucket says. */
  readonly facts: (address: Address, wire: Wire, options: CallOptions) => Promise<BucketFacts>
  /** Absent: the store has no tags, no rights of single objects, no archives, copies nothing by itself. */
  readonly tags?: TagForm
  readonly acl?: AclForm
  readonly archive?: ArchiveForm
  readonly copies?: CopyForm
  readonly rights?: Rights
}

export interface ListingForm {
  readonly version: 1 | 2
  /** `encoding-type=url` is understood. */
  readonly urlEncoding: boolean
  /** Continuation tokens come encoded then, too. */
  readonly tokenEncoded?: boolean
  /** Entries of this type state their own size, not that of what a read gives: they are looked at one by one. */
  readonly lookAtType?: string
}

export interface ReadForm {
  /** Sent with every GET and HEAD, and with a GET of a range. */
  readonly headers: Headers
  readonly rangeHeaders: Headers
}

export interface WriteForm {
  /** Makes a PUT or Complete fail where the key exists. `look`: there is no such header, the object is looked for before. */
  readonly ifAbsent: Headers | 'look'
  /** PUT understands If-Match. False: the object is looked at before. */
  readonly ifMatch: boolean
  /** Sent with Create, so that parts and object get a checksum; left out once the store has refused it. */
  readonly uploadChecksum: Headers
}

export interface HashForm {
  /** Headers that make the store prove the body of a PUT or part. */
  readonly toHeaders: (hashes: Hashes) => Headers
  /** Which of `parts` hashes the driver works out itself where the caller gave none, because Create promised them. */
  readonly partHash?: 'crc32'
  /** What an answer to HEAD, GET, PUT, part or Complete states of the whole object or part. */
  readonly fromHeaders: (headers: ReceivedHeaders) => Hashes
  /** The same of an element of XML: a part of ListParts, or the result of Complete. */
  readonly fromXml: (xml: string) => Hashes
}

export interface TagForm {
  /** Sent with PUT, Create and Copy: `a=1&b=2`, percent-encoded. */
  readonly header: string
  readonly maxTags: number
  /** Default 128 and 256. */
  readonly maxNameLength?: number
  readonly maxValueLength?: number
  /** Of names and values. */
  readonly characters: RegExp
}

export interface AclForm {
  /** Sent with PUT, Create and Copy. */
  readonly header: string
  /** What a new object has where nothing is said; it is not sent then. */
  readonly usual?: CannedAcl
  /** Those that an object can be given, absent: all. */
  readonly canned?: readonly CannedAcl[]
  /** What the answer to `?acl` comes to; undefined: the object has no right of its own, the bucket's counts. */
  readonly toCanned: (xml: string) => CannedAcl | undefined
}

export interface ArchiveForm {
  /** Whether the answer to a HEAD is of an object that must be restored before it is read; restored copies do not count. */
  readonly isArchived: (headers: ReceivedHeaders) => boolean
  /** In the same answer: how far a restore is. */
  readonly restoreHeader: string
  /** The body that asks for a copy of so many days. */
  readonly request: (days: number) => string
}

export interface CopyForm {
  readonly maxCopyBytes: number
  /** `x-amz-copy-source`: what conditions and range of the source are named after. */
  readonly sourceHeader: string
  /** What its value has before the key, absent: `/bucket/`. */
  readonly sourcePlace?: (info: StorageInfo) => string
  /** Metadata and tags are those of the request, not the source's. */
  readonly replace: Headers
  /** A copy takes the conditions of `writes`. False: the destination is looked at before. */
  readonly conditional: boolean
  /** False: only whole objects. */
  readonly parts: boolean
  /** Where the answer to a HEAD says that a copy would be one of the link instead of what it points at. */
  readonly isLink?: (headers: ReceivedHeaders) => boolean
}

/** A dialect's address, resolved. */
export interface Target {
  /** `https://host[:port]` to connect to. */
  readonly origin: string
  /** '' (virtual host) or '/bucket'. */
  readonly basePath: string
  /** Safe to log. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  /** Absent: the AWS credential chain. */
  readonly credentials?: Credentials
  readonly caFile?: string
  readonly proxy?: string
}
