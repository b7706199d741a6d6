import { StorageError } from '../../error.ts'
import type { ListEntry, ObjectInfo } from '../../storage.ts'
import { ofHashFields } from './hashes.ts'
import { ofMetadataFields, type MetadataFields } from './metadata.ts'

/** An object resource of the JSON API, as far as it is asked for. Its numbers are texts. */
export interface ObjectResource extends MetadataFields {
  readonly name: string
  readonly size: string
  readonly generation: string
  readonly timeCreated: string
  readonly storageClass?: string
  readonly crc32c?: string
  readonly md5Hash?: string
}

export const entryFields = 'name,size,generation,timeCreated,storageClass'
export const objectFields =
  `${entryFields},crc32c,md5Hash,contentType,cacheControl,contentEncoding,contentDisposition,contentLanguage,metadata`

/**
 * The ETag of the contract is the generation: it names one version of the bytes, is what conditions ask for, and stays when
 * only metadata is changed. So does the time at which that generation came to be.
 */
export function toEntry({ name, size, generation, timeCreated, storageClass }: ObjectResource): ListEntry {
  return { key: name, size: Number(size), mtimeMs: Date.parse(timeCreated), etag: generation, ...(storageClass && { storageClass }) }
}

export function toObjectInfo(resource: ObjectResource): ObjectInfo {
  return { ...toEntry(resource), metadata: ofMetadataFields(resource), hashes: ofHashFields(resource) }
}

/** Fails `unexpected` where a 2xx is no JSON, as a portal in between may answer. */
export function parseJson<T>(body: Buffer): T {
  try {
    return JSON.parse(body.toString('utf8')) as T
  } catch {
    throw new StorageError('The answer is not JSON: something else than Cloud Storage answered.', { kind: 'unexpected' })
  }
}
