import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, CompleteOptions, CreateUploadOptions, Hashes, LongBody, Multipart, Part, PartOptions, PutResult, UploadRef } from '../../storage.ts'
import { bodyLength } from '../../http/body.ts'
import { header } from '../../http/headers.ts'
import { abortedMark, blockId, heldBlocks, isOpen, newUploadId, openMark, toParts, type Blocks } from './blocks.ts'
import { etagOf, md5Of } from './info.ts'
import { headBlob } from './read.ts'
import type { Headers } from './shared-key.ts'
import type { Wire } from './wire.ts'
import { conditionsOf, describeBlob, proofOf, toBase64 } from './write.ts'

export function openMultipart(wire: Wire): Multipart {
  return {
    create: (key, options) => createUpload(wire, key, options),
    putPart: (upload, number, body, options = {}) => putPart(wire, upload, number, body, options),
    putLongPart: (upload, number, body, options = {}) => putPart(wire, upload, number, body, options),
    listParts: async (upload, options = {}) => toParts(upload.uploadId, await openBlocks(wire, upload, options)),
    complete: (upload, parts, options) => complete(wire, upload, parts, options),
    abort: (upload, options = {}) => abort(wire, upload, options),
    listUploads: (key, options = {}) => listUploads(wire, key, options),
  }
}

/** Of an upload, until it is completed. */
interface Carried {
  readonly headers: Headers
}

/** Azure takes metadata and the rest when the blocks are put together: until then the caller keeps them. */
async function createUpload(wire: Wire, key: string, options: CreateUploadOptions): Promise<UploadRef> {
  const carried = JSON.stringify({ headers: describeBlob(options) } satisfies Carried)
  const upload = { key, uploadId: newUploadId(), partBytes: options.partBytes, carried }
  await stage(wire, upload, 0, [openMark], options)
  return upload
}

async function putPart(wire: Wire, upload: UploadRef, number: number, body: Body | LongBody, options: PartOptions): Promise<Part> {
  const size = bodyLength(body)
  const part = { number, size, etag: blockId(upload.uploadId, number) }
  // There are no blocks of no bytes, and an object of none needs no block.
  if (size === 0) return { ...part, hashes: {} }
  return { ...part, hashes: await stage(wire, upload, number, body, options) }
}

/** The MD5 that Azure worked out, where it says so. */
async function stage({ send }: Wire, { key, uploadId }: UploadRef, number: number, body: Body | LongBody, { hashes, signal }: PartOptions): Promise<Hashes> {
  const query = { comp: 'block', blockid: blockId(uploadId, number) }
  const { headers } = await send({ method: 'PUT', key, query, headers: proofOf(hashes), body, about: 'upload', signal })
  return md5Of(header(headers, 'content-md5'))
}

async function openBlocks(wire: Wire, { key, uploadId }: UploadRef, options: CallOptions): Promise<Blocks> {
  const blocks = (await heldBlocks(wire, key, options)).uploads.get(uploadId)
  if (!isOpen(blocks)) throw noUpload()
  return blocks
}

/** Asked again after its answer was lost it says yes: ids tell whether the blob is this upload's. */
async function complete(wire: Wire, upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
  const { uploads, committed, etag } = await heldBlocks(wire, upload.key, options)
  const sent = parts.filter(({ size }) => size > 0)
  const ids = sent.map(({ number }) => blockId(upload.uploadId, number))
  const blocks = uploads.get(upload.uploadId)
  if (!isOpen(blocks)) {
    if (etag !== undefined && isSame(ids, committed)) return { etag, hashes: {} }
    throw options.ifAbsent && (await isThere(wire, upload.key, options)) ? taken() : noUpload()
  }
  const missing = sent.find(({ number, size }) => blocks.get(number) !== size)
  if (missing !== undefined) throw new StorageError(`Part ${missing.number} is not there as it was sent.`, { kind: 'invalid' })
  return await commit(wire, upload, ids, options)
}

const isSame = (ids: readonly string[], committed: readonly string[]): boolean =>
  ids.length > 0 && ids.length === committed.length && ids.every((id, index) => id === committed[index])

/** What Azure states of the whole here is only what was said: no hash proves more than the parts did. */
async function commit({ send }: Wire, upload: UploadRef, ids: readonly string[], options: CompleteOptions): Promise<PutResult> {
  const { hashes, signal } = options
  const headers = {
    ...carriedOf(upload).headers,
    ...conditionsOf(options),
    ...(hashes?.md5 !== undefined && { 'x-ms-blob-content-md5': toBase64(hashes.md5) }),
  }
  const body = [Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`)]
  const answer = await send({ method: 'PUT', key: upload.key, query: { comp: 'blocklist' }, headers, body, patience: 'complete', about: 'upload', signal })
  return { ...etagOf(answer.headers), hashes: {} }
}

/** One that an earlier version began carries it in another form: it is begun anew. */
function carriedOf({ carried }: UploadRef): Carried {
  if (carried === undefined) throw new StorageError('Only the reference that create gave can be completed.', { kind: 'invalid' })
  const { headers } = JSON.parse(carried) as Partial<Carried>
  if (headers === undefined) throw noUpload()
  return { headers }
}

async function isThere(wire: Wire, key: string, options: CallOptions): Promise<boolean> {
  try {
    await headBlob(wire, key, options)
    return true
  } catch (error) {
    if (isStorageError(error, 'not-found')) return false
    throw error
  }
}

/** The blocks stay until Azure drops them, a week after the last one came, or another write of the key does. */
async function abort(wire: Wire, upload: UploadRef, options: CallOptions): Promise<void> {
  const { uploads } = await heldBlocks(wire, upload.key, options)
  if (isOpen(uploads.get(upload.uploadId))) await stage(wire, upload, 0, [abortedMark], options)
}

async function listUploads(wire: Wire, key: string, options: CallOptions): Promise<UploadRef[]> {
  const { uploads } = await heldBlocks(wire, key, options)
  const open = [...uploads].filter(([, blocks]) => isOpen(blocks))
  return open.map(([uploadId]) => ({ key, uploadId, partBytes: 0 }))
}

const noUpload = (): StorageError => new StorageError('The upload is gone: completed, aborted, or dropped with another write of the key.', { kind: 'no-upload' })
const taken = (): StorageError => new StorageError('There is a blob of this name meanwhile.', { kind: 'precondition' })
