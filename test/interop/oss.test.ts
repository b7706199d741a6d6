/** ali-oss reads what the wire client wrote, and the reverse, on our OSS server. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ossDialect } from '../../storage/drivers/s3/dialects/oss.ts'
import { openS3Family } from '../../storage/drivers/s3/driver.ts'
import { ossFacts } from '../../storage/drivers/s3/facts.ts'
import type { Multipart, Storage } from '../../storage/storage.ts'
import { keysOf, read } from '../conformance/tools.ts'
import { crc64 } from '../servers/stores/crc64.ts'
import { startOssServer, type StoreServer } from '../servers/stores/server.ts'

const bucket = 'interop'
const partBytes = 100 * 2 ** 10
const key = { accessKeyId: 'id', accessKeySecret: 'secret' }
const temporary = { accessKeyId: 'STS.id', accessKeySecret: 'secret', securityToken: 'token+/= and so on' }
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** What ali-oss's declarations leave out or get wrong. */
interface Sdk {
  put(name: string, bytes: Buffer, options?: object): Promise<{ res: Answer }>
  get(name: string): Promise<{ content: Buffer; res: Answer }>
  head(name: string): Promise<{ meta: Record<string, string> | null; res: Answer }>
  list(
    query: object,
  ): Promise<{ objects?: { name: string; size: number; etag: string; lastModified: string; storageClass: string }[] }>
  putSymlink(name: string, target: string, options: object): Promise<unknown>
  initMultipartUpload(name: string, options?: object): Promise<{ uploadId: string }>
  _uploadPart(name: string, uploadId: string, number: number, data: { stream: Readable; size: number }): Promise<{ etag: string }>
  completeMultipartUpload(name: string, uploadId: string, parts: { number: number; etag: string }[]): Promise<{ res: Answer }>
  listParts(
    name: string,
    uploadId: string,
  ): Promise<{ parts: { PartNumber: string; Size: string; HashCrc64ecma: string; ETag: string }[] }>
  abortMultipartUpload(name: string, uploadId: string): Promise<unknown>
}
const partOf = (bytes: Buffer): { stream: Readable; size: number } => ({ stream: Readable.from([bytes]), size: bytes.length })

interface Answer {
  readonly headers: Readonly<Record<string, string>>
}

/** An encoding that ali-oss does not undo. */
const contentHeaders = {
  'content-type': 'text/x-unusual; charset=utf-8',
  'cache-control': 'max-age=60, no-transform',
  'content-encoding': 'x-none',
  'content-disposition': 'attachment; filename="a.txt"',
  'content-language': 'de-AT',
}
const contentMetadata = {
  contentType: contentHeaders['content-type'],
  cacheControl: contentHeaders['cache-control'],
  contentEncoding: contentHeaders['content-encoding'],
  contentDisposition: contentHeaders['content-disposition'],
  contentLanguage: contentHeaders['content-language'],
}

describe('the wire client and ali-oss', () => {
  let server: StoreServer
  let sdk: Sdk
  let ours: Storage
  let multipart: Multipart

  const open = (change: object = {}): Storage =>
    openS3Family({ vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket, ...key, ...change }, ossDialect)

  beforeAll(async () => {
    server = await startOssServer({
      buckets: [{ name: bucket }, { name: 'cold', storageClass: 'Archive' }, { name: 'far', region: 'cn-beijing' }],
      cnames: { '127.0.0.1': bucket },
      keys: [key, temporary],
    })
    const options = {
      endpoint: server.endpoint,
      region: `oss-${server.region}`,
      bucket,
      ...key,
      authorizationV4: true,
      sldEnable: true,
      retryMax: 0,
    }
    sdk = new OSS(options as OSS.Options) as unknown as Sdk
    ours = open()
    if (ours.multipart === undefined) throw new Error('no multipart')
    multipart = ours.multipart
  })
  afterAll(async () => {
    await ours.close()
    await server.close()
  })

  // No dot segments: ali-oss cannot ask for them.
  const keys = ['plain', 'dir/a b', "ü/中/😀 +%&=?#'*()!~@:$,;", '%46', 'more//']

  it.each(keys)('agree on the object %j that we wrote', async (name) => {
    const bytes = randomBytes(1000)
    const user = { mtime: '1763910007.123', title: 'ünïcode 中' }
    const put = await ours.put(name, [bytes.subarray(0, 10), bytes.subarray(10)], {
      metadata: { ...contentMetadata, user },
      hashes: { md5: md5(bytes) },
    })
    expect(put.hashes).toEqual({ crc64: String(crc64(bytes)), md5: md5(bytes) })
    const { content, res } = await sdk.get(name)
    expect(content.equals(bytes)).toBe(true)
    expect(res.headers).toMatchObject({ ...contentHeaders, etag: `"${put.etag}"`, 'x-oss-hash-crc64ecma': put.hashes.crc64 })
    expect(res.headers['x-oss-meta-mtime']).toBe('1763910007.123')
    expect(Buffer.from(res.headers['x-oss-meta-title'] ?? '', 'latin1').toString()).toBe('ünïcode 中')
  })

  it.each(keys)('agree on the object %j that ali-oss wrote', async (name) => {
    const bytes = randomBytes(1000)
    const put = await sdk.put(name, bytes, { headers: { ...contentHeaders }, meta: { Camel: 'One  Two' } })
    const got = await read(ours, name)
    expect(got.bytes.equals(bytes)).toBe(true)
    expect(got.info.metadata).toEqual({ ...contentMetadata, user: { camel: 'One  Two' } })
    expect(got.info).toMatchObject({
      size: 1000,
      storageClass: 'Standard',
      etag: put.res.headers['etag']?.replaceAll('"', ''),
      hashes: { crc64: put.res.headers['x-oss-hash-crc64ecma'], md5: md5(bytes) },
    })
  })

  it('agree on the listing', async () => {
    const { objects = [] } = await sdk.list({ 'max-keys': 1000 })
    const { entries } = await ours.list()
    expect(
      entries.map(({ key: name, size, etag, mtimeMs, storageClass }) => [name, size, `"${etag}"`, mtimeMs, storageClass]),
    ).toEqual(
      objects.map(({ name, size, etag, lastModified, storageClass }) => [
        name,
        size,
        etag,
        Date.parse(lastModified),
        storageClass,
      ]),
    )
    expect((await keysOf(ours, { limit: 2 })).sort()).toEqual([...keys].sort())
  })

  it('finish the upload that the other began', async () => {
    const pieces = [randomBytes(partBytes), randomBytes(partBytes), randomBytes(123)] as const
    const whole = Buffer.concat(pieces)
    const upload = await multipart.create('many', {
      metadata: { ...contentMetadata, user: { a: 'b' } },
      size: whole.length,
      partBytes,
    })
    await multipart.putPart(upload, 3, [pieces[2]])
    await sdk._uploadPart('many', upload.uploadId, 2, partOf(pieces[1]))
    const first = await multipart.putPart(upload, 1, [pieces[0]], { hashes: { md5: md5(pieces[0]) } })
    expect(first.hashes).toEqual({ crc64: String(crc64(pieces[0])), md5: md5(pieces[0]) })

    const listed = await multipart.listParts(upload)
    const { parts } = await sdk.listParts('many', upload.uploadId)
    expect(listed.map(({ number, size, etag, hashes }) => [String(number), String(size), `"${etag}"`, hashes.crc64])).toEqual(
      parts.map(({ PartNumber, Size, ETag, HashCrc64ecma }) => [PartNumber, Size, ETag, HashCrc64ecma]),
    )
    const done = await multipart.complete(upload, listed, {})
    expect(done.hashes).toEqual({ crc64: String(crc64(whole)) })
    const { content, res } = await sdk.get('many')
    expect(content.equals(whole)).toBe(true)
    expect(res.headers).toMatchObject({
      ...contentHeaders,
      etag: `"${done.etag}"`,
      'x-oss-meta-a': 'b',
      'x-oss-hash-crc64ecma': done.hashes.crc64,
    })
  })

  it('read in ranges what ali-oss put together', async () => {
    const pieces = [randomBytes(partBytes), randomBytes(77)] as const
    const whole = Buffer.concat(pieces)
    const { uploadId } = await sdk.initMultipartUpload('theirs')
    expect(await multipart.listUploads('theirs')).toEqual([{ key: 'theirs', uploadId, partBytes: 0 }])
    const parts: { number: number; etag: string }[] = []
    for (const [i, content] of pieces.entries()) {
      const { etag } = await sdk._uploadPart('theirs', uploadId, i + 1, partOf(content))
      parts.push({ number: i + 1, etag })
    }
    await sdk.completeMultipartUpload('theirs', uploadId, parts)
    const { bytes, info } = await read(ours, 'theirs', { range: { first: partBytes - 5, last: partBytes + 4 } })
    expect(bytes.equals(whole.subarray(partBytes - 5, partBytes + 5))).toBe(true)
    expect(info).toMatchObject({ size: whole.length, hashes: { crc64: String(crc64(whole)) } })
  })

  it('see uploads that the other aborted as gone', async () => {
    const upload = await multipart.create('gone', { metadata: { user: {} }, size: 1, partBytes })
    await sdk.abortMultipartUpload('gone', upload.uploadId)
    await expect(multipart.putPart(upload, 1, [Buffer.from('x')])).rejects.toMatchObject({ kind: 'no-upload' })
    await expect(multipart.abort(upload)).resolves.toBeUndefined()
  })

  it('follow symlinks that ali-oss made: bytes, size, time and ETag are those of the target', async () => {
    const bytes = randomBytes(500)
    await sdk.put('links/target', bytes)
    await sdk.putSymlink('links/to', 'links/target', { storageClass: 'Standard', archive: false })
    await sdk.putSymlink('links/nowhere', 'links/missing', { storageClass: 'Standard', archive: false })
    const { entries } = await ours.list({ prefix: 'links/' })
    const target = await ours.head('links/target')
    expect(entries.map(({ key: name }) => name)).toEqual(['links/nowhere', 'links/target', 'links/to'])
    expect(entries[2]).toMatchObject({ size: 500, etag: target.etag, mtimeMs: target.mtimeMs })
    expect((await read(ours, 'links/to')).bytes.equals(bytes)).toBe(true)
    await expect(ours.head('links/nowhere')).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('say that an object of an archive class must be restored first', async () => {
    const cold = open({ bucket: 'cold' })
    await cold.put('a', [Buffer.from('x')], { metadata: { user: {} } })
    expect((await cold.list()).entries[0]?.storageClass).toBe('Archive')
    expect((await cold.head('a')).storageClass).toBe('Archive')
    await expect(read(cold, 'a')).rejects.toMatchObject({ kind: 'archived', scope: 'file', retryable: false })
    await cold.close()
  })

  it('work with temporary credentials, and say when they are wrong', async () => {
    const withToken = open(temporary)
    await expect(withToken.head('plain')).resolves.toMatchObject({ size: 1000 })
    const wrongToken = open({ ...temporary, securityToken: 'another' })
    await expect(wrongToken.head('plain')).rejects.toMatchObject({ scope: 'address' })
    await Promise.all([withToken.close(), wrongToken.close()])
  })

  it('reach the same bucket by a domain of its own', async () => {
    const bound = open({ endpoint: `http://127.0.0.1:${server.port}`, cname: true })
    expect(await bound.head('plain')).toEqual(await ours.head('plain'))
    expect((await bound.list({ prefix: 'links/' })).entries).toHaveLength(3)
    await bound.close()
  })

  it('say when the bucket is in another region', async () => {
    const far = open({ bucket: 'far' })
    for (const call of [far.list(), far.head('key'), far.put('key', [], { metadata: { user: {} } })]) {
      await expect(call).rejects.toMatchObject({ kind: 'wrong-region', scope: 'address' })
    }
    await far.close()
  })

  it('agree where the bucket is and what class it has', async () => {
    const address = { vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket, ...key } as const
    expect(await ossFacts(address)).toEqual({ region: server.region, storageClass: 'Standard', archive: false })
    expect(await ossFacts({ ...address, bucket: 'cold' })).toEqual({
      region: server.region,
      storageClass: 'Archive',
      archive: true,
    })
    await expect(ossFacts({ ...address, bucket: 'missing' })).rejects.toMatchObject({
      kind: 'no-bucket',
      code: 'NoSuchBucket',
    })
    await expect(ossFacts({ ...address, accessKeyId: 'nobody' })).rejects.toMatchObject({ kind: 'bad-access-key' })
    await expect(ossFacts({ ...address, accessKeySecret: 'wrong' })).rejects.toMatchObject({ kind: 'bad-secret' })
    await expect(ossFacts({ ...address, endpoint: 'http://localhost:1' })).rejects.toMatchObject({ kind: 'network' })
  })
})
