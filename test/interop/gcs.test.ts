/** Google's own client reads what the driver wrote, and the reverse. */
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Storage as GoogleStorage, type Bucket } from '@google-cloud/storage'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHasher } from '../../copy/hashing.ts'
import { openGcs } from '../../storage/drivers/gcs/driver.ts'
import type { Multipart, Storage } from '../../storage/storage.ts'
import { keysOf, list, read } from '../conformance/tools.ts'
import { startGcsServer, type GcsServer } from '../servers/gcs/server.ts'

const partBytes = 5 * 2 ** 20
const base64 = (hex = ''): string => Buffer.from(hex, 'hex').toString('base64')

const contentHeaders = {
  contentType: 'text/x-unusual; charset=utf-8',
  cacheControl: 'max-age=60, no-transform',
  contentEncoding: 'br',
  contentDisposition: 'attachment; filename="a.txt"',
  contentLanguage: 'de-AT',
}

describe('the driver and @google-cloud/storage', () => {
  let server: GcsServer
  let bucket: Bucket
  let ours: Storage
  let multipart: Multipart

  beforeAll(async () => {
    server = await startGcsServer({ buckets: ['interop'] })
    bucket = new GoogleStorage({ apiEndpoint: server.endpoint, projectId: 'test', retryOptions: { autoRetry: false } }).bucket('interop')
    ours = openGcs({ vendor: 'gcs', endpoint: server.endpoint, bucket: 'interop' })
    if (ours.multipart === undefined) throw new Error('no multipart')
    multipart = ours.multipart
  })
  afterAll(async () => {
    await ours.close()
    await server.close()
  })

  const keys = ['plain', 'dir/a b', "ü/中/😀 +%&=?#'*()!~@:$,;", '%46', '/leading//slashes', 'a/../b']

  it.each(keys)('agree on the object %j that we wrote', async (key) => {
    const bytes = randomBytes(1000)
    const hashes = (await openHasher())([bytes], ['crc32c', 'md5'])
    const metadata = { ...contentHeaders, user: { mtime: '1763910007.123', city: 'Zürich 中' } }
    const { etag, ...put } = await ours.put(key, [bytes.subarray(0, 10), bytes.subarray(10)], { metadata, storageClass: 'NEARLINE', hashes })
    const file = bucket.file(key)
    const [held] = await file.getMetadata()
    expect(held).toMatchObject({ ...contentHeaders, metadata: metadata.user, storageClass: 'NEARLINE', size: '1000', generation: etag })
    expect(held).toMatchObject({ crc32c: base64(hashes.crc32c), md5Hash: base64(hashes.md5) })
    expect(put.hashes).toEqual(hashes)
    const [got] = await file.download()
    expect(got.equals(bytes)).toBe(true)
  })

  it.each(keys)('agree on the object %j that Google\'s client wrote', async (key) => {
    const body = randomBytes(1000)
    const file = bucket.file(key)
    await file.save(body, { resumable: false, metadata: { ...contentHeaders, metadata: { Camel: 'One  Two' } } })
    const [held] = await file.getMetadata()
    const { bytes, info } = await read(ours, key)
    expect(bytes.equals(body)).toBe(true)
    expect(info).toMatchObject({ key, size: 1000, etag: String(held.generation), hashes: (await openHasher())([body], ['crc32c', 'md5']) })
    expect(info.metadata).toEqual({ ...contentHeaders, user: { camel: 'One  Two' } })
  })

  it('agree on the listing', async () => {
    const [files] = await bucket.getFiles()
    const entries = await list(ours)
    expect(entries.map(({ key, size, etag }) => [key, size, etag])).toEqual(
      files.map(({ name, metadata }) => [name, Number(metadata.size), String(metadata.generation)]),
    )
    expect(entries.map(({ mtimeMs }) => mtimeMs)).toEqual(files.map(({ metadata }) => Date.parse(metadata.timeCreated ?? '')))
    expect(await keysOf(ours, { prefix: 'dir/', limit: 1 })).toEqual(['dir/a b'])
  })

  it('keep gzip as it is stored', async () => {
    const body = gzipSync('text '.repeat(1000))
    await bucket.file('packed').save(body, { resumable: false, metadata: { contentEncoding: 'gzip', contentType: 'text/plain' } })
    const { bytes, info } = await read(ours, 'packed')
    expect(bytes.equals(body)).toBe(true)
    expect(info).toMatchObject({ size: body.length, metadata: { contentEncoding: 'gzip' } })
  })

  it('agree on an object of parts', async () => {
    const pieces = [randomBytes(partBytes), randomBytes(123)] as const
    const hasher = await openHasher()
    const whole = Buffer.concat(pieces)
    const upload = await multipart.create('many', { metadata: { ...contentHeaders, user: { a: 'b' } }, storageClass: 'COLDLINE', size: whole.length, partBytes })
    const parts = await Promise.all(pieces.map((piece, i) => multipart.putPart(upload, i + 1, [piece], { hashes: hasher([piece], ['crc32c']) })))
    expect(parts.map(({ hashes }) => hashes.crc32c)).toEqual(pieces.map((piece) => hasher([piece], ['crc32c']).crc32c))
    const done = await multipart.complete(upload, parts, {})
    const [held] = await bucket.file('many').getMetadata()
    expect(held).toMatchObject({ ...contentHeaders, metadata: { a: 'b' }, storageClass: 'COLDLINE', generation: done.etag, crc32c: base64(done.hashes.crc32c) })
    const [got] = await bucket.file('many').download()
    expect(got.equals(whole)).toBe(true)
  })

  it('refuse a part whose checksum is another\'s', async () => {
    const upload = await multipart.create('bad', { metadata: { user: {} }, size: 1, partBytes })
    const hashes = (await openHasher())([Buffer.from('other')], ['crc32c'])
    await expect(multipart.putPart(upload, 1, [Buffer.from('x')], { hashes })).rejects.toMatchObject({ kind: 'checksum' })
    await multipart.abort(upload)
  })

  it('agree where the bucket is', async () => {
    const [held] = await bucket.getMetadata()
    expect(await ours.facts?.()).toEqual({ region: held.location?.toLowerCase(), storageClass: held.storageClass, archive: false })
    const missing = openGcs({ vendor: 'gcs', endpoint: server.endpoint, bucket: 'missing' })
    await expect(missing.facts?.()).rejects.toMatchObject({ kind: 'no-bucket' })
    await missing.close()
  })

  it('leave objects alone that the other replaced', async () => {
    const { etag } = await ours.put('shared', [Buffer.from('ours')], { metadata: { user: {} } })
    await bucket.file('shared').save('theirs', { resumable: false })
    const again = ours.put('shared', [Buffer.from('ours again')], { metadata: { user: {} }, ...(etag !== undefined && { ifMatch: etag }) })
    await expect(again).rejects.toMatchObject({ kind: 'precondition' })
    expect((await read(ours, 'shared')).bytes.toString()).toBe('theirs')
  })
})
