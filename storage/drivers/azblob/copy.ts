/**
 * Copies within the account: Put Blob From URL for whole blobs, Put Block From URL for ranges. The older Copy Blob would take over
 * the source's content headers, and holds large blobs to no time.
 */
import { isOneCaller } from '../../caller.ts'
import { header } from '../../http/headers.ts'
import type { CallOptions, CopySource, GetOptions, Part, PutOptions, PutResult, ServerCopy, StorageInfo, UploadRef } from '../../storage.ts'
import { blockId } from './blocks.ts'
import { etagOf, md5Of } from './info.ts'
import { limits } from './limits.ts'
import { isMetadata } from './metadata.ts'
import type { Headers } from './shared-key.ts'
import type { Wire } from './wire.ts'
import { conditionsOf, describeBlob, toPutResult } from './write.ts'

export function openServerCopy(wire: Wire, info: StorageInfo): ServerCopy {
  return {
    maxCopyBytes: limits.maxPartBytes,
    reaches: (source) => isOneCaller(source, info),
    copy: (source, key, options) => copyBlob(wire, source, key, options),
    copyPart: (upload, number, source, options) => copyBlock(wire, upload, number, source, options),
  }
}

async function copyBlob(wire: Wire, source: CopySource, key: string, options: PutOptions): Promise<PutResult> {
  const { signal } = options
  const described = describeBlob(options)
  const headers = {
    'x-ms-blob-type': 'BlockBlob',
    ...described,
    ...conditionsOf(options),
    ...(await sourceHeaders(wire, source)),
    'x-ms-copy-source-blob-properties': 'false',
  }
  const copied = toPutResult(await wire.send({ method: 'PUT', key, headers, body: [], patience: 'complete', signal }))
  return Object.keys(described).some(isMetadata) ? copied : await withoutMetadata(wire, key, copied, options)
}

/** Azure gives the copy its source's metadata where none is said, and there is no way to say so. */
async function withoutMetadata({ send }: Wire, key: string, copied: PutResult, { signal }: CallOptions): Promise<PutResult> {
  const headers = conditionsOf({ ifMatch: copied.etag })
  const held = await send({ method: 'HEAD', key, headers, signal })
  if (![...held.headers.keys()].some(isMetadata)) return copied
  const answer = await send({ method: 'PUT', key, query: { comp: 'metadata' }, headers, body: [], signal })
  return { ...copied, ...etagOf(answer.headers) }
}

type RangeOptions = CallOptions & { readonly range: NonNullable<GetOptions['range']> }

async function copyBlock(wire: Wire, upload: UploadRef, number: number, source: CopySource, { range, signal }: RangeOptions): Promise<Part> {
  const id = blockId(upload.uploadId, number)
  const { headers } = await wire.send({
    method: 'PUT',
    key: upload.key,
    query: { comp: 'block', blockid: id },
    headers: { ...(await sourceHeaders(wire, source)), 'x-ms-source-range': `bytes=${range.first}-${range.last}` },
    body: [],
    patience: 'complete',
    about: 'upload',
    signal,
  })
  return { number, size: range.last - range.first + 1, etag: id, hashes: md5Of(header(headers, 'content-md5')) }
}

async function sourceHeaders({ sourceUrl }: Wire, { info, key, ifMatch }: CopySource): Promise<Headers> {
  return {
    'x-ms-copy-source': await sourceUrl(info.bucket, info.prefix + key),
    ...(ifMatch !== undefined && { 'x-ms-source-if-match': `"${ifMatch}"` }),
  }
}
