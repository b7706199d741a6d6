/** Microsoft's SDK, used plainly, reads what the driver wrote, and the reverse. */
import { createHash } from 'node:crypto'
import type { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAzblob } from '../../storage/drivers/azblob/driver.ts'
import type { Multipart, Storage } from '../../storage/storage.ts'
import { bytesOf, keysOf, list, read, sha256 } from '../conformance/tools.ts'
import { startAzurite, type Azurite } from '../support/azurite.ts'

const headers = {
  blobContentType: 'text/x-unusual; charset=utf-8',
  blobCacheControl: 'max-age=60, no-transform',
  blobContentEncoding: 'gzip',
  blobContentDisposition: 'attachment; filename="a.txt"',
  blobContentLanguage: 'de-AT',
}
const content = {
  contentType: headers.blobContentType,
  cacheControl: headers.blobCacheControl,
  contentEncoding: headers.blobContentEncoding,
  contentDisposition: headers.blobContentDisposition,
  contentLanguage: headers.blobContentLanguage,
}
const oddKeys = ['a b+c%20#?&=;', '%2F', 'ünï/日本語/\u{1f600}', '//double//', 'folder/', '<x>&amp;"\'', ' ends ']
const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest()

describe('the driver and the SDK', () => {
  let server: Azurite
  let sdk: ContainerClient
  let ours: Storage
  let multipart: Multipart

  beforeAll(async () => {
    server = await startAzurite()
    sdk = await server.makeContainer('interop')
    const { endpoint, account, accountKey } = server
    ours = openAzblob({ vendor: 'azblob', endpoint, account, accountKey, container: 'interop' })
    if (ours.multipart === undefined) throw new Error('no multipart')
    multipart = ours.multipart
  })
  afterAll(async () => {
    await ours.close()
    await server.stop()
  })

  it('the SDK reads what a put wrote: bytes, headers, metadata, ETag, MD5', async () => {
    const bytes = bytesOf(300_000, 11)
    const user = { simple: 'value', 'with-hyphen': 'x', city: 'Zürich' }
    const { etag, hashes } = await ours.put('put', [bytes.subarray(0, 7), bytes.subarray(7)], { metadata: { ...content, user }, hashes: { md5: md5(bytes).toString('hex') } })
    const blob = sdk.getBlockBlobClient('put')
    expect(sha256(await blob.downloadToBuffer())).toBe(sha256(bytes))
    const properties = await blob.getProperties()
    expect(properties).toMatchObject({ ...content, contentLength: bytes.length, blobType: 'BlockBlob', etag: `"${etag}"` })
    expect(properties.metadata).toEqual({ simple: 'value', with_x002d_hyphen: 'x', city: '=?UTF-8?B?WsO8cmljaA==?=' })
    expect(Buffer.from(properties.contentMD5 ?? []).toString('hex')).toBe(hashes.md5)
  })

  it('the SDK reads what an upload wrote, block by block', async () => {
    const bytes = bytesOf(250_000, 13)
    const upload = await multipart.create('upload', { metadata: { ...content, user: { by: 'us' } }, size: bytes.length, partBytes: 100_000 })
    const parts = await Promise.all([1, 2, 3].map((number) => multipart.putPart(upload, number, [bytes.subarray((number - 1) * 100_000, number * 100_000)])))
    const { etag } = await multipart.complete(upload, parts, { hashes: { md5: md5(bytes).toString('hex') } })
    const blob = sdk.getBlockBlobClient('upload')
    expect(sha256(await blob.downloadToBuffer())).toBe(sha256(bytes))
    expect(await blob.getProperties()).toMatchObject({ ...content, metadata: { by: 'us' }, etag: `"${etag}"`, contentMD5: md5(bytes) })
    const blocks = await blob.getBlockList('all')
    expect(blocks.committedBlocks?.map(({ size }) => size)).toEqual([100_000, 100_000, 50_000])
    expect(blocks.uncommittedBlocks).toEqual([])
  })

  it('the driver reads what the SDK put', async () => {
    const bytes = bytesOf(200_000, 17)
    const { etag } = await sdk.getBlockBlobClient('theirs').upload(bytes, bytes.length, { blobHTTPHeaders: headers, metadata: { Their_Name: 'value' } })
    const { bytes: got, info } = await read(ours, 'theirs')
    expect(sha256(got)).toBe(sha256(bytes))
    expect(info).toMatchObject({ size: bytes.length, etag: etag?.replaceAll('"', ''), metadata: { ...content, user: { their_name: 'value' } } })
    expect(info.hashes).toEqual({ md5: md5(bytes).toString('hex') })
    expect((await read(ours, 'theirs', { range: { first: 5, last: 9 } })).info).toEqual({ ...info })
  })

  it('the driver reads what the SDK put together from blocks, and takes its MD5 as said', async () => {
    const bytes = bytesOf(2_000_000, 19)
    await sdk.getBlockBlobClient('blocks').uploadData(bytes, { blockSize: 500_000, maxSingleShotSize: 1, blobHTTPHeaders: { ...headers, blobContentMD5: md5(bytes) } })
    const { bytes: got, info } = await read(ours, 'blocks')
    expect(sha256(got)).toBe(sha256(bytes))
    expect(info.hashes).toEqual({ md5: md5(bytes).toString('hex') })
    await sdk.getBlockBlobClient('blocks-bare').uploadData(bytes, { blockSize: 500_000, maxSingleShotSize: 1 })
    expect((await ours.head('blocks-bare')).hashes).toEqual({})
  })

  it('the driver reads append and page blobs, whose MD5 is none of their bytes', async () => {
    const appended = sdk.getAppendBlobClient('append')
    await appended.create({ blobHTTPHeaders: { blobContentMD5: md5(Buffer.from('old')) } })
    await appended.appendBlock('some words', 10)
    const { bytes, info } = await read(ours, 'append')
    expect([bytes.toString(), info.hashes]).toEqual(['some words', {}])
    await sdk.getPageBlobClient('page').create(512)
    expect((await read(ours, 'page')).bytes).toEqual(Buffer.alloc(512))
  })

  it('both name the same blobs alike', async () => {
    for (const key of oddKeys) await ours.put(`ours/${key}`, [Buffer.from(key)], { metadata: { user: {} } })
    for (const key of oddKeys) await sdk.getBlockBlobClient(`theirs/${key}`).upload(key, Buffer.byteLength(key))
    for (const key of oddKeys) expect((await sdk.getBlockBlobClient(`ours/${key}`).downloadToBuffer()).toString()).toBe(key)
    for (const key of oddKeys) expect((await read(ours, `theirs/${key}`)).bytes.toString()).toBe(key)
    const listed: string[] = []
    for await (const { name } of sdk.listBlobsFlat({ prefix: 'ours/' })) listed.push(name)
    expect(await keysOf(ours, { prefix: 'ours/', limit: 2 })).toEqual(listed)
    expect(listed.toSorted()).toEqual(oddKeys.map((key) => `ours/${key}`).toSorted())
  })

  it('both list the same sizes, times, ETags and tiers', async () => {
    const theirs = new Map<string, unknown>()
    for await (const { name, properties } of sdk.listBlobsFlat()) {
      theirs.set(name, { size: properties.contentLength, mtimeMs: properties.lastModified.getTime(), etag: properties.etag, storageClass: properties.accessTier })
    }
    expect(theirs.size).toBeGreaterThan(10)
    expect(new Map((await list(ours)).map(({ key, size, mtimeMs, etag, storageClass }) => [key, { size, mtimeMs, etag, storageClass }]))).toEqual(theirs)
  })
})
