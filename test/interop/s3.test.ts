/** client-s3 reads what the wire client wrote, and the reverse, on a real S3 server. */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { s3Dialect } from '../../storage/drivers/s3/dialects/s3.ts'
import { openS3Family } from '../../storage/drivers/s3/driver.ts'
import { s3Facts } from '../../storage/drivers/s3/facts.ts'
import type { Multipart, Part, Storage } from '../../storage/storage.ts'
import { keysOf, read } from '../conformance/tools.ts'
import { startVersitygw, type Versitygw } from '../support/versitygw.ts'

const Bucket = 'interop'
const partBytes = 5 * 2 ** 20
const crc32Hex = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0')
const crc32Base64 = (bytes: Uint8Array): string => Buffer.from(crc32Hex(bytes), 'hex').toString('base64')

const contentHeaders = {
  ContentType: 'text/x-unusual; charset=utf-8',
  CacheControl: 'max-age=60, no-transform',
  ContentEncoding: 'gzip',
  ContentDisposition: 'attachment; filename="a.txt"',
  ContentLanguage: 'de-AT',
}
const contentMetadata = {
  contentType: contentHeaders.ContentType,
  cacheControl: contentHeaders.CacheControl,
  contentEncoding: contentHeaders.ContentEncoding,
  contentDisposition: contentHeaders.ContentDisposition,
  contentLanguage: contentHeaders.ContentLanguage,
}

describe('the wire client and client-s3', () => {
  let server: Versitygw
  let sdk: S3Client
  let ours: Storage
  let multipart: Multipart

  beforeAll(async () => {
    server = await startVersitygw()
    await server.makeBucket(Bucket)
    sdk = server.client()
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    ours = openS3Family({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: Bucket }, s3Dialect)
    if (ours.multipart === undefined) throw new Error('no multipart')
    multipart = ours.multipart
  })
  afterAll(async () => {
    await ours.close()
    sdk.destroy()
    await server.stop()
  })

  const keys = ['plain', 'dir/a b', "ü/中/😀 +%&=?#'*()!~@:$,;", '%46', 'line\nbreak']

  it.each(keys)('agree on the object %j that we wrote', async (Key) => {
    const bytes = randomBytes(1000)
    const { etag } = await ours.put(Key, [bytes.subarray(0, 10), bytes.subarray(10)], {
      metadata: { ...contentMetadata, user: { mtime: '1763910007.123', empty: '' } },
      hashes: { crc32: crc32Hex(bytes) },
    })
    const got = await sdk.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
    expect(got).toMatchObject({ ...contentHeaders, ETag: `"${etag}"`, ChecksumCRC32: crc32Base64(bytes) })
    expect(got.Metadata).toMatchObject({ mtime: '1763910007.123' })
  })

  it.each(keys)('agree on the object %j that client-s3 wrote', async (Key) => {
    const Body = randomBytes(1000)
    const put = await sdk.send(
      new PutObjectCommand({ Bucket, Key, Body, Metadata: { Camel: 'One  Two' }, ChecksumAlgorithm: 'CRC32', ...contentHeaders }),
    )
    const { bytes, info } = await read(ours, Key)
    expect(bytes.equals(Body)).toBe(true)
    expect(info).toMatchObject({ size: 1000, etag: put.ETag?.replaceAll('"', ''), hashes: { crc32: crc32Hex(Body) } })
    expect(info.metadata).toEqual({ ...contentMetadata, user: { camel: 'One  Two' } })
  })

  it('agree on the listing', async () => {
    const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket }))
    const { entries } = await ours.list()
    expect(entries.map(({ key, size, etag, mtimeMs }) => [key, size, `"${etag}"`, mtimeMs])).toEqual(
      Contents.map(({ Key, Size, ETag, LastModified }) => [Key, Size, ETag, LastModified?.getTime()]),
    )
    expect((await keysOf(ours, { limit: 1 })).sort()).toEqual([...keys].sort())
  })

  it('read metadata beyond ASCII that the other wrote by RFC 2047', async () => {
    const encoded = `=?UTF-8?B?${Buffer.from('ünïcode 中').toString('base64')}?=`
    await sdk.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: 'x', Metadata: { title: encoded } }))
    expect((await ours.head('plain')).metadata.user).toEqual({ title: 'ünïcode 中' })
    await ours.put('plain', [Buffer.from('x')], { metadata: { user: { title: 'ünïcode 中' } } })
    expect((await sdk.send(new HeadObjectCommand({ Bucket, Key: 'plain' }))).Metadata).toEqual({ title: encoded })
  })

  it('finish the upload that the other began', async () => {
    const pieces = [randomBytes(partBytes), randomBytes(partBytes), randomBytes(123)] as const
    const whole = Buffer.concat(pieces)
    const upload = await multipart.create('many', {
      metadata: { ...contentMetadata, user: { a: 'b' } },
      size: whole.length,
      partBytes,
    })
    const UploadId = upload.uploadId
    const first = await multipart.putPart(upload, 1, [pieces[0]])
    await sdk.send(
      new UploadPartCommand({ Bucket, Key: 'many', UploadId, PartNumber: 2, Body: pieces[1], ChecksumAlgorithm: 'CRC32' }),
    )
    await multipart.putPart(upload, 3, [pieces[2]])

    const { Parts = [] } = await sdk.send(new ListPartsCommand({ Bucket, Key: 'many', UploadId }))
    const listed = await multipart.listParts(upload)
    expect(listed.map(({ number, size, etag }) => [number, size, `"${etag}"`])).toEqual(
      Parts.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag]),
    )
    expect(listed[0]).toEqual(first)

    const done = await multipart.complete(upload, listed, {})
    expect(done.hashes.crc32).toBe(crc32Hex(whole))
    const got = await sdk.send(new GetObjectCommand({ Bucket, Key: 'many', ChecksumMode: 'ENABLED' }))
    expect(got).toMatchObject({
      ETag: `"${done.etag}"`,
      ChecksumCRC32: crc32Base64(whole),
      ...contentHeaders,
      Metadata: { a: 'b' },
    })
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true)
  })

  it('read in ranges what client-s3 put together', async () => {
    const pieces = [randomBytes(partBytes), randomBytes(77)]
    const { UploadId = '' } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key: 'theirs' }))
    const Parts: { PartNumber: number; ETag: string | undefined }[] = []
    for (const [i, Body] of pieces.entries()) {
      const { ETag } = await sdk.send(new UploadPartCommand({ Bucket, Key: 'theirs', UploadId, PartNumber: i + 1, Body }))
      Parts.push({ PartNumber: i + 1, ETag })
    }
    const upload = { key: 'theirs', uploadId: UploadId, partBytes }
    expect(await multipart.listUploads('theirs')).toEqual([{ ...upload, partBytes: 0 }])
    expect((await multipart.listParts(upload)).map(({ size }: Part) => size)).toEqual([partBytes, 77])
    await sdk.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'theirs', UploadId, MultipartUpload: { Parts } }))
    const { bytes, info } = await read(ours, 'theirs', { range: { first: partBytes - 5, last: partBytes + 4 } })
    expect(bytes.equals(Buffer.concat(pieces).subarray(partBytes - 5, partBytes + 5))).toBe(true)
    expect(info.size).toBe(partBytes + 77)
    expect(info.hashes).toEqual({})
  })

  it('see uploads that the other aborted as gone', async () => {
    const upload = await multipart.create('gone', { metadata: { user: {} }, size: 1, partBytes })
    await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'gone', UploadId: upload.uploadId }))
    await expect(multipart.putPart(upload, 1, [Buffer.from('x')])).rejects.toMatchObject({ kind: 'no-upload' })
    await expect(multipart.abort(upload)).resolves.toBeUndefined()
  })

  it('agree where the bucket is', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    const address = { vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: Bucket } as const
    expect(await s3Facts(address)).toEqual({ region, archive: false })
    await expect(s3Facts({ ...address, bucket: 'missing' })).rejects.toMatchObject({ kind: 'no-bucket' })
    await expect(s3Facts({ ...address, secretAccessKey: 'wrong' })).rejects.toMatchObject({ kind: 'forbidden' })
    await expect(s3Facts({ ...address, endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({ kind: 'network' })
  })
})
