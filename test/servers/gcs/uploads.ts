/** XML multipart uploads: parts in memory until Complete hands the whole object to the server behind. */
import { randomUUID, createHash } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { openHasher } from '../../../copy/hashing.ts'
import { ofHashHeader, toHashHeader } from '../../../storage/drivers/gcs/hashes.ts'
import { split, element } from '../../../storage/http/xml.ts'
import { sendXml, sendXmlFault, send, textNode } from './answer.ts'
import { store, type Resource } from './behind.ts'

const minPartBytes = 5 * 2 ** 20

interface HeldPart {
  readonly bytes: Buffer
  readonly etag: string
}

interface Upload {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly headers: IncomingHttpHeaders
  readonly parts: Map<number, HeldPart>
}

/** A request that is for uploads: which one, by its query. */
export interface UploadRequest {
  readonly method: string
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const noSuchUpload = { status: 404, code: 'NoSuchUpload', message: 'The requested upload was not found.' }
const invalidPart = { status: 400, code: 'InvalidPart', message: 'One or more of the specified parts could not be found or the ETag did not match.' }
const tooSmall = { status: 400, code: 'EntityTooSmall', message: 'Your proposed upload is smaller than the minimum object size.' }
const badDigest = { status: 400, code: 'BadDigest', message: 'The hash that you specified did not match what we computed.' }
const noSuchBucket = { status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist.' }

export class Uploads {
  readonly #behind: string
  readonly #held = new Map<string, Upload>()

  constructor(behind: string) {
    this.#behind = behind
  }

  async answer(request: UploadRequest, response: ServerResponse): Promise<void> {
    const { method, query } = request
    if (query.has('uploads')) return method === 'POST' ? await this.#initiate(request, response) : this.#list(request, response)
    const upload = this.#held.get(query.get('uploadId') ?? '')
    if (upload === undefined || upload.key !== request.key) return sendXmlFault(response, noSuchUpload)
    if (method === 'PUT') return await this.#put(upload, request, response)
    if (method === 'GET') return this.#listParts(upload, request, response)
    if (method === 'POST') return await this.#complete(upload, request, response)
    this.#held.delete(upload.id)
    return send(response, 204)
  }

  async #initiate({ bucket, key, headers }: UploadRequest, response: ServerResponse): Promise<void> {
    const found = await fetch(`${this.#behind}/storage/v1/b/${bucket}`)
    await found.arrayBuffer()
    if (!found.ok) return sendXmlFault(response, noSuchBucket)
    const id = randomUUID()
    this.#held.set(id, { id, bucket, key, headers, parts: new Map() })
    sendXml(response, 200, `<InitiateMultipartUploadResult>${textNode('Bucket', bucket)}${textNode('Key', key)}${textNode('UploadId', id)}</InitiateMultipartUploadResult>`)
  }

  async #put(upload: Upload, { query, headers, body }: UploadRequest, response: ServerResponse): Promise<void> {
    const hashes = (await openHasher())([body], ['crc32c', 'md5'])
    const sent = ofHashHeader(headers['x-goog-hash']?.toString())
    if ((sent.crc32c ?? hashes.crc32c) !== hashes.crc32c || (sent.md5 ?? hashes.md5) !== hashes.md5) return sendXmlFault(response, badDigest)
    const etag = createHash('md5').update(body).digest('hex')
    upload.parts.set(Number(query.get('partNumber')), { bytes: body, etag })
    send(response, 200, { etag: `"${etag}"`, ...toHashHeader(hashes) })
  }

  /** In pages of at most 1,000, as the service. */
  #listParts({ parts }: Upload, { query }: UploadRequest, response: ServerResponse): void {
    const after = Number(query.get('part-number-marker') ?? 0)
    const all = [...parts].filter(([number]) => number > after).sort(([a], [b]) => a - b)
    const page = all.slice(0, Math.min(1000, Number(query.get('max-parts') ?? 1000)))
    const xml = page.map(([number, { bytes, etag }]) => `<Part>${textNode('PartNumber', number)}${textNode('ETag', `"${etag}"`)}${textNode('Size', bytes.length)}</Part>`)
    const more = textNode('IsTruncated', String(page.length < all.length)) + textNode('NextPartNumberMarker', page.at(-1)?.[0] ?? 0)
    sendXml(response, 200, `<ListPartsResult>${more}${xml.join('')}</ListPartsResult>`)
  }

  #list({ bucket, query }: UploadRequest, response: ServerResponse): void {
    const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text
    const found = [...this.#held.values()].filter((one) => one.bucket === bucket && one.key.startsWith(query.get('prefix') ?? ''))
    const xml = found.map(({ key, id }) => `<Upload>${textNode('Key', encode(key))}${textNode('UploadId', id)}</Upload>`)
    const encoding = query.has('encoding-type') ? textNode('EncodingType', 'url') : ''
    sendXml(response, 200, `<ListMultipartUploadsResult>${encoding}${textNode('IsTruncated', 'false')}${xml.join('')}</ListMultipartUploadsResult>`)
  }

  async #complete(upload: Upload, { body }: UploadRequest, response: ServerResponse): Promise<void> {
    const named = split(body.toString(), 'Part').inside.map((xml) => ({
      held: upload.parts.get(Number(element(xml, 'PartNumber'))),
      etag: element(xml, 'ETag')?.replaceAll('"', ''),
    }))
    const parts = named.flatMap(({ held, etag }) => (held?.etag === etag && held ? [held.bytes] : []))
    if (parts.length < named.length || parts.length === 0) return sendXmlFault(response, invalidPart)
    if (parts.slice(0, -1).some(({ length }) => length < minPartBytes)) return sendXmlFault(response, tooSmall)
    const stored = await store(this.#behind, upload.bucket, toResource(upload.key, upload.headers), parts)
    const { crc32c } = (await stored.json()) as { crc32c: string }
    this.#held.delete(upload.id)
    const result = textNode('Bucket', upload.bucket) + textNode('Key', upload.key) + textNode('ETag', `"${randomUUID()}"`)
    sendXml(response, 200, `<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`, { 'x-goog-hash': `crc32c=${crc32c}` })
  }
}

function toResource(name: string, headers: IncomingHttpHeaders): Resource {
  const metadata = Object.entries(headers).flatMap(([header, value]) => (header.startsWith('x-goog-meta-') ? [[header.slice('x-goog-meta-'.length), value]] : []))
  return {
    name,
    contentType: headers['content-type'] ?? 'application/octet-stream',
    cacheControl: headers['cache-control'],
    contentEncoding: headers['content-encoding'],
    contentDisposition: headers['content-disposition'],
    contentLanguage: headers['content-language'],
    storageClass: headers['x-goog-storage-class'],
    metadata: Object.fromEntries(metadata),
  }
}
