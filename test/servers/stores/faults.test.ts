import { request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { FaultAction } from './faults.ts'
import { KiB } from './options.ts'
import { startOssServer, type StoreServer } from './server.ts'
import { send, sign, testKey, type RawAnswer, type SignedRequest } from './signed-request.ts'

let server: StoreServer
const bucket = 'photos'
const bytes = Buffer.alloc(600 * KiB, 'x')

beforeAll(async () => {
  server = await startOssServer({ buckets: [{ name: bucket }], keys: [testKey] })
  await put({ body: bytes })
})
afterEach(() => {
  server.faults.clear()
  server.counters.reset()
})
afterAll(() => server.close())

const put = (options: SignedRequest): Promise<RawAnswer> => send(server, { method: 'PUT', bucket, key: 'k', ...options })
const get = (options: SignedRequest = {}): Promise<RawAnswer> => send(server, { bucket, key: 'k', ...options })
const on = (operation: string, action: FaultAction, more: object = {}): string =>
  server.faults.add({ operation, do: action, ...more })

it('throttles with Retry-After, so often as it is told', async () => {
  const id = on('GetObject', { kind: 'error', code: 'SlowDown', retryAfterSeconds: 3 }, { skip: 1, times: 2 })
  const answers = [await get(), await get(), await get(), await get()]
  expect(answers.map(answer => answer.status)).toEqual([200, 503, 503, 200])
  expect(answers[1]).toMatchObject({ code: 'SlowDown', headers: { 'retry-after': '3' } })
  expect(server.faults.hits(id)).toBe(2)
  on('GetObject', { kind: 'error', code: 'QpsLimitExceeded' })
  expect(await get()).toMatchObject({ status: 429, code: 'QpsLimitExceeded' })
})

it('lets so many a second pass, and throttles what comes faster', async () => {
  const id = on('GetObject', { kind: 'error', code: 'SlowDown' }, { aboveRate: 20 })
  const started = performance.now()
  const statuses: number[] = []
  for (let n = 0; n < 30; n++) statuses.push((await get({ query: { 'response-expires': String(n) } })).status)
  const allowed = 3 + (20 * (performance.now() - started)) / 1_000
  expect(statuses.filter(status => status === 200).length).toBeLessThanOrEqual(allowed)
  expect(statuses[0]).toBe(200)
  expect(server.faults.hits(id)).toBe(statuses.filter(status => status === 503).length)
})

it('strikes every third request of a prefix, and no other', async () => {
  server.faults.add({ keyPrefix: 'k', every: 3, do: { kind: 'error', code: 'InternalError' } })
  const statuses = []
  for (let n = 0; n < 6; n++) statuses.push((await get()).status, (await get({ key: 'other' })).status)
  expect(statuses).toEqual([500, 404, 200, 404, 200, 404, 500, 404, 200, 404, 200, 404])
})

it('denies one key and lets one token expire', async () => {
  server.faults.add({ bucket, key: 'k', accessKeyId: testKey.accessKeyId, do: { kind: 'error', code: 'AccessDenied' } })
  expect(await get()).toMatchObject({ status: 403, code: 'AccessDenied' })
  server.faults.clear()
  server.faults.add({ accessKeyId: 'someone else', do: { kind: 'error', code: 'SecurityTokenExpired' } })
  expect(await get()).toMatchObject({ status: 200 })
})

it('breaks the connection before, during and after', async () => {
  for (const at of ['start', 'answer'] as const) {
    on('GetObject', { kind: 'reset', at, afterBytes: 1000 }, { times: 1 })
    await expect(get()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) })
  }
  on('PutObject', { kind: 'reset', at: 'request', afterBytes: 100 * KiB })
  await expect(put({ key: 'half', body: bytes })).rejects.toThrow()
  server.faults.clear()
  expect(await get({ key: 'half' })).toMatchObject({ code: 'NoSuchKey' })
})

it('does the work and loses the answer', async () => {
  on('PutObject', { kind: 'lose-answer' })
  await expect(put({ key: 'lost', body: 'is here' })).rejects.toThrow()
  expect((await get({ key: 'lost' })).body.toString()).toBe('is here')
})

it('completes an upload and loses the answer, or says 200 and completes nothing', async () => {
  const initiated = await send(server, { method: 'POST', bucket, key: 'm', query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  const etag = (await put({ key: 'm', query: { partNumber: '1', uploadId }, body: 'part' })).headers['etag']
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`
  const complete = (): Promise<RawAnswer> => send(server, { method: 'POST', bucket, key: 'm', query: { uploadId }, body })
  on('CompleteMultipartUpload', { kind: 'error-in-200', code: 'InternalError' }, { times: 1 })
  expect(await complete()).toMatchObject({ status: 200, code: 'InternalError' })
  expect(await get({ key: 'm' })).toMatchObject({ code: 'NoSuchKey' })
  on('CompleteMultipartUpload', { kind: 'lose-answer' }, { times: 1 })
  await expect(complete()).rejects.toThrow()
  expect(await complete()).toMatchObject({ code: 'NoSuchUpload' })
  expect((await get({ key: 'm' })).body.toString()).toBe('part')
})

it('ends an answer short of what it announced', async () => {
  on('GetObject', { kind: 'short-body', bytes: 300 * KiB })
  const { path, headers } = sign({ bucket, key: 'k' })
  const answer = await request(`http://127.0.0.1:${server.port}${path}`, { headers })
  expect(answer.headers['content-length']).toBe(String(bytes.length))
  let got = 0
  await expect(
    (async () => {
      for await (const chunk of answer.body) got += (chunk as Buffer).length
    })(),
  ).rejects.toThrow()
  expect(got).toBe(300 * KiB)
})

it('flips one bit, on the way in or out', async () => {
  on('GetObject', { kind: 'flip', in: 'answer', at: 500_000 }, { times: 1 })
  const { body } = await get()
  expect(body.length).toBe(bytes.length)
  expect([...body.entries()].filter(([at, byte]) => byte !== bytes[at])).toEqual([[500_000, (bytes[0] ?? 0) ^ 1]])
  expect(Buffer.compare((await get()).body, bytes)).toBe(0)
  on('PutObject', { kind: 'flip', in: 'request', at: 2 }, { times: 1 })
  const headers = { 'content-md5': 'kAFQmDzST7DWlj99KOF/cg==' }
  expect(await put({ key: 'abc', body: 'abc', headers })).toMatchObject({ code: 'InvalidDigest' })
  expect(await put({ key: 'abc', body: 'abc', headers })).toMatchObject({ status: 200 })
})

it('lies about hashes, drops headers, ignores ranges', async () => {
  const right = (await get()).headers['x-oss-hash-crc64ecma']
  on('GetObject', { kind: 'wrong-crc64' }, { times: 1 })
  expect((await get()).headers['x-oss-hash-crc64ecma']).not.toBe(right)
  on('GetObject', { kind: 'header', name: 'X-Oss-Hash-Crc64ecma', value: null }, { times: 1 })
  expect((await get()).headers).not.toHaveProperty('x-oss-hash-crc64ecma')
  on('GetObject', { kind: 'header', name: 'ETag', value: '"0"' }, { times: 1 })
  expect((await get()).headers['etag']).toBe('"0"')
  on('GetObject', { kind: 'ignore-range' }, { times: 1 })
  expect(await get({ headers: { range: 'bytes=0-1' } })).toMatchObject({
    status: 200,
    headers: { 'content-length': String(bytes.length) },
  })
})

it('never answers, or stops in the middle, until the client gives up', async () => {
  for (const action of [{ kind: 'stall' }, { kind: 'stall', afterBytes: 1000 }] as const) {
    on('GetObject', action, { times: 1 })
    const { path, headers } = sign({ bucket, key: 'k' })
    const answer = request(`http://127.0.0.1:${server.port}${path}`, { headers, signal: AbortSignal.timeout(100) }).then(
      ({ body }) => body.arrayBuffer(),
    )
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' })
  }
  expect(await get()).toMatchObject({ status: 200 })
})

it('counts every request by operation and every byte of bodies by second', async () => {
  await put({ key: 'counted', body: Buffer.alloc(1000) })
  await get({ key: 'counted' })
  await get({ key: 'missing' })
  await send(server, { bucket, query: { 'list-type': '2' } })
  await send(server, { bucket, query: { versioning: null } })
  const counts = server.counters.counts()
  expect(counts).toMatchObject({
    total: 5,
    operations: { PutObject: 1, GetObject: 2, ListObjectsV2: 1, Unknown: 1 },
    bytesIn: 1000,
  })
  expect(counts.bytesOut).toBeGreaterThan(1000)
  expect(counts.statuses).toMatchObject({ 200: 3, 404: 1, 405: 1 })
  const traffic = server.counters.traffic()
  expect(traffic.reduce((sum, second) => sum + second.bytesIn, 0)).toBe(1000)
  server.counters.reset()
  expect(server.counters.counts()).toEqual({ total: 0, operations: {}, statuses: {}, bytesIn: 0, bytesOut: 0 })
})

it('is controlled by other processes on this machine through /-/', async () => {
  const control = async (method: string, what: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${server.endpoint}/-/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.status).toBe(200)
    return answer.json()
  }
  await control('POST', 'faults', { id: 'mine', operation: 'GetObject', do: { kind: 'error', code: 'SlowDown' } })
  expect(await get()).toMatchObject({ status: 503 })
  expect(await control('GET', 'faults')).toMatchObject([{ id: 'mine', hits: 1 }])
  await control('DELETE', 'faults/mine')
  expect(await get()).toMatchObject({ status: 200 })
  expect(await control('GET', 'counters')).toMatchObject({ operations: { GetObject: 2 } })
  await control('DELETE', 'counters')
  expect(await control('GET', 'counters')).toMatchObject({ total: 0 })
  await control('POST', 'buckets', { name: 'more' })
  expect(await send(server, { bucket: 'more' })).toMatchObject({ status: 200 })
  await control('PUT', 'clock', { offsetMs: 3600_000 })
  expect(await get()).toMatchObject({ code: 'RequestTimeTooSkewed' })
  await control('PUT', 'clock', { offsetMs: 0 })
  expect((await fetch(`${server.endpoint}/-/nonsense`)).status).toBe(404)
})

it('holds a request until it is let go, before its work and after', async () => {
  for (const at of ['start', 'answer'] as const) {
    const key = `held-${at}`
    const id = on('PutObject', { kind: 'hold', at, release: 'go-on' }, { times: 1 })
    const putting = put({ key, body: Buffer.from('x') })
    await vi.waitFor(() => expect(server.faults.hits(id)).toBe(1))
    await vi.waitFor(async () => expect(await get({ key })).toMatchObject({ status: at === 'answer' ? 200 : 404 }))
    server.faults.remove(id)
    expect(await putting).toMatchObject({ status: 200 })
    expect(await get({ key })).toMatchObject({ status: 200 })
  }
})

it('breaks what it held, if it is told to: then nothing was done, or all of it', async () => {
  for (const at of ['start', 'answer'] as const) {
    const key = `broken-${at}`
    const id = on('PutObject', { kind: 'hold', at, release: 'break' })
    const putting = put({ key, body: Buffer.from('x') })
    const broken = expect(putting).rejects.toThrow()
    await vi.waitFor(() => expect(server.faults.hits(id)).toBe(1))
    server.faults.clear()
    await broken
    expect(await get({ key })).toMatchObject({ status: at === 'answer' ? 200 : 404 })
  }
})
