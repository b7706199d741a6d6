/**
 * Copies within the account: Put Blob From URL for whole blobs, Put Block From URL for ranges. The older Copy Blob would take over
 * the source's content headers, and holds large blobs to no time.
 */
import { isOneCaller } from '../../caller.ts'
import { header } from '../../http/headers.ts'
import type { CallOptions, CopySource, GetOptions, Part, PutOptions, PutResult, ServerCopy, StorageInfo, UploadRef } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import { blockId } from './blocks.ts'
import type { Client } from './client.ts'
import { md5Of } from './info.ts'
import { limits } from './limits.ts'
import { conditionsOf, describeBlob } from './write.ts'

export function openServerCopy(client: Client, info: StorageInfo): ServerCopy {
  return {
    maxCopyBytes: limits.maxPartBytes,
    reaches: (source) => isOneCaller(source, info),
    copy: (source, key, options) => copyBlob(client, source, key, options),
    copyPart: (upload, number, source, options) => copyBlock(client, upload, number, source, options),
  }
}

async function copyBlob(client: Client, source: CopySource, key: string, options: PutOptions): Promise<PutResult> {
  const { signal } = options
  const blob = client.blob(key)
  const described = describeBlob(options)
  const answer = await client.call('key', () =>
    blob.syncUploadFromURL(urlOf(client, source), {
      ...described,
      copySourceBlobProperties: false,
      conditions: conditionsOf(options),
      sourceConditions: conditionsOf({ ifMatch: source.ifMatch }),
      ...(signal && { abortSignal: signal }),
    }),
  )
  const copied = { ...(answer.etag && { etag: unquote(answer.etag) }), hashes: md5Of(answer.contentMD5) }
  return Object.keys(described.metadata).length > 0 ? copied : await withoutMetadata(client, key, copied, options)
}

/** Azure gives the copy its source's metadata where none is said, and there is no way to say so. */
async function withoutMetadata(client: Client, key: string, copied: PutResult, { signal }: CallOptions): Promise<PutResult> {
  const blob = client.blob(key)
  const asked = { conditions: conditionsOf({ ifMatch: copied.etag }), ...(signal && { abortSignal: signal }) }
  const { metadata = {} } = await client.call('key', () => blob.getProperties(asked))
  if (Object.keys(metadata).length === 0) return copied
  const { etag } = await client.call('key', () => blob.setMetadata({}, asked))
  return { ...copied, ...(etag && { etag: unquote(etag) }) }
}

type RangeOptions = CallOptions & { readonly range: NonNullable<GetOptions['range']> }

async function copyBlock(client: Client, upload: UploadRef, number: number, source: CopySource, { range, signal }: RangeOptions): Promise<Part> {
  const id = blockId(upload.uploadId, number)
  const { headers } = await client.send({
    method: 'PUT',
    key: upload.key,
    query: { comp: 'block', blockid: id },
    headers: {
      'x-ms-copy-source': urlOf(client, source),
      'x-ms-source-range': `bytes=${range.first}-${range.last}`,
      ...(source.ifMatch !== undefined && { 'x-ms-source-if-match': `"${source.ifMatch}"` }),
    },
    about: 'upload',
    signal,
  })
  const md5 = header(headers, 'content-md5')
  return { number, size: range.last - range.first + 1, etag: id, hashes: md5Of(md5 === undefined ? undefined : Buffer.from(md5, 'base64')) }
}

const urlOf = ({ sourceUrl }: Client, { info, key }: CopySource): string => sourceUrl(info.bucket, info.prefix + key)
