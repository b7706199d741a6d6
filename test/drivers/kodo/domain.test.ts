/** A bucket read through its download domain: listed by Qiniu's native API, read by signed URLs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { bytesOf, expectFailure, keysOf, list, put, read, readText } from '../../conformance/tools.ts'
import { startServer, type StoreServer } from '../../servers/stores/server.ts'

const login = { accessKey: 'test-access', secretKey: 'test-secret' }
const held = ['a b/ü+c', 'control\u0001character', 'deep/er/key', 'percent%46', 'questions?&=#']

let server: StoreServer
let domain: Storage
const open: Storage[] = []

const reach = async (changes: Readonly<Record<string, string>> = {}): Promise<Storage> => {
  const endpoints = { endpoint: 'http://cdn.example.com', listEndpoint: 'http://rsf.qiniuapi.com', proxy: server.endpoint }
  const storage = await openStorage({ vendor: 'kodo', bucket: 'photos', ...endpoints, ...login, ...changes })
  open.push(storage)
  return storage
}

beforeAll(async () => {
  server = await startServer('kodo', {
    buckets: [{ name: 'photos' }],
    keys: [{ accessKeyId: login.accessKey, accessKeySecret: login.secretKey }],
    cnames: { 'cdn.example.com': 'photos' },
  })
  const keys = { accessKeyId: login.accessKey, secretAccessKey: login.secretKey }
  const door = await openStorage({ vendor: 's3', preset: 'b2', endpoint: server.endpoint, region: server.region, bucket: 'photos', ...keys })
  open.push(door)
  for (const key of held) await put(door, key, key, { metadata: { contentType: 'text/x-test', user: { colour: 'red' } } })
  await put(door, 'large', bytesOf(3 * 2 ** 20))
  domain = await reach()
})
afterAll(async () => {
  for (const storage of open) await storage.close()
  await server?.close()
})

describe('a download domain of KODO', () => {
  it('lists every key, in pages of any size, in byte order', async () => {
    for (const limit of [1, 2, 1000]) expect(await keysOf(domain, { limit })).toEqual([...held, 'large'].toSorted())
    expect(await keysOf(domain, { prefix: 'a b/' })).toEqual(['a b/ü+c'])
  })

  it('reads each of them, with its metadata', async () => {
    for (const key of held) expect(await readText(domain, key)).toBe(key)
    expect((await domain.head('a b/ü+c')).metadata).toMatchObject({ contentType: 'text/x-test' })
  })

  it('says the same of an object in listing, head and get', async () => {
    const entry = (await list(domain, { prefix: 'large' }))[0]
    const { info, bytes } = await read(domain, 'large')
    expect(bytes.equals(bytesOf(3 * 2 ** 20))).toBe(true)
    for (const told of [info, await domain.head('large')]) expect(told).toMatchObject({ key: 'large', size: 3 * 2 ** 20, etag: entry?.etag })
  })

  it('reads ranges, of the version asked for', async () => {
    const { etag = '' } = await domain.head('large')
    const { bytes, info } = await read(domain, 'large', { range: { first: 7, last: 999 }, ifMatch: etag })
    expect(bytes.equals(bytesOf(3 * 2 ** 20).subarray(7, 1000))).toBe(true)
    expect(info.size).toBe(3 * 2 ** 20)
    await expectFailure(read(domain, 'large', { ifMatch: 'another' }), 'precondition')
    await expectFailure(read(domain, 'large', { range: { first: 2 ** 30, last: 2 ** 30 } }), 'range')
  })

  it('tells what is wrong', async () => {
    await expectFailure(domain.head('missing'), 'not-found')
    await expectFailure(read(domain, 'missing'), 'not-found')
    await expectFailure((await reach({ bucket: 'missing' })).list(), 'no-bucket')
    const wrong = await reach({ secretKey: 'wrong-secret' })
    await expectFailure(wrong.list(), 'bad-secret')
    await expectFailure(read(wrong, 'large'), 'bad-secret')
  })

  it('is only read', async () => {
    expect(domain.abilities.write).toBe(false)
    await expectFailure(put(domain, 'key'), 'invalid')
    await expectFailure(domain.delete('large'), 'invalid')
    expect(domain.multipart).toBeUndefined()
  })
})
