import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crc64 } from './crc64.ts'
import { startOssServer, type StoreServer } from './server.ts'
import { send, testKey, type RawAnswer, type SignedRequest } from './signed-request.ts'

let server: StoreServer
const bucket = 'photos'
const digits = '0123456789'

beforeAll(async () => {
  server = await startOssServer({ buckets: [{ name: bucket }], keys: [testKey], cnames: { 'files.example.com': bucket } })
  await put('digits', digits)
  await put('empty', '')
})
afterAll(() => server.close())

const put = (key: string, body: string, more: SignedRequest = {}): Promise<RawAnswer> =>
  send(server, { method: 'PUT', bucket, key, body, ...more })
const get = (key: string, headers: Record<string, string> = {}, more: SignedRequest = {}): Promise<RawAnswer> =>
  send(server, { bucket, key, headers, ...more })

describe('keys', () => {
  const odd = [
    'a//b',
    'a/../b',
    './a',
    '../a',
    'a/.',
    'a/',
    'a/b',
    'a%2Fb',
    'a%252Fb',
    '%46',
    'ends with space ',
    ' ',
    '.',
    '..',
    'tab\tand\nnewline',
    '\u0001',
    'NFC-\u00e9',
    'NFD-e\u0301',
    '😀',
    '\uff08',
    'q?x=1&y#z',
    `"'<>&*+=`,
    'back\\slash',
  ]

  it('are kept byte for byte, each apart from the others', async () => {
    for (const key of odd) expect(await put(key, `body of ${key}`)).toMatchObject({ status: 200 })
    for (const key of odd) expect((await get(key)).body.toString()).toBe(`body of ${key}`)
  })

  it('are listed in the byte order of their UTF-8 form, encoded when asked', async () => {
    const { body } = await send(server, { bucket, query: { 'list-type': '2', 'encoding-type': 'url', 'max-keys': '1000' } })
    const keys = Array.from(body.toString().matchAll(/<Key>(.*?)<\/Key>/g), match => decodeURIComponent(match[1] ?? ''))
    const expected = [...odd, 'digits', 'empty'].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(keys).toEqual(expected)
  })

  it('are found by the bucket in the path, in the host name and behind an own domain', async () => {
    for (const host of [`${bucket}.localhost:${server.port}`, `${bucket}.oss-cn-hangzhou.aliyuncs.com`, 'files.example.com']) {
      expect((await get('a//b', {}, { host })).body.toString()).toBe('body of a//b')
    }
    expect(await get('a//b', {}, { host: 'unknown.example.com' })).toMatchObject({
      status: 403,
      code: 'NonStandardHostForbidden',
    })
  })
})

describe('ranges', () => {
  const standard = { 'x-oss-range-behavior': 'standard' }

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-9', digits, 'bytes 0-9/10'],
  ])('%s gives %s, with the CRC64 of the whole object', async (range, expected, contentRange) => {
    const answer = await get('digits', { range })
    expect(answer).toMatchObject({
      status: 206,
      headers: { 'content-range': contentRange, 'content-length': String(expected.length) },
    })
    expect(answer.body.toString()).toBe(expected)
    expect(answer.headers['x-oss-hash-crc64ecma']).toBe(String(crc64(Buffer.from(digits))))
  })

  it.each([
    ['bytes=5-10'],
    ['bytes=10-'],
    ['bytes=10-20'],
    ['bytes=5-2'],
    ['bytes=-0'],
    ['bytes=-11'],
    ['bytes=0-1,3-4'],
    ['lines=0-1'],
  ])('%s is ignored as OSS does it', async range => {
    const answer = await get('digits', { range })
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toBe(digits)
  })

  it('are clipped or refused by the standard when asked so', async () => {
    expect((await get('digits', { range: 'bytes=5-10', ...standard })).body.toString()).toBe('56789')
    expect((await get('digits', { range: 'bytes=-11', ...standard })).body.toString()).toBe(digits)
    expect(await get('digits', { range: 'bytes=10-', ...standard })).toMatchObject({
      status: 416,
      code: 'InvalidRange',
      headers: { 'content-range': 'bytes */10' },
    })
    expect(await get('empty', { range: 'bytes=0-0', ...standard })).toMatchObject({ status: 416 })
    expect(await get('empty', { range: 'bytes=0-0' })).toMatchObject({
      status: 200,
      headers: { 'content-length': '0', 'x-oss-hash-crc64ecma': '0' },
    })
  })
})

describe('conditions', () => {
  it('hold on ETag and time', async () => {
    const { headers } = await get('digits')
    const [etag = '', time = ''] = [headers['etag'], headers['last-modified']]
    const before = new Date(Date.parse(time) - 1000).toUTCString()
    const status = async (condition: Record<string, string>): Promise<number> => (await get('digits', condition)).status
    expect(await status({ 'if-match': etag })).toBe(200)
    expect(await status({ 'if-match': etag.slice(1, -1).toLowerCase() })).toBe(200)
    expect(await status({ 'if-match': '"0"' })).toBe(412)
    expect(await status({ 'if-none-match': etag })).toBe(304)
    expect(await status({ 'if-none-match': '"0"' })).toBe(200)
    expect(await status({ 'if-modified-since': time })).toBe(304)
    expect(await status({ 'if-modified-since': before })).toBe(200)
    expect(await status({ 'if-unmodified-since': before })).toBe(412)
    expect(await status({ 'if-unmodified-since': time })).toBe(200)
  })
})
