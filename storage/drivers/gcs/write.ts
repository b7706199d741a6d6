import { randomUUID } from 'node:crypto'
import { isStorageError } from '../../error.ts'
import { bodyLength } from '../../http/body.ts'
import type { Body, CallOptions, PutOptions, PutResult } from '../../storage.ts'
import { ofHashFields, toHashFields } from './hashes.ts'
import { parseJson, type ObjectResource } from './info.ts'
import { checkedKey } from './key.ts'
import { defaultContentType, toMetadataFields } from './metadata.ts'
import type { Wire } from './wire.ts'

/** One request of two parts: the object's resource with its hashes, which the store proves, and its bytes. */
export async function putObject({ paths, send }: Wire, key: string, body: Body, options: PutOptions): Promise<PutResult> {
  const { signal } = options
  const boundary = randomUUID()
  const { body: answer } = await send({
    method: 'POST',
    path: paths.upload,
    query: {
      uploadType: 'multipart',
      fields: 'generation,crc32c,md5Hash',
      ...generationQuery(options),
    },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: toRelated(boundary, toResource(key, options), body),
    about: 'bucket',
    ...(signal && { signal }),
  })
  const resource = parseJson<ObjectResource>(answer)
  return { etag: resource.generation, hashes: ofHashFields(resource) }
}

/** Generation 0 is that of what is not there. */
export function generationQuery({ ifAbsent, ifMatch }: PutOptions): { readonly ifGenerationMatch?: string } {
  const generation = ifMatch ?? (ifAbsent ? '0' : undefined)
  return generation === undefined ? {} : { ifGenerationMatch: generation }
}

export function toResource(key: string, { metadata, storageClass, hashes = {} }: PutOptions): Partial<ObjectResource> {
  return {
    name: checkedKey(key),
    contentType: defaultContentType,
    ...toMetadataFields(metadata),
    ...(storageClass !== undefined && { storageClass }),
    ...toHashFields(hashes),
  }
}

/** Up to this size the parts are copied into one buffer, which goes out in one write. */
const maxJoinedBytes = 64 * 1024

function toRelated(boundary: string, resource: Partial<ObjectResource>, body: Body): Body {
  const types = ['application/json; charset=utf-8', resource.contentType ?? defaultContentType]
  const [first, second] = types.map((type) => `--${boundary}\r\ncontent-type: ${type}\r\n\r\n`)
  const head = Buffer.from(`${first}${JSON.stringify(resource)}\r\n${second}`)
  const parts = [head, ...body, Buffer.from(`\r\n--${boundary}--\r\n`)]
  return bodyLength(body) <= maxJoinedBytes ? [Buffer.concat(parts)] : parts
}

export async function deleteObject({ paths, send }: Wire, key: string, { signal }: CallOptions = {}): Promise<void> {
  try {
    await send({ method: 'DELETE', path: paths.object(key), about: 'key', ...(signal && { signal }) })
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error
  }
}
