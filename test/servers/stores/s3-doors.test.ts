/** Amazon's own client at the S3 doors: what each vendor has, and what it refuses. */
import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crc64 } from './crc64.ts'
import type { StoreVendor } from './dialect.ts'
import { KiB, MiB } from './options.ts'
import { dialects, startServer, type StoreServer } from './server.ts'

interface Expected {
  readonly vendor: StoreVendor
  readonly archive: string
  readonly minPartBytes: number
  readonly crc64Header?: string
  readonly forbidden?: readonly string[]
  /** Answers to a PUT with If-None-Match on a key that is taken. */
  readonly ifNoneMatch: { readonly status: number; readonly code: string }
  readonly copiesParts: boolean
}

const refused = { status: 501, code: 'NotImplemented' }
const vendors: readonly Expected[] = [
  { vendor: 'cos', archive: 'ARCHIVE', minPartBytes: MiB, ifNoneMatch: refused, copiesParts: true },
  {
    vendor: 'ks3',
    archive: 'ARCHIVE',
    minPartBytes: 5 * MiB,
    crc64Header: 'x-amz-checksum-crc64ecma',
    forbidden: ['a@base@b', 'a@style@b'],
    ifNoneMatch: refused,
    copiesParts: true,
  },
  {
    vendor: 'bos',
    archive: 'ARCHIVE',
    minPartBytes: 5 * MiB,
    forbidden: ['/a', 'v1'],
    ifNoneMatch: { status: 412, code: 'PreconditionFailed' },
    copiesParts: false,
  },
  { vendor: 'kodo', archive: 'GLACIER', minPartBytes: MiB, forbidden: ['/a'], ifNoneMatch: refused, copiesParts: true },
]

const key = { accessKeyId: 'AKIDtest', accessKeySecret: 'a secret' }
const temporary = { accessKeyId: 'AKIDtemporary', accessKeySecret: 'a secret', securityToken: 'token+/=' }
const reader = { accessKeyId: 'AKIDreader', accessKeySecret: 'a secret', rights: 'read' } as const

describe.each(vendors)('the S3 door of $vendor', ({ vendor, archive, minPartBytes, crc64Header, forbidden = [], ifNoneMatch, copiesParts }) => {
  const Bucket = 'photos-1250000000'
  let server: StoreServer
  let s3: S3Client

  const connect = (change: { id?: string; secret?: string; token?: string; region?: string } = {}): S3Client =>
    new S3Client({
      endpoint: server.endpoint,
      region: change.region ?? server.region,
      forcePathStyle: true,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      credentials: {
        accessKeyId: change.id ?? key.accessKeyId,
        secretAccessKey: change.secret ?? key.accessKeySecret,
        ...(change.token !== undefined && { sessionToken: change.token }),
      },
    })
  const failure = (call: Promise<unknown>): Promise<{ status: number; code: string }> =>
    call.then(
      () => ({ status: 200, code: '' }),
      (error: { $metadata: { httpStatusCode: number }; name: string; Code?: string }) => ({
        status: error.$metadata.httpStatusCode,
        code: error.Code ?? error.name,
      }),
    )
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}, client = s3) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes', ...more }))
  const get = (Key: string, Range?: string, client = s3) => client.send(new GetObjectCommand({ Bucket, Key, Range }))
  /** Headers of the last answer, which the client's models leave out. */
  const headersOf = async (call: (client: S3Client) => Promise<unknown>): Promise<Record<string, string>> => {
    const client = connect()
    let headers: Record<string, string> = {}
    client.middlewareStack.add(
      next => async args => {
        const result = await next(args)
        headers = (result.response as { headers: Record<string, string> }).headers
        return result
      },
      { step: 'deserialize' },
    )
    await call(client)
    client.destroy()
    return headers
  }

  beforeAll(async () => {
    const buckets = [{ name: Bucket }, { name: 'other-1250000000', region: 'elsewhere' }]
    server = await startServer(vendor, { buckets, keys: [key, temporary, reader], restoreDelayMs: 60_000 })
    s3 = connect()
  })
  afterAll(async () => {
    s3.destroy()
    await server.close()
  })

  it('believes no signature of another secret, key, region, token or time', async () => {
    await put('there')
    expect(await failure(get('there', undefined, connect({ secret: 'other' })))).toEqual({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await failure(get('there', undefined, connect({ id: 'nobody' })))).toEqual({ status: 403, code: 'InvalidAccessKeyId' })
    expect(await failure(get('there', undefined, connect({ region: 'mars' })))).toEqual({ status: 400, code: 'AuthorizationHeaderMalformed' })
    expect(await failure(get('there', undefined, connect({ id: temporary.accessKeyId })))).toMatchObject({ code: 'InvalidToken' })
    expect(await failure(get('there', undefined, connect({ id: temporary.accessKeyId, token: temporary.securityToken })))).toMatchObject({ status: 200 })
    expect(await failure(put('there', {}, connect({ id: reader.accessKeyId })))).toEqual({ status: 403, code: 'AccessDenied' })
    server.setClockOffset(16 * 60_000)
    const late = await failure(get('there', undefined, connect()))
    server.setClockOffset(0)
    expect(late).toEqual({ status: 403, code: 'RequestTimeTooSkewed' })
  })

  it('stores nothing whose signed hash or MD5 is another', async () => {
    const wrong = createHash('md5').update('other').digest('base64')
    expect(await failure(put('spoilt', { ContentMD5: wrong }))).toEqual({ status: 400, code: 'BadDigest' })
    server.faults.add({ key: 'spoilt', operation: 'PutObject', do: { kind: 'flip', in: 'request' } })
    expect(await failure(put('spoilt'))).toEqual({ status: 400, code: 'XAmzContentSHA256Mismatch' })
    server.faults.clear()
    expect(await failure(get('spoilt'))).toEqual({ status: 404, code: 'NoSuchKey' })
  })

  it('clips ranges, and refuses those past the end', async () => {
    await put('ranged')
    expect(await (await get('ranged', 'bytes=3-100')).Body?.transformToString()).toBe('es')
    expect(await (await get('ranged', 'bytes=-2')).Body?.transformToString()).toBe('es')
    expect(await failure(get('ranged', 'bytes=5-'))).toEqual({ status: 416, code: 'InvalidRange' })
  })

  it('knows conditions on a write, or says that it does not', async () => {
    await put('taken')
    expect(await failure(put('taken', { IfNoneMatch: '*' }))).toEqual(ifNoneMatch)
    expect(await (await get('taken')).Body?.transformToString()).toBe('bytes')
  })

  it('opens archived objects once they are restored', async () => {
    await put('cold', { StorageClass: archive as 'GLACIER' })
    expect(await failure(get('cold'))).toEqual({ status: 403, code: 'InvalidObjectState' })
    const restore = () => s3.send(new RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest: { Days: 2 } }))
    expect((await restore()).$metadata.httpStatusCode).toBe(202)
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'cold' }))).Restore).toBe('ongoing-request="true"')
    expect(await failure(restore())).toEqual({ status: 409, code: 'RestoreAlreadyInProgress' })
    server.setClockOffset(61_000)
    const read = await get('cold')
    server.setClockOffset(0)
    expect(await read.Body?.transformToString()).toBe('bytes')
    expect(read).toMatchObject({ StorageClass: archive, Restore: expect.stringContaining('ongoing-request="false"') })
    expect(await failure(put('x', { StorageClass: 'NEARLINE' as 'GLACIER' }))).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })

  it('keeps tags and a canned ACL, also over a copy', async () => {
    await put('tagged', { Tagging: 'a=1&b=x%20y+z', ACL: 'public-read' })
    const tags = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet
    expect(await tags('tagged')).toEqual([{ Key: 'a', Value: '1' }, { Key: 'b', Value: 'x y z' }])
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: 'tagged' }))).TagCount).toBe(2)
    const grants = async () => (await s3.send(new GetObjectAclCommand({ Bucket, Key: 'tagged' }))).Grants?.map(({ Permission }) => Permission)
    expect(await grants()).toEqual(['FULL_CONTROL', 'READ'])
    await s3.send(new PutObjectAclCommand({ Bucket, Key: 'tagged', ACL: 'private' }))
    expect(await grants()).toEqual(['FULL_CONTROL'])
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/tagged` }))
    expect(await tags('copied')).toHaveLength(2)
    const set = (TagSet: { Key: string; Value: string }[]) => s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }))
    await set([{ Key: 'ü', Value: '' }])
    expect(await tags('tagged')).toEqual([{ Key: 'ü', Value: '' }])
    expect(await failure(set(Array.from({ length: 11 }, (_, n) => ({ Key: `k${n}`, Value: '' }))))).toEqual({ status: 400, code: 'InvalidTag' })
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }))
    expect(await tags('tagged')).toEqual([])
  })

  it('checks the sizes of parts when the upload is completed', async () => {
    const UploadId = (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))).UploadId ?? ''
    const part = async (PartNumber: number, size: number) => ({
      PartNumber,
      ETag: (await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber, Body: Buffer.alloc(size, PartNumber) }))).ETag,
    })
    const parts = [await part(1, minPartBytes - 1), await part(2, 1)]
    const complete = (client = s3) =>
      client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts: parts } }))
    expect(await failure(complete())).toEqual({ status: 400, code: 'EntityTooSmall' })
    parts[0] = await part(1, minPartBytes)
    const headers = await headersOf(client => complete(client))
    const whole = Buffer.concat([Buffer.alloc(minPartBytes, 1), Buffer.alloc(1, 2)])
    const digests = [Buffer.alloc(minPartBytes, 1), Buffer.alloc(1, 2)].map(bytes => createHash('md5').update(bytes).digest())
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'parts' }))).ETag).toBe(
      `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-2"`,
    )
    if (crc64Header !== undefined) expect(headers[crc64Header]).toBe(String(crc64(whole)))
  })

  it(copiesParts ? 'copies parts' : 'refuses copies of parts', async () => {
    await put('source', { Body: Buffer.alloc(100 * KiB, 7) })
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'of copies' }))
    const copy = s3.send(
      new UploadPartCopyCommand({ Bucket, Key: 'of copies', UploadId, PartNumber: 1, CopySource: `${Bucket}/source`, CopySourceRange: 'bytes=10-99' }),
    )
    if (!copiesParts) return expect(await failure(copy)).toMatchObject({ status: 405 })
    expect((await copy).CopyPartResult?.ETag).toBe(`"${createHash('md5').update(Buffer.alloc(90, 7)).digest('hex')}"`)
  })

  it.each(forbidden)('refuses the key %s', async Key => {
    expect(await failure(put(Key))).toEqual({ status: 400, code: 'InvalidURI' })
  })

  it('tells a missing bucket from one of another region, and pages of a list', async () => {
    const list = (name: string) => s3.send(new ListObjectsCommand({ Bucket: name, MaxKeys: 5000 }))
    expect(await failure(list('nowhere-1250000000'))).toEqual({ status: 404, code: 'NoSuchBucket' })
    expect(await failure(list('other-1250000000'))).toMatchObject({ status: 403 })
    expect((await list(Bucket)).MaxKeys).toBe(1000)
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(server.region)
    if (vendor === 'cos') expect(await failure(list('no-appid'))).toEqual({ status: 400, code: 'InvalidBucketName' })
  })

  it('throttles and fails on demand, for one key only', async () => {
    server.faults.add({ accessKeyId: reader.accessKeyId, do: { kind: 'error', code: 'SlowDown', retryAfterSeconds: 1 } })
    expect(await failure(get('there', undefined, connect({ id: reader.accessKeyId })))).toEqual({ status: 503, code: 'SlowDown' })
    expect(await failure(get('there'))).toMatchObject({ status: 200 })
    server.faults.clear()
  })

  it('refuses bodies in signed chunks', async () => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/c/s3/aws4_request,SignedHeaders=host,Signature=x',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-date': '20260101T000000Z',
    }
    const answer = await fetch(`${server.endpoint}/${Bucket}/chunks`, { method: 'PUT', headers, body: 'x' })
    expect(answer.status).toBe(501)
  })
})

it('has a dialect for every vendor that a test may name', () => {
  expect(Object.entries(dialects).map(([name, { vendor }]) => [name, vendor])).toEqual(Object.keys(dialects).map(name => [name, name]))
})
