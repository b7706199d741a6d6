/**
 * Uploads in parts, by the XML API: the only way of Cloud Storage that takes parts side by side, lists them and is invisible
 * until it is complete. (A resumable upload is one stream; composing leaves its parts as objects among the user's own.) It knows no
 * conditions, so `ifAbsent` is looked at just before Complete, and its objects have a CRC32C but no MD5.
 */
import { isStorageError, StorageError } from '../../error.ts'
import { header } from '../../http/headers.ts'
import { bodyLength } from '../../http/body.ts'
import { element } from '../../http/xml.ts'
import type { Body, CallOptions, CompleteOptions, CreateUploadOptions, LongBody, Multipart, Part, PartOptions, PutResult, UploadRef } from '../../storage.ts'
import { ofHashHeader, toHashHeader } from './hashes.ts'
import { toMetadataHeaders } from './metadata.ts'
import { headObject } from './read.ts'
import { listParts, listUploads } from './uploads.ts'
import type { Wire } from './wire.ts'

export function openMultipart(wire: Wire): Multipart {
  return {
    create: (key, options) => create(wire, key, options),
    putPart: (upload, number, body, options = {}) => putPart(wire, upload, number, body, options),
    putLongPart: (upload, number, body, options = {}) => putPart(wire, upload, number, body, options),
    listParts: (upload, options = {}) => listParts(wire, upload, options),
    complete: (upload, parts, options) => complete(wire, upload, parts, options),
    abort: (upload, options = {}) => abort(wire, upload, options),
    listUploads: (key, options = {}) => listUploads(wire, key, options),
  }
}

async function create({ paths, send }: Wire, key: string, options: CreateUploadOptions): Promise<UploadRef> {
  const { metadata, storageClass, partBytes, signal } = options
  const headers = { ...toMetadataHeaders(metadata), ...(storageClass !== undefined && { 'x-goog-storage-class': storageClass }) }
  const query = { uploads: undefined }
  const { body } = await send({ method: 'POST', path: paths.xmlObject(key), query, headers, body: [], about: 'bucket', ...(signal && { signal }) })
  const uploadId = element(body.toString('utf8'), 'UploadId')
  if (!uploadId) throw new StorageError('The store opened an upload without an id.', { kind: 'unexpected' })
  return { key, uploadId, partBytes }
}

async function putPart({ paths, send }: Wire, upload: UploadRef, number: number, body: Body | LongBody, options: PartOptions): Promise<Part> {
  const { hashes = {}, signal } = options
  const { headers } = await send({
    method: 'PUT',
    path: paths.xmlObject(upload.key),
    query: { partNumber: number, uploadId: upload.uploadId },
    headers: toHashHeader(hashes),
    body,
    about: 'upload',
    ...(signal && { signal }),
  })
  const etag = header(headers, 'etag')?.replaceAll('"', '') ?? ''
  return { number, size: bodyLength(body), etag, hashes: ofHashHeader(header(headers, 'x-goog-hash')) }
}

async function complete(wire: Wire, upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
  const { ifAbsent, signal } = options
  if (ifAbsent) await assertAbsent(wire, upload.key, options)
  const { headers, body } = await wire.send({
    method: 'POST',
    path: wire.paths.xmlObject(upload.key),
    query: { uploadId: upload.uploadId },
    headers: { 'content-type': 'application/xml' },
    body: [Buffer.from(completeXml(parts))],
    patience: 'complete',
    about: 'upload',
    ...(signal && { signal }),
  })
  if (element(body.toString('utf8'), 'ETag') === undefined)
    throw new StorageError('The store did not say whether it put the parts together.', { kind: 'unexpected' })
  return await held(wire, upload.key, ofHashHeader(header(headers, 'x-goog-hash')), options)
}

/** The answer to Complete names no generation: the object does, unless it was replaced meanwhile. */
async function held(wire: Wire, key: string, stated: PutResult['hashes'], { signal }: CallOptions): Promise<PutResult> {
  const { etag, hashes } = await headObject(wire, key, signal && { signal })
  const isOther = stated.crc32c !== undefined && stated.crc32c !== hashes.crc32c
  return isOther ? { hashes: stated } : { ...(etag && { etag }), hashes }
}

async function assertAbsent(wire: Wire, key: string, { signal }: CallOptions): Promise<void> {
  try {
    await headObject(wire, key, signal && { signal })
  } catch (error) {
    if (isStorageError(error, 'not-found')) return
    throw error
  }
  throw new StorageError('There is an object of this name by now.', { kind: 'precondition' })
}

const completeXml = (parts: readonly Part[]): string =>
  `<CompleteMultipartUpload>${parts.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag></Part>`).join('')}</CompleteMultipartUpload>`

/** Google fails the parts that are on their way then. */
async function abort({ paths, send }: Wire, { key, uploadId }: UploadRef, { signal }: CallOptions): Promise<void> {
  try {
    await send({ method: 'DELETE', path: paths.xmlObject(key), query: { uploadId }, about: 'upload', ...(signal && { signal }) })
  } catch (error) {
    if (!isStorageError(error, 'no-upload')) throw error
  }
}
