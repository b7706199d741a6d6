import { isStorageError, StorageError } from '../../error.ts'
import { encodeText } from '../../http/encode.ts'
import { header } from '../../http/headers.ts'
import type { Answer } from '../../http/transport.ts'
import type { Body, CallOptions, PutOptions, PutResult, Tags } from '../../storage.ts'
import { etagOf, md5Of } from './info.ts'
import { limits } from './limits.ts'
import { toMetadataHeaders } from './metadata.ts'
import type { Headers } from './shared-key.ts'
import type { Wire } from './wire.ts'

export async function putBlob({ send }: Wire, key: string, body: Body, options: PutOptions): Promise<PutResult> {
  const { hashes, signal } = options
  const headers = { 'x-ms-blob-type': 'BlockBlob', ...describeBlob(options), ...conditionsOf(options), ...proofOf(hashes) }
  return toPutResult(await send({ method: 'PUT', key, headers, body, signal }))
}

export const toPutResult = ({ headers }: Answer): PutResult => ({ ...etagOf(headers), hashes: md5Of(header(headers, 'content-md5')) })

/** What goes with a blob's bytes, as Put Blob, Put Block List and Put Blob From URL take it. Fails `metadata-unsupported`, `invalid` (no such tier). */
export function describeBlob({ metadata, storageClass, tags }: Pick<PutOptions, 'metadata' | 'storageClass' | 'tags'>): Headers {
  return {
    ...toMetadataHeaders(metadata, limits.maxMetadataBytes),
    ...(storageClass !== undefined && { 'x-ms-access-tier': checkedTier(storageClass) }),
    ...(tags && Object.keys(tags).length > 0 && { 'x-ms-tags': encodeTags(tags) }),
  }
}

const encodeTags = (tags: Tags): string => Object.entries(tags).map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&')

const tiers: readonly string[] = ['Hot', 'Cool', 'Cold', 'Archive', 'Smart']

function checkedTier(storageClass: string): string {
  if (tiers.includes(storageClass)) return storageClass
  throw new StorageError(`Azure has no access tier "${storageClass}", only ${tiers.join(', ')}.`, { kind: 'invalid' })
}

export function conditionsOf({ ifAbsent, ifMatch }: { readonly ifAbsent?: boolean | undefined; readonly ifMatch?: string | undefined }): Headers {
  return { ...(ifAbsent && { 'if-none-match': '*' }), ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }) }
}

/** Azure refuses other bytes. */
export const proofOf = (hashes: PutOptions['hashes']): Headers => (hashes?.md5 === undefined ? {} : { 'content-md5': toBase64(hashes.md5) })

export const toBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

export async function deleteBlob({ send }: Wire, key: string, { signal }: CallOptions = {}): Promise<void> {
  try {
    await send({ method: 'DELETE', key, signal })
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error
  }
}
