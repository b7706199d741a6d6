import type { ByteString } from '../bytes.ts'
import type { Blob } from './blobs.ts'

/** All plain JSON. */
export interface Bucket {
  readonly name: string
  readonly region: string
  readonly storageClass: string
  readonly createdMs: number
  /** Default private. */
  readonly acl?: string
}

export interface StoredObject {
  readonly key: ByteString
  readonly type: 'Normal' | 'Multipart' | 'Symlink'
  readonly size: number
  /** Upper-case hex, without quotes. */
  readonly etag: string
  /** Decimal. */
  readonly crc64: string
  /** Whole seconds, as OSS keeps them. */
  readonly mtimeMs: number
  readonly storageClass: string
  /** Content headers and x-oss-meta-*, lower-case names, values as they came. */
  readonly headers: Readonly<Record<string, ByteString>>
  readonly body: readonly Blob[]
  /** Of a symlink: the key it points to. */
  readonly target?: ByteString
  readonly restore?: Restore
  /** As x-oss-tagging had them. */
  readonly tags?: string
  /** Absent: the bucket's counts. */
  readonly acl?: string
}

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
  readonly forbidOverwrite: boolean
  readonly tags?: string
  readonly acl?: string
}

export interface ObjectPart {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly crc64: string
  readonly mtimeMs: number
  readonly body: readonly Blob[]
}
