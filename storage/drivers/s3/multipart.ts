import { crc32 } from 'node:zlib'
import { isStorageError, StorageError } from '../../error.ts'
import type {
  Body,
  CallOptions,
  CompleteOptions,
  CreateUploadOptions,
  Hashes,
  LongBody,
  Multipart,
  Part,
  PartOptions,
  PutResult,
  UploadRef,
} from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { etagOf, hexToBase64 } from './hashes.ts'
import { unquote } from './listing.ts'
import { bodyLength } from '../../http/body.ts'
import type { Answer } from '../../http/transport.ts'
import { headObject } from './read.ts'
import { listParts, listUploads } from './uploads.ts'
import type { Wire } from './wire.ts'
import { absenceHeaders, ensureAbsent, objectHeaders } from './write.ts'
import { element, encodeEntities } from '../../http/xml.ts'

export function openMultipart<A>(wire: Wire, dialect: Dialect<A>): Multipart {
  const uploads = new Uploads(wire, dialect)
  return {
    create: (key, options) => uploads.create(key, options),
    putPart: (upload, number, body, options = {}) => uploads.putPart(upload, number, body, options),
    putLongPart: (upload, number, body, options = {}) => uploads.sendPart(upload, number, body, {}, options),
    listParts: (upload, options = {}) => listParts(wire, dialect, upload, options),
    complete: (upload, parts, options) => uploads.complete(upload, parts, options),
    abort: (upload, options = {}) => uploads.abort(upload, options),
    listUploads: (key, options = {}) => listUploads(wire, dialect, key, options),
  }
}

class Uploads<A> {
  readonly #wire: Wire
  readonly #dialect: Dialect<A>
  /** Until the store refuses them. */
  #checksums = true

  constructor(wire: Wire, dialect: Dialect<A>) {
    this.#wire = wire
    this.#dialect = dialect
  }

  async create(key: string, options: CreateUploadOptions): Promise<UploadRef> {
    const { signal, partBytes, long } = options
    const { body } = await this.#withChecksums((checksums) =>
      this.#wire.send({
        method: 'POST',
        key,
        query: { uploads: undefined },
        headers: { ...objectHeaders(this.#dialect, options), ...(checksums && !long && this.#dialect.writes.uploadChecksum) },
        body: [],
        ...(signal && { signal }),
      }),
    )
    const uploadId = element(body.toString('utf8'), 'UploadId')
    if (!uploadId) throw new StorageError('The store opened an upload without an id.', { kind: 'unexpected' })
    return { key, uploadId, partBytes }
  }

  async putPart(upload: UploadRef, number: number, body: Body, { hashes, ...options }: PartOptions): Promise<Part> {
    return await this.#withChecksums((checksums) =>
      this.sendPart(upload, number, body, checksums ? this.#promised(body, hashes) : { ...(hashes?.md5 && { md5: hashes.md5 }) }, options),
    )
  }

  async sendPart({ key, uploadId }: UploadRef, number: number, body: Body | LongBody, hashes: Hashes, { signal }: CallOptions): Promise<Part> {
    const { headers } = await this.#wire.send({
      method: 'PUT',
      key,
      query: { partNumber: number, uploadId },
      headers: this.#dialect.hashes.toHeaders(hashes),
      body,
      about: 'upload',
      ...(signal && { signal }),
    })
    return { number, size: bodyLength(body), etag: etagOf(headers) ?? '', hashes: this.#dialect.hashes.fromHeaders(headers) }
  }

  /** Create said which checksum parts come with. */
  #promised(body: Body, hashes: Hashes = {}): Hashes {
    if (this.#dialect.hashes.partHash !== 'crc32' || hashes.crc32 !== undefined) return hashes
    return {
      ...hashes,
      crc32: body
        .reduce((sum, chunk) => crc32(chunk, sum), 0)
        .toString(16)
        .padStart(8, '0'),
    }
  }

  async #withChecksums<T>(call: (checksums: boolean) => Promise<T>): Promise<T> {
    if (!this.#checksums) return call(false)
    try {
      return await call(true)
    } catch (error) {
      if (!isStorageError(error) || error.code !== 'NotImplemented') throw error
      this.#checksums = false
      return call(false)
    }
  }

  async complete(upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
    if (options.ifAbsent) await ensureAbsent(this.#wire, this.#dialect, upload.key, options)
    const answer = await this.#sendComplete(upload, parts, options).catch(async (error: unknown) => {
      // Some stores miss the parts before they miss the upload.
      if (isStorageError(error, 'invalid')) await listParts(this.#wire, this.#dialect, upload, options)
      throw error
    })
    const xml = answer.body.toString('utf8')
    const etag = element(xml, 'ETag')
    if (etag === undefined)
      throw new StorageError('The store did not say whether it put the parts together.', { kind: 'unexpected' })
    const stated = { ...this.#dialect.hashes.fromXml(xml), ...this.#dialect.hashes.fromHeaders(answer.headers) }
    return this.#proven(upload.key, unquote(etag), withoutMd5(stated), options)
  }

  /** A store that states no hash may have said yes to an upload that it does not have (versitygw does): the object tells. */
  async #proven(key: string, etag: string, hashes: Hashes, options: CallOptions): Promise<PutResult> {
    if (Object.keys(hashes).length > 0) return { etag, hashes }
    const held = await headObject(this.#wire, this.#dialect, key, options)
    if (held.etag !== etag)
      throw new StorageError('The store said that it completed the upload, but holds another object.', { kind: 'no-upload' })
    return { etag, hashes: withoutMd5(held.hashes) }
  }

  #sendComplete({ key, uploadId }: UploadRef, parts: readonly Part[], { ifAbsent, signal }: CompleteOptions): Promise<Answer> {
    return this.#wire.send({
      method: 'POST',
      key,
      query: { uploadId },
      headers: { 'content-type': 'application/xml', ...(ifAbsent && absenceHeaders(this.#dialect.writes)) },
      body: [Buffer.from(completeXml(parts))],
      patience: 'complete',
      about: 'upload',
      ...(signal && { signal }),
    })
  }

  /** A part on its way when the first abort came may have been stored after it. */
  async abort(upload: UploadRef, options: CallOptions): Promise<void> {
    if ((await this.#abortOnce(upload, options)) === 'gone') return
    if (await this.#isOpen(upload, options)) await this.#abortOnce(upload, options)
  }

  async #abortOnce({ key, uploadId }: UploadRef, { signal }: CallOptions): Promise<'aborted' | 'gone'> {
    try {
      await this.#wire.send({ method: 'DELETE', key, query: { uploadId }, about: 'upload', ...(signal && { signal }) })
      return 'aborted'
    } catch (error) {
      if (isStorageError(error, 'no-upload')) return 'gone'
      throw error
    }
  }

  async #isOpen(upload: UploadRef, options: CallOptions): Promise<boolean> {
    try {
      await listParts(this.#wire, this.#dialect, upload, options)
      return true
    } catch (error) {
      if (isStorageError(error, 'no-upload')) return false
      throw error
    }
  }
}

/** An ETag of parts is not the MD5 of the object, even where it looks like one. */
function withoutMd5({ crc64, crc32, crc32c }: Hashes): Hashes {
  return { ...(crc64 && { crc64 }), ...(crc32 && { crc32 }), ...(crc32c && { crc32c }) }
}

function completeXml(parts: readonly Part[]): string {
  return `<CompleteMultipartUpload>${parts.map(partXml).join('')}</CompleteMultipartUpload>`
}

function partXml({ number, etag, hashes }: Part): string {
  const checksum = hashes.crc32 === undefined ? '' : `<ChecksumCRC32>${hexToBase64(hashes.crc32)}</ChecksumCRC32>`
  return `<Part><PartNumber>${number}</PartNumber><ETag>${encodeEntities(`"${etag}"`)}</ETag>${checksum}</Part>`
}
