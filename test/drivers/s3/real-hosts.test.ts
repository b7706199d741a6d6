/** Endpoints as a person writes them: the stand-in takes itself for the vendor's real host, as the HTTP proxy on the way to it. */
import { describe, expect, it } from 'vitest'
import { openStorage, type ResolvedAddress } from '../../../storage/open.ts'
import { keysOf, put, readText } from '../../conformance/tools.ts'
import { startServer } from '../../servers/stores/server.ts'

const id = 'test-access'
const secret = 'test-secret'
const keys = { bucket: 'photos', accessKey: id, secretKey: secret }

describe.each<[Parameters<typeof startServer>[0], Extract<ResolvedAddress, { vendor: 'oss' | 'cos' | 'bos' | 'kodo' | 'ks3' }>]>([
  ['oss', { vendor: 'oss', endpoint: 'http://oss-cn-hangzhou.aliyuncs.com', region: 'cn-hangzhou', bucket: 'photos', accessKeyId: id, accessKeySecret: secret }],
  ['cos', { vendor: 'cos', endpoint: 'http://cos.ap-guangzhou.myqcloud.com', region: 'ap-guangzhou', bucket: 'photos-1250000000', secretId: id, secretKey: secret }],
  ['bos', { vendor: 'bos', endpoint: 'http://bj.bcebos.com', ...keys }],
  ['kodo', { vendor: 'kodo', endpoint: 'http://s3.cn-east-1.qiniucs.com', ...keys }],
  ['ks3', { vendor: 'ks3', endpoint: 'http://ks3-cn-beijing-internal.ksyuncs.com', ...keys }],
])('%s at its real host', (vendor, address) => {
  it('takes the address and the signature', async () => {
    const server = await startServer(vendor, { buckets: [{ name: address.bucket }], keys: [{ accessKeyId: id, accessKeySecret: secret }] })
    const storage = await openStorage({ ...address, proxy: server.endpoint })
    await put(storage, 'a b/ü+c')
    expect(await readText(storage, 'a b/ü+c')).toBe('a b/ü+c')
    expect(await keysOf(storage, { prefix: 'a b/' })).toEqual(['a b/ü+c'])
    // ali-oss, which is asked of a bucket's facts, knows no proxy for plain HTTP.
    if (vendor !== 'oss') expect(await storage.facts?.()).toMatchObject({ archive: false })
    await storage.close()
    await server.close()
  })
})
