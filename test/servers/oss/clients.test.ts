import { createHash, randomBytes } from 'node:crypto'
import OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crc64 } from './crc64.ts'
import { startOssServer, type OssServer } from './server.ts'

const accessKeyId = 'LTAItest'
const accessKeySecret = 'a secret'
const KiB = 1024

describe.each([['V1', false], ['V4', true]])('ali-oss with %s signatures', (name, authorizationV4) => {
  let server: OssServer
  let client: OSS

  beforeAll(async () => {
    server = await startOssServer({
      buckets: [{ name: 'photos' }, { name: 'cold', storageClass: 'Archive' }],
      keys: [{ accessKeyId, accessKeySecret }],
      restoreDelayMs: 50,
    })
    client = connect(server.endpoint, 'photos')
  })
  afterAll(() => server.close())

  function connect(endpoint: string, bucket: string, extra: object = {}): OSS {
    const options = { endpoint, bucket, region: 'oss-cn-hangzhou', accessKeyId, accessKeySecret, authorizationV4, sldEnable: true, ...extra }
    return new OSS(options as OSS.Options)
  }

  it('puts, heads and gets an object with the CRC64 of its bytes', async () => {
    const bytes = randomBytes(300 * KiB)
    const put = await client.put('a b/ü+%&?#.bin', bytes)
    const stated = (put.res.headers as Record<string, string>)['x-oss-hash-crc64ecma']
    expect(stated).toBe(String(crc64(bytes)))
    const got = await client.get('a b/ü+%&?#.bin')
    expect(Buffer.compare(got.content as Buffer, bytes)).toBe(0)
    const head = await client.head('a b/ü+%&?#.bin')
    expect(head.res.headers).toMatchObject({
      etag: `"${createHash('md5').update(bytes).digest('hex').toUpperCase()}"`,
      'content-length': String(bytes.length),
      'x-oss-hash-crc64ecma': stated,
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    })
  })

  it('refuses a wrong secret, an unknown key and a caller without a signature', async () => {
    await expect(connect(server.endpoint, 'photos', { accessKeySecret: 'other' }).get('x')).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
    await expect(connect(server.endpoint, 'photos', { accessKeyId: 'nobody' }).get('x')).rejects.toMatchObject({ code: 'InvalidAccessKeyId', status: 403 })
    const answer = await fetch(`${server.endpoint}/photos/x`)
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>')
  })

  it('uploads in parts and keeps the CRC64 of the whole', async () => {
    const parts = [randomBytes(100 * KiB), randomBytes(150 * KiB), randomBytes(7)]
    const { uploadId } = await client.initMultipartUpload(`big-${name}`)
    const done = []
    for (const [index, part] of parts.entries()) {
      const { etag } = await client.uploadPart(`big-${name}`, uploadId, index + 1, part, 0, part.length)
      done.push({ number: index + 1, etag })
    }
    const complete = await client.completeMultipartUpload(`big-${name}`, uploadId, done)
    const whole = Buffer.concat(parts)
    expect((complete.res.headers as Record<string, string>)['x-oss-hash-crc64ecma']).toBe(String(crc64(whole)))
    const got = await client.get(`big-${name}`)
    expect(Buffer.compare(got.content as Buffer, whole)).toBe(0)
  })

  it('lists in pages, with delimiter, V1 and V2', async () => {
    for (const key of ['l/1', 'l/2', 'l/3/x', 'l/4']) await client.put(key, Buffer.from('.'))
    const first = await client.list({ prefix: 'l/', delimiter: '/', 'max-keys': 3 }, {})
    expect(first.objects.map(object => object.name)).toEqual(['l/1', 'l/2'])
    expect(first.prefixes).toEqual(['l/3/'])
    expect(first.isTruncated).toBe(true)
    const second = await client.list({ prefix: 'l/', delimiter: '/', marker: first.nextMarker, 'max-keys': 3 }, {})
    expect(second.objects.map(object => object.name)).toEqual(['l/4'])
    const all: string[] = []
    let token: string | undefined
    do {
      const page = await listV2(client, { prefix: 'l/', 'max-keys': 1, ...(token === undefined ? {} : { 'continuation-token': token }) })
      all.push(...page.objects.map(object => object.name))
      token = page.nextContinuationToken ?? undefined
    } while (token !== undefined)
    expect(all).toEqual(['l/1', 'l/2', 'l/3/x', 'l/4'])
  })
})

/** Its type declarations leave these out. */
interface Undeclared {
  listV2(query: object): Promise<{ objects: { name: string }[]; nextContinuationToken: string | null }>
}
const listV2 = (client: OSS, query: object): ReturnType<Undeclared['listV2']> => (client as unknown as Undeclared).listV2(query)
