import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { GiB, KiB } from './options.ts'
import { startOssServer, type StoreServer } from './server.ts'
import { send, sign, testKey, type RawAnswer, type SignedRequest } from './signed-request.ts'

let server: StoreServer
const bucket = 'photos'
const reader = { accessKeyId: 'reader', accessKeySecret: 'r', rights: 'read' as const }
const listerOnly = { accessKeyId: 'lister', accessKeySecret: 'l', rights: ['ListObjectsV2'], buckets: [bucket] }
const expired = { accessKeyId: 'STS.old', accessKeySecret: 'o', securityToken: 'token', expiresAtMs: 1 }

beforeAll(async () => {
  server = await startOssServer({
    buckets: [{ name: bucket }, { name: 'far', region: 'eu-central-1' }],
    keys: [testKey, reader, listerOnly, expired],
  })
  await put({ key: 'there', body: 'bytes' })
})
afterAll(() => server.close())
beforeEach(() => server.setClockOffset(0))

const put = (options: SignedRequest): Promise<RawAnswer> => send(server, { method: 'PUT', bucket, ...options })
const get = (options: SignedRequest): Promise<RawAnswer> => send(server, { bucket, key: 'there', ...options })
const md5 = (text: string): string => createHash('md5').update(text).digest('base64')

it('says what it signed when a signature differs', async () => {
  const answer = await get({ accessKeySecret: 'wrong' })
  expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  expect(answer.body.toString()).toMatch(
    /<StringToSign>OSS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}<\/StringToSign>/,
  )
  expect(answer.body.toString()).toContain('<CanonicalRequest>GET\n/photos/there\n')
})

it('refuses a signature whose clock is more than 15 minutes off, or of another region', async () => {
  expect(await get({ date: new Date(Date.now() - 14 * 60_000) })).toMatchObject({ status: 200 })
  expect(await get({ date: new Date(Date.now() - 16 * 60_000) })).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' })
  server.setClockOffset(-16 * 60_000)
  expect(await get({})).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' })
  server.setClockOffset(0)
  expect(await get({ region: 'cn-beijing' })).toMatchObject({ status: 400, code: 'InvalidArgument' })
})

it.each<[string, SignedRequest]>([
  ['the method', { method: 'PUT' }],
  ['the key', { key: 'elsewhere' }],
  ['the bucket', { bucket: 'far' }],
  ['the query', { query: { 'response-content-type': 'text/html' } }],
  ['an x-oss header', { headers: { 'x-oss-range-behavior': 'standard' } }],
  ['the content type', { headers: { 'content-type': 'text/html' } }],
])('refuses a signature once %s is another', async (_, sent) => {
  expect(await get({ date: new Date(), sent })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
})

it('refuses what is not signed, or not so that it could be understood', async () => {
  const plain = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${server.endpoint}/photos/there`, { headers })).status
  expect(await plain({})).toBe(403)
  expect(await plain({ authorization: 'Bearer x' })).toBe(400)
  expect(await plain({ authorization: 'OSS4-HMAC-SHA256 Signature=1' })).toBe(400)
  expect(await plain({ authorization: 'OSS LTAItest' })).toBe(400)
})

it('lets a key do only what it may', async () => {
  expect(await get(reader)).toMatchObject({ status: 200 })
  expect(await put({ ...reader, key: 'x', body: 'x' })).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await send(server, { ...listerOnly, bucket, query: { 'list-type': '2' } })).toMatchObject({ status: 200 })
  expect(await get(listerOnly)).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await send(server, { ...listerOnly, bucket: 'far', query: { 'list-type': '2' } })).toMatchObject({
    status: 403,
    code: 'AccessDenied',
  })
  expect(await get({ ...expired, headers: { 'x-oss-security-token': 'token' } })).toMatchObject({
    status: 403,
    code: 'SecurityTokenExpired',
  })
})

it('forgets a key that was rotated away', async () => {
  server.setKeys([{ ...testKey, accessKeySecret: 'new' }])
  expect(await get({})).toMatchObject({ code: 'SignatureDoesNotMatch' })
  expect(await get({ accessKeySecret: 'new' })).toMatchObject({ status: 200 })
  server.setKeys([testKey, reader, listerOnly, expired])
})

it('tells a bucket that is missing from one of another region and from a bad name', async () => {
  expect(await send(server, { bucket: 'nowhere' })).toMatchObject({ status: 404, code: 'NoSuchBucket' })
  expect(await send(server, { bucket: 'No_Bucket' })).toMatchObject({ status: 400, code: 'InvalidBucketName' })
  const far = await send(server, { bucket: 'far' })
  expect(far).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(far.body.toString()).toContain('<Endpoint>oss-eu-central-1.aliyuncs.com</Endpoint>')
})

it('puts the error of a HEAD into x-oss-err, without a body', async () => {
  const answer = await send(server, { method: 'HEAD', bucket, key: 'nothing' })
  expect(answer).toMatchObject({ status: 404, code: 'NoSuchKey' })
  expect(answer.body.length).toBe(0)
  expect(answer.headers['x-oss-ec']).toBe('0026-00000001')
  expect(answer.headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/)
})

it.each([['/lead'], ['\\lead'], ['x'.repeat(1024)], ['ü'.repeat(512)]])('refuses the key %s', async key => {
  expect(await put({ key, body: '' })).toMatchObject({ status: 400, code: 'InvalidObjectName' })
})

it('takes a key of 1,023 bytes', async () => {
  expect(await put({ key: `${'ü'.repeat(511)}x`, body: '' })).toMatchObject({ status: 200 })
})

it('stores nothing when the Content-MD5 is wrong', async () => {
  expect(await put({ key: 'md5', body: 'abc', headers: { 'content-md5': md5('abd') } })).toMatchObject({
    status: 400,
    code: 'InvalidDigest',
  })
  expect(await put({ key: 'md5', body: 'abc', headers: { 'content-md5': 'nonsense' } })).toMatchObject({
    status: 400,
    code: 'InvalidDigest',
  })
  expect(await get({ key: 'md5' })).toMatchObject({ code: 'NoSuchKey' })
  expect(await put({ key: 'md5', body: 'abc', headers: { 'content-md5': md5('abc') } })).toMatchObject({ status: 200 })
})

it('keeps the object that is there when overwriting is forbidden, whatever the way', async () => {
  const headers = { 'x-oss-forbid-overwrite': 'true' }
  const refused = { status: 409, code: 'FileAlreadyExists' }
  expect(await put({ key: 'once', body: 'first', headers })).toMatchObject({ status: 200 })
  expect(await put({ key: 'once', body: 'second', headers })).toMatchObject(refused)
  expect(await put({ key: 'once', headers: { ...headers, 'x-oss-copy-source': '/photos/there' } })).toMatchObject(refused)
  expect(
    await put({ key: 'once', query: { symlink: null }, headers: { ...headers, 'x-oss-symlink-target': 'there' } }),
  ).toMatchObject(refused)
  expect(await send(server, { method: 'POST', bucket, key: 'once', query: { uploads: null }, headers })).toMatchObject(refused)
  expect((await get({ key: 'once' })).body.toString()).toBe('first')
})

it('lets exactly one of many racing writers win', async () => {
  server.faults.add({ key: 'race', do: { kind: 'slow', bytesPerSecond: 100_000 } })
  const headers = { 'x-oss-forbid-overwrite': 'true' }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => put({ key: 'race', body: `${n}`.repeat(10_000), headers })),
  )
  server.faults.clear()
  expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
  expect(answers.filter(answer => answer.code === 'FileAlreadyExists')).toHaveLength(19)
})

it('refuses conditions and metadata that OSS does not know on a write', async () => {
  expect(await put({ key: 'x', body: '', headers: { 'if-match': '"A"' } })).toMatchObject({ status: 400, code: 'NotImplemented' })
  expect(await put({ key: 'x', body: '', headers: { 'if-none-match': '*' } })).toMatchObject({
    status: 400,
    code: 'NotImplemented',
  })
  expect(await put({ key: 'x', body: '', headers: { 'x-oss-meta-a_b': '1' } })).toMatchObject({
    status: 400,
    code: 'InvalidArgument',
  })
  expect(await put({ key: 'x', body: '', headers: { 'x-oss-meta-a': 'v'.repeat(8191) } })).toMatchObject({ status: 200 })
  expect(await put({ key: 'x', body: '', headers: { 'x-oss-meta-a': 'v'.repeat(8192) } })).toMatchObject({
    status: 400,
    code: 'InvalidArgument',
  })
  expect(await put({ key: 'x', body: '', headers: { 'x-oss-storage-class': 'GLACIER' } })).toMatchObject({
    status: 400,
    code: 'InvalidArgument',
  })
})

it('refuses more than 5 GB in one request before any of it is sent', async () => {
  const { path, headers } = sign({ method: 'PUT', bucket, key: 'huge' })
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': 5 * GiB + 1 }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const socket = connect(server.port, '127.0.0.1').end(`PUT ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [^]*<Code>EntityTooLarge</)
})

it('checks parts only when the upload is completed', async () => {
  const key = 'parts'
  const initiated = await send(server, { method: 'POST', bucket, key, query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  const part = (number: number, size: number): Promise<RawAnswer> =>
    put({ key, query: { partNumber: String(number), uploadId }, body: Buffer.alloc(size, number) })
  const complete = (...parts: [number, string | undefined][]): Promise<RawAnswer> => {
    const body = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`).join('')
    return send(server, {
      method: 'POST',
      bucket,
      key,
      query: { uploadId },
      body: `<CompleteMultipartUpload>${body}</CompleteMultipartUpload>`,
    })
  }
  const one = (await part(1, 100 * KiB - 1)).headers['etag']
  const two = (await part(2, 100 * KiB)).headers['etag']
  const three = (await part(3, 1)).headers['etag']
  expect(await part(0, 1)).toMatchObject({ status: 400, code: 'InvalidArgument' })
  expect(await part(10_001, 1)).toMatchObject({ status: 400, code: 'InvalidArgument' })
  expect(await complete([1, one], [2, two])).toMatchObject({ status: 400, code: 'EntityTooSmall' })
  expect(await complete([2, two], [1, one])).toMatchObject({ status: 400, code: 'InvalidPartOrder' })
  expect(await complete([2, two], [2, two])).toMatchObject({ status: 400, code: 'InvalidPartOrder' })
  expect(await complete([2, one])).toMatchObject({ status: 400, code: 'InvalidPart' })
  expect(await complete([2, two], [4, two])).toMatchObject({ status: 400, code: 'InvalidPart' })
  expect(await complete()).toMatchObject({ status: 400, code: 'MalformedXML' })
  expect(await complete([2, two], [3, three])).toMatchObject({ status: 200 })
  expect(await complete([2, two], [3, three])).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  expect(await part(4, 1)).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  expect((await get({ key })).body.length).toBe(100 * KiB + 1)
})

it('keeps no part of an upload that was aborted while the part came in', async () => {
  const key = 'late-part'
  const initiated = await send(server, { method: 'POST', bucket, key, query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  const started = server.faults.add({ operation: 'UploadPart', do: { kind: 'slow', bytesPerSecond: 100_000 } })
  const part = put({ key, query: { partNumber: '1', uploadId }, body: Buffer.alloc(20_000) })
  await expect.poll(() => server.faults.hits(started)).toBe(1)
  expect(await send(server, { method: 'DELETE', bucket, key, query: { uploadId } })).toMatchObject({ status: 204 })
  expect(await part).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  server.faults.clear()
})

it('completes from all parts that are there when asked so', async () => {
  const key = 'all-parts'
  const initiated = await send(server, { method: 'POST', bucket, key, query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  for (const number of [7, 2])
    await put({ key, query: { partNumber: String(number), uploadId }, body: Buffer.alloc(100 * KiB, number) })
  const headers = { 'x-oss-complete-all': 'yes' }
  expect(
    await send(server, { method: 'POST', bucket, key, query: { uploadId }, headers, body: '<CompleteMultipartUpload/>' }),
  ).toMatchObject({ status: 400 })
  expect(await send(server, { method: 'POST', bucket, key, query: { uploadId }, headers })).toMatchObject({ status: 200 })
  const { body } = await get({ key })
  expect([body.length, body[0], body.at(-1)]).toEqual([200 * KiB, 2, 7])
})

it('says no to what it does not have, instead of doing something else', async () => {
  for (const name of ['website', 'versions', 'x-oss-process'])
    expect((await get({ query: { [name]: null } })).status).toBe(405)
})
