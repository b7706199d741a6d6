import { createHash } from 'node:crypto'
import { isStorageError, StorageError } from '../../error.ts'
import { header } from '../../http/headers.ts'
import type {
  Body, CallOptions, CompleteOptions, CreateUploadOptions, Multipart, Part, PartOptions, PutResult, UploadRef,
} from '../../storage.ts'
import { assertKey } from '../../tree/key.ts'
import { hashesOf } from './info.ts'
import { toUssHeaders } from './metadata.ts'
import { assertConditions } from './write.ts'
import { unlessGone, type Wire } from './wire.ts'

/** Parts of any order (`disorder`), counted from 0 by the service. It forgets an upload after 24 hours. */
export function openMultipart(wire: Wire): Multipart {
  return {
    create: (key, options) => create(wire, key, options),
    putPart: (upload, number, body, options = {}) => putPart(wire, upload, number, body, options),
    listParts: (upload, options = {}) => listParts(wire, upload, options),
    complete: (upload, parts, options) => complete(wire, upload, parts, options),
    abort: (upload, options = {}) => abort(wire, upload, options),
    listUploads: (key, options = {}) => listUploads(wire, key, options),
  }
}

async function create(wire: Wire, key: string, { metadata, size, partBytes, signal }: CreateUploadOptions): Promise<UploadRef> {
  assertKey(key)
  const { 'content-type': type = '', ...meta } = toUssHeaders(metadata)
  const headers = {
    ...meta,
    'x-upyun-multi-stage': 'initiate',
    'x-upyun-multi-disorder': 'true',
    'x-upyun-multi-type': type,
    'x-upyun-multi-length': String(size),
    'x-upyun-multi-part-size': String(partBytes),
  }
  const answer = await wire.send({ method: 'PUT', key, headers, body: [], ...(signal && { signal }) })
  const uploadId = header(answer.headers, 'x-upyun-multi-uuid')
  if (!uploadId) throw new StorageError('The service opened an upload without an id.', { kind: 'unexpected' })
  return { key, uploadId, partBytes }
}

/** MD5s are always sent: they are what tells parts apart. */
async function putPart(wire: Wire, upload: UploadRef, number: number, body: Body, { hashes, signal }: PartOptions): Promise<Part> {
  const md5 = hashes?.md5 ?? md5Of(body)
  const headers = { ...stage('upload', upload), 'x-upyun-part-id': String(number - 1), 'content-md5': md5 }
  const part = { number, size: body.reduce((sum, { length }) => sum + length, 0), etag: md5, hashes: { md5 } }
  try {
    await wire.send({ method: 'PUT', key: upload.key, headers, body, about: 'upload', ...(signal && { signal }) })
    return part
  } catch (error) {
    if (!isStorageError(error) || error.code !== partHeld) throw error
    const held = await listParts(wire, upload, { ...(signal && { signal }) })
    if (held.some((one) => one.number === number && one.etag === md5)) return part
    throw error
  }
}

const partHeld = '40011062'

function md5Of(body: Body): string {
  const md5 = createHash('md5')
  for (const chunk of body) md5.update(chunk)
  return md5.digest('hex')
}

const stage = (name: 'upload' | 'complete', { uploadId }: UploadRef) => ({ 'x-upyun-multi-stage': name, 'x-upyun-multi-uuid': uploadId })

async function listParts(wire: Wire, { key, uploadId }: UploadRef, { signal }: CallOptions): Promise<Part[]> {
  const parts = new Map<number, Part>()
  for (let from = 0; ; ) {
    const headers = { accept: 'application/json', 'x-upyun-multi-uuid': uploadId, ...(from > 0 && { 'x-upyun-part-id': String(from) }) }
    const { body } = await wire.send({ method: 'GET', key, headers, about: 'upload', ...(signal && { signal }) })
    const page = listOf(body, 'parts').map(toPart).filter(({ number }) => !parts.has(number))
    for (const part of page) parts.set(part.number, part)
    if (page.length === 0) return [...parts.values()].sort((a, b) => a.number - b.number)
    from = Math.max(...page.map(({ number }) => number))
  }
}

function toPart({ id, size, etag }: Listed): Part {
  const md5 = String(etag).replace(/^"(.*)"$/, '$1')
  return { number: Number(id) + 1, size: Number(size), etag: md5, hashes: /^[0-9a-f]{32}$/i.test(md5) ? { md5 } : {} }
}

type Listed = Readonly<Record<string, unknown>>

function listOf(body: Buffer, name: 'parts' | 'files'): Listed[] {
  try {
    const list = (Object(JSON.parse(body.toString('utf8'))) as Listed)[name] ?? []
    if (Array.isArray(list)) return list.map((one) => Object(one) as Listed)
  } catch {
    // Said below.
  }
  throw new StorageError(`The service answered with no list of ${name}.`, { kind: 'unexpected' })
}

async function complete(wire: Wire, upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
  const { hashes: { md5 } = {}, signal } = options
  await assertHeld(wire, upload, parts, options)
  await assertConditions(wire, upload.key, options)
  const headers = { ...stage('complete', upload), ...(md5 !== undefined && { 'x-upyun-multi-md5': md5 }) }
  const answer = await wire.send({ method: 'PUT', key: upload.key, headers, body: [], about: 'upload', ...(signal && { signal }) })
  return { hashes: hashesOf(answer.headers) }
}

/** The service is not told which parts are meant. */
async function assertHeld(wire: Wire, upload: UploadRef, parts: readonly Part[], options: CallOptions): Promise<void> {
  const held = new Map((await listParts(wire, upload, options)).map(({ number, size }) => [number, size]))
  const missing = parts.find(({ number, size }) => held.get(number) !== size)
  if (missing !== undefined) throw new StorageError(`Part ${missing.number} is not there, or is another one.`, { kind: 'invalid' })
}

async function abort(wire: Wire, { key, uploadId }: UploadRef, { signal }: CallOptions): Promise<void> {
  const headers = { 'x-upyun-multi-uuid': uploadId }
  await unlessGone(wire.send({ method: 'DELETE', key, headers, about: 'upload', ...(signal && { signal }) }), 'no-upload')
}

const uploadsARequest = 1_000

/** Completed ones are among them, and each key that begins like this one. */
async function listUploads(wire: Wire, key: string, { signal }: CallOptions): Promise<UploadRef[]> {
  const headers = {
    accept: 'application/json',
    'x-upyun-list-type': 'multi',
    'x-upyun-list-prefix': Buffer.from(key).toString('base64'),
    'x-upyun-list-limit': String(uploadsARequest),
  }
  const { body } = await wire.send({ method: 'GET', key: '', headers, ...(signal && { signal }) })
  const mine = listOf(body, 'files').filter((file) => file['completed'] !== true && String(file['key']).replace(/^\//, '') === key)
  return mine.map(({ uuid }) => ({ key, uploadId: String(uuid), partBytes: 0 }))
}
