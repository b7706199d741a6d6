import { StorageError } from '../../error.ts'
import type {
  Body, CompleteOptions, CreateUploadOptions, Multipart, Part, PartOptions, PutResult, UploadRef,
} from '../../storage.ts'
import type { MemoryBucket } from './bucket.ts'
import { assertKey, fault } from './error.ts'
import { assertHashes, crc64, md5 } from './hashes.ts'
import type { MemoryStore, StoredUpload } from './store.ts'
import { assertConditions, concat } from './write.ts'

export function openMultipart(bucket: MemoryBucket): Required<Multipart> {
  const { store } = bucket
  return {
    create: async (key, options) => createUpload(bucket, key, options),
    putPart: (upload, number, body, options) => putPart(bucket, upload, number, body, options),
    putLongPart: async (upload, number, { chunks }) => await putPart(bucket, upload, number, await copiesOf(chunks)),
    listParts: async (upload) => sortedParts(openUpload(store, upload)),
    complete: (upload, parts, options) => completeUpload(bucket, upload, parts, options),
    abort: async ({ uploadId }) => void store.uploads.delete(uploadId),
    listUploads: async (key) => [...store.uploads.values()].filter((upload) => upload.key === key).map(toRef),
  }
}

async function copiesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const copies: Uint8Array[] = []
  for await (const chunk of chunks) copies.push(Uint8Array.from(chunk))
  return copies
}

const toRef = ({ key, uploadId, partBytes }: StoredUpload): UploadRef => ({ key, uploadId, partBytes })

const sortedParts = ({ parts }: StoredUpload): Part[] =>
  [...parts.values()].map(({ part }) => part).sort((a, b) => a.number - b.number)

function openUpload(store: MemoryStore, { uploadId }: UploadRef): StoredUpload {
  const upload = store.uploads.get(uploadId)
  if (!upload) throw fault('no-upload', uploadId)
  return upload
}

function createUpload({ store }: MemoryBucket, key: string, options: CreateUploadOptions): UploadRef {
  const { metadata, storageClass, tags, acl, partBytes } = options
  assertKey(key)
  const uploadId = crypto.randomUUID()
  const upload = { key, uploadId, partBytes, storageClass, tags, acl, metadata: structuredClone(metadata), parts: new Map() }
  store.uploads.set(upload.uploadId, upload)
  return toRef(upload)
}

export async function putPart(
  { store, limits }: MemoryBucket, ref: UploadRef, number: number, body: Body, options: PartOptions = {},
): Promise<Part> {
  openUpload(store, ref)
  if (!Number.isInteger(number) || number < 1 || number > limits.maxParts) throw invalid(`There is no part ${number}`)
  const bytes = concat(body)
  const hashes = { crc64: await crc64(bytes), md5: md5(bytes) }
  assertHashes(options.hashes, hashes)
  const part: Part = { number, size: bytes.length, etag: hashes.md5, hashes: { crc64: hashes.crc64 } }
  openUpload(store, ref).parts.set(number, { part, bytes })
  return part
}

async function completeUpload(
  { store, limits, now }: MemoryBucket, ref: UploadRef, parts: readonly Part[], options: CompleteOptions,
): Promise<PutResult> {
  const bytes = assemble(openUpload(store, ref), parts, limits.minPartBytes)
  const hashes = { crc64: await crc64(bytes) }
  assertHashes(options.hashes, hashes)
  const { key, storageClass, metadata, tags, acl } = openUpload(store, ref)
  assertConditions(store, key, options)
  const etag = `${md5(Buffer.from(parts.map((part) => part.etag).join(''), 'hex'))}-${parts.length}`
  store.set(key, { bytes, mtimeMs: now(), etag, crc64: hashes.crc64, storageClass, metadata, tags, acl })
  store.uploads.delete(ref.uploadId)
  return { etag, hashes }
}

function assemble({ parts: held }: StoredUpload, parts: readonly Part[], minPartBytes: number): Uint8Array {
  if (parts.length === 0) throw invalid('An object needs at least one part')
  return concat(parts.map((wanted, at) => {
    const one = held.get(wanted.number)
    if (one?.part.etag !== wanted.etag) throw invalid(`Part ${wanted.number} is not there, or is another one`)
    if (at > 0 && (parts[at - 1]?.number ?? 0) >= wanted.number) throw invalid('The parts do not ascend')
    const isShort = at < parts.length - 1 && one.bytes.length < minPartBytes
    if (isShort) throw invalid(`Part ${wanted.number} has less than ${minPartBytes} bytes`)
    return one.bytes
  }))
}

const invalid = (why: string): StorageError => new StorageError(`${why}.`, { kind: 'invalid' })
