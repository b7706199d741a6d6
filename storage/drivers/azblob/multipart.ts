import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, CompleteOptions, CreateUploadOptions, LongBody, Multipart, Part, PartOptions, PutResult, UploadRef } from '../../storage.ts'
import { bodyLength } from '../../http/body.ts'
import { unquote } from '../s3/listing.ts'
import { abortedMark, blockId, heldBlocks, isOpen, newUploadId, openMark, toParts, type Blocks } from './blocks.ts'
import type { Client } from './client.ts'
import { ChunkedBody } from './http.ts'
import { md5Of } from './info.ts'
import { headBlob } from './read.ts'
import { conditionsOf, describeBlob, type BlobDescription } from './write.ts'

export function openMultipart(client: Client): Multipart {
  return {
    create: (key, options) => createUpload(client, key, options),
    putPart: (upload, number, body, options = {}) => putPart(client, upload, number, body, options),
    putLongPart: (upload, number, body, options = {}) => putPart(client, upload, number, body, options),
    listParts: async (upload, options = {}) => toParts(upload.uploadId, await openBlocks(client, upload, options)),
    complete: (upload, parts, options) => complete(client, upload, parts, options),
    abort: (upload, options = {}) => abort(client, upload, options),
    listUploads: (key, options = {}) => listUploads(client, key, options),
  }
}

/** Azure takes metadata and the rest when the blocks are put together: until then the caller keeps them. */
async function createUpload(client: Client, key: string, options: CreateUploadOptions): Promise<UploadRef> {
  const carried = JSON.stringify(describeBlob(options))
  const upload = { key, uploadId: newUploadId(), partBytes: options.partBytes, carried }
  await stage(client, upload, 0, [openMark], options)
  return upload
}

async function putPart(client: Client, upload: UploadRef, number: number, body: Body | LongBody, options: PartOptions): Promise<Part> {
  const size = bodyLength(body)
  const part = { number, size, etag: blockId(upload.uploadId, number) }
  // There are no blocks of no bytes, and an object of none needs no block.
  if (size === 0) return { ...part, hashes: {} }
  return { ...part, hashes: md5Of(await stage(client, upload, number, body, options)) }
}

/** The MD5 that Azure worked out, where it says so. */
async function stage(client: Client, { key, uploadId }: UploadRef, number: number, body: Body | LongBody, { hashes, signal }: PartOptions): Promise<Uint8Array | undefined> {
  const blob = client.blob(key)
  const { contentMD5 } = await client.call('upload', () =>
    blob.stageBlock(blockId(uploadId, number), new ChunkedBody(body), bodyLength(body), {
      ...(hashes?.md5 !== undefined && { transactionalContentMD5: Buffer.from(hashes.md5, 'hex') }),
      ...(signal && { abortSignal: signal }),
    }),
  )
  return contentMD5
}

async function openBlocks(client: Client, { key, uploadId }: UploadRef, options: CallOptions): Promise<Blocks> {
  const blocks = (await heldBlocks(client, key, options)).uploads.get(uploadId)
  if (!isOpen(blocks)) throw noUpload()
  return blocks
}

/** Asked again after its answer was lost it says yes: ids tell whether the blob is this upload's. */
async function complete(client: Client, upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
  const { uploads, committed, etag } = await heldBlocks(client, upload.key, options)
  const sent = parts.filter(({ size }) => size > 0)
  const ids = sent.map(({ number }) => blockId(upload.uploadId, number))
  const blocks = uploads.get(upload.uploadId)
  if (!isOpen(blocks)) {
    if (etag !== undefined && isSame(ids, committed)) return { etag, hashes: {} }
    throw options.ifAbsent && (await isThere(client, upload.key, options)) ? taken() : noUpload()
  }
  const missing = sent.find(({ number, size }) => blocks.get(number) !== size)
  if (missing !== undefined) throw new StorageError(`Part ${missing.number} is not there as it was sent.`, { kind: 'invalid' })
  return await commit(client, upload, ids, options)
}

const isSame = (ids: readonly string[], committed: readonly string[]): boolean =>
  ids.length > 0 && ids.length === committed.length && ids.every((id, index) => id === committed[index])

/** What Azure states of the whole here is only what was said: no hash proves more than the parts did. */
async function commit(client: Client, { key, carried }: UploadRef, ids: string[], options: CompleteOptions): Promise<PutResult> {
  if (carried === undefined) throw new StorageError('Only the reference that create gave can be completed.', { kind: 'invalid' })
  const { blobHTTPHeaders, ...described } = JSON.parse(carried) as BlobDescription
  const { hashes, signal } = options
  const md5 = hashes?.md5 === undefined ? {} : { blobContentMD5: Buffer.from(hashes.md5, 'hex') }
  const blob = client.blob(key)
  const answer = await client.call('upload', () =>
    blob.commitBlockList(ids, {
      ...described,
      blobHTTPHeaders: { ...blobHTTPHeaders, ...md5 },
      conditions: conditionsOf(options),
      ...(signal && { abortSignal: signal }),
    }),
  )
  return { ...(answer.etag && { etag: unquote(answer.etag) }), hashes: {} }
}

async function isThere(client: Client, key: string, options: CallOptions): Promise<boolean> {
  try {
    await headBlob(client, key, options)
    return true
  } catch (error) {
    if (isStorageError(error, 'not-found')) return false
    throw error
  }
}

/** The blocks stay until Azure drops them, a week after the last one came, or another write of the key does. */
async function abort(client: Client, upload: UploadRef, options: CallOptions): Promise<void> {
  const { uploads } = await heldBlocks(client, upload.key, options)
  if (isOpen(uploads.get(upload.uploadId))) await stage(client, upload, 0, [abortedMark], options)
}

async function listUploads(client: Client, key: string, options: CallOptions): Promise<UploadRef[]> {
  const { uploads } = await heldBlocks(client, key, options)
  const open = [...uploads].filter(([, blocks]) => isOpen(blocks))
  return open.map(([uploadId]) => ({ key, uploadId, partBytes: 0 }))
}

const noUpload = (): StorageError => new StorageError('The upload is gone: completed, aborted, or dropped with another write of the key.', { kind: 'no-upload' })
const taken = (): StorageError => new StorageError('There is a blob of this name meanwhile.', { kind: 'precondition' })
