import type { ByteString } from '../bytes.ts'
import type { Blob } from './blobs.ts'

/** All plain JSON. */
export interface Bucket {
  readonly name: string
  readonly region: string
  readonly storageClass: string
  readonly createdMs: number
}

export interface StoredObject {
  readonly key: ByteString
  readonly type: 'Normal' | 'Multipart' | 'Symlink'
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** Decimal. */
  readonly crc64: string
  /** Decimal, where the vendor states it. */
  readonly crc32?: string
  /** Whole seconds. */
  readonly mtimeMs: number
  readonly storageClass: string
  /** Content headers, and user metadata as `meta-*`: lower-case names, values as they came. */
  readonly headers: Readonly<Record<string, ByteString>>
  readonly body: readonly Blob[]
  /** Of a symlink: the key it points to. */
  readonly target?: ByteString
  readonly restore?: Restore
  readonly tags?: Tags
  /** A canned ACL of its own; absent: the bucket's. */
  readonly acl?: string
}

export type Tags = Readonly<Record<ByteString, ByteString>>

export interface Restore {
  readonly readyAtMs: number
  readonly expiresAtMs: number
}

export interface Upload {
  readonly uploadId: string
  readonly bucket: string
  readonly key: ByteString
  readonly initiatedMs: number
  readonly storageClass: string
  readonly headers: Readonly<Record<string, ByteString>>
  readonly tags?: Tags
  readonly acl?: string
  readonly forbidOverwrite: boolean
}

export interface ObjectPart {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly crc64: string
  readonly crc32?: string
  readonly mtimeMs: number
  readonly body: readonly Blob[]
}
