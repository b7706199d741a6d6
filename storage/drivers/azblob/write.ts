import type { BlobHTTPHeaders } from '@azure/storage-blob'
import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, PutOptions, PutResult } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import type { Client } from './client.ts'
import { ChunkedBody } from './http.ts'
import { md5Of } from './info.ts'
import { limits } from './limits.ts'
import { toBlobMetadata } from './metadata.ts'

export async function putBlob(client: Client, key: string, body: Body, options: PutOptions): Promise<PutResult> {
  const { hashes, signal } = options
  const blob = client.blob(key)
  const described = describeBlob(options)
  const answer = await client.call('key', () =>
    blob.upload(new ChunkedBody(body), byteLength(body), {
      ...described,
      conditions: conditionsOf(options),
      ...(hashes?.md5 !== undefined && { transactionalContentMD5: Buffer.from(hashes.md5, 'hex') }),
      ...(signal && { abortSignal: signal }),
    }),
  )
  return { ...(answer.etag && { etag: unquote(answer.etag) }), hashes: md5Of(answer.contentMD5) }
}

/** What goes with a blob's bytes, as Put Blob and Put Block List take it. Plain JSON. */
export interface BlobDescription {
  readonly blobHTTPHeaders: BlobHTTPHeaders
  readonly metadata: Record<string, string>
  readonly tier?: string
  readonly tags?: Record<string, string>
}

/** Fails `metadata-unsupported`, `invalid` (no such tier). */
export function describeBlob({ metadata, storageClass, tags }: Pick<PutOptions, 'metadata' | 'storageClass' | 'tags'>): BlobDescription {
  const { headers, metadata: user } = toBlobMetadata(metadata, limits.maxMetadataBytes)
  return {
    blobHTTPHeaders: headers,
    metadata: user,
    ...(storageClass !== undefined && { tier: checkedTier(storageClass) }),
    ...(tags && { tags: { ...tags } }),
  }
}

const tiers: readonly string[] = ['Hot', 'Cool', 'Cold', 'Archive', 'Smart']

function checkedTier(storageClass: string): string {
  if (tiers.includes(storageClass)) return storageClass
  throw new StorageError(`Azure has no access tier "${storageClass}", only ${tiers.join(', ')}.`, { kind: 'invalid' })
}

export function conditionsOf({ ifAbsent, ifMatch }: { readonly ifAbsent?: boolean | undefined; readonly ifMatch?: string | undefined }): { ifNoneMatch?: string; ifMatch?: string } {
  return { ...(ifAbsent && { ifNoneMatch: '*' }), ...(ifMatch !== undefined && { ifMatch: `"${ifMatch}"` }) }
}

const byteLength = (body: Body): number => body.reduce((sum, { length }) => sum + length, 0)

export async function deleteBlob(client: Client, key: string, { signal }: CallOptions = {}): Promise<void> {
  const blob = client.blob(key)
  try {
    await client.call('key', () => blob.delete({ ...(signal && { abortSignal: signal }) }))
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error
  }
}
