import { describe, expect, it } from 'vitest'
import type { OssAddress } from '../../../storage/drivers/s3/addresses/oss.ts'
import type { S3Address } from '../../../storage/drivers/s3/addresses/s3.ts'
import type { PresetName } from '../../../storage/drivers/s3/presets.ts'
import { bosDialect } from '../../../storage/drivers/s3/dialects/bos.ts'
import { cosDialect } from '../../../storage/drivers/s3/dialects/cos.ts'
import { kodoDialect } from '../../../storage/drivers/s3/dialects/kodo.ts'
import { ks3Dialect } from '../../../storage/drivers/s3/dialects/ks3.ts'
import { ossDialect } from '../../../storage/drivers/s3/dialects/oss.ts'
import { s3Dialect } from '../../../storage/drivers/s3/dialects/s3.ts'

const s3 = (rest: Partial<S3Address>): string => {
  const { origin, basePath } = s3Dialect.target({ vendor: 's3', region: 'eu-west-1', bucket: 'photos', ...rest })
  return origin + basePath
}
const oss = (rest: Partial<OssAddress>): string => {
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' }
  const endpoint = 'https://oss-cn-hangzhou.aliyuncs.com'
  const { origin, basePath } = ossDialect.target({
    vendor: 'oss',
    region: 'cn-hangzhou',
    endpoint,
    bucket: 'photos',
    ...keys,
    ...rest,
  })
  return origin + basePath
}

describe('where a bucket is reached', () => {
  it.each<[string, Partial<S3Address>]>([
    ['https://photos.s3.eu-west-1.amazonaws.com', {}],
    ['https://photos.s3.cn-north-1.amazonaws.com.cn', { region: 'cn-north-1' }],
    ['https://s3.eu-west-1.amazonaws.com/my.photos', { bucket: 'my.photos' }],
    ['https://s3.eu-west-1.amazonaws.com/photos', { pathStyle: true }],
    ['https://photos.store.example.com', { endpoint: 'https://store.example.com' }],
    ['https://photos.store.example.com', { endpoint: 'store.example.com/' }],
    ['http://photos.store.example.com:9000', { endpoint: 'http://store.example.com:9000' }],
    ['http://127.0.0.1:9000/photos', { endpoint: 'http://127.0.0.1:9000' }],
    ['http://[::1]:9000/photos', { endpoint: 'http://[::1]:9000' }],
    ['http://localhost:9000/photos', { endpoint: 'http://localhost:9000' }],
    ['http://photos.localhost:9000', { endpoint: 'http://localhost:9000', pathStyle: false }],
  ])('s3: %s', (expected, address) => {
    expect(s3(address)).toBe(expected)
  })

  it.each<[string, Partial<OssAddress>]>([
    ['https://photos.oss-cn-hangzhou.aliyuncs.com', {}],
    ['https://photos.oss-cn-hangzhou-internal.aliyuncs.com', { endpoint: 'oss-cn-hangzhou-internal.aliyuncs.com' }],
    ['https://files.example.com', { endpoint: 'https://files.example.com', cname: true }],
    ['http://localhost:9000/photos', { endpoint: 'http://localhost:9000' }],
    ['http://127.0.0.1:9000/photos', { endpoint: 'http://127.0.0.1:9000' }],
  ])('oss: %s', (expected, address) => {
    expect(oss(address)).toBe(expected)
  })

  it('OSS regions are signed for without the prefix that its console shows', () => {
    const address = { vendor: 'oss', endpoint: 'x.com', bucket: 'b', accessKeyId: 'i', accessKeySecret: 's' } as const
    expect(ossDialect.target({ ...address, region: 'oss-cn-hangzhou' }).region).toBe('cn-hangzhou')
  })

  const keys = { bucket: 'photos', accessKey: 'id', secretKey: 'secret' }
  it.each<[endpoint: string, origin: string, region: string]>([
    ['http://bj.bcebos.com', 'http://photos.s3.bj.bcebos.com', 'bj'],
    ['https://s3.gz.bcebos.com', 'https://photos.s3.gz.bcebos.com', 'gz'],
    ['https://fwh.bcebos.com/', 'https://photos.s3.fwh.bcebos.com', 'fwh'],
  ])('bos: %s', (endpoint, origin, region) => {
    expect(bosDialect.target({ vendor: 'bos', endpoint, ...keys })).toMatchObject({ origin, basePath: '', region })
  })

  it.each<[endpoint: string, region: string]>([
    ['https://ks3-cn-beijing.ksyuncs.com', 'BEIJING'],
    ['https://ks3-cn-shanghai-internal.ksyuncs.com', 'SHANGHAI'],
    ['https://ks3-cn-hk-1.ksyuncs.com', 'HONGKONG'],
    ['https://ks3-sgp.ksyuncs.com', 'SINGAPORE'],
    ['https://ks3-jr-beijing-internal.ksyuncs.com', 'JR_BEIJING'],
  ])('ks3: %s', (endpoint, region) => {
    const origin = endpoint.replace('//', '//photos.')
    expect(ks3Dialect.target({ vendor: 'ks3', endpoint, ...keys })).toMatchObject({ origin, basePath: '', region })
  })

  it.each(['https://s3.cn-east-1.qiniucs.com', 'https://s3-cn-east-1.qiniucs.com'])('kodo: %s', (endpoint) => {
    const target = kodoDialect.target({ vendor: 'kodo', endpoint, ...keys })
    expect(target).toMatchObject({ origin: endpoint, basePath: '/photos', region: 'cn-east-1' })
  })

  it('a region that is given counts more than the endpoint', () => {
    const address = { endpoint: 'http://localhost:9000', region: 'here', ...keys }
    for (const { region } of [
      bosDialect.target({ vendor: 'bos', ...address }),
      ks3Dialect.target({ vendor: 'ks3', ...address }),
      kodoDialect.target({ vendor: 'kodo', ...address }),
    ])
      expect(region).toBe('here')
  })

  it('cos: the public endpoint of the region, or a private one', () => {
    const address = { vendor: 'cos', region: 'ap-guangzhou', bucket: 'photos-125', secretId: 'i', secretKey: 's' } as const
    expect(cosDialect.target(address)).toMatchObject({ origin: 'https://photos-125.cos.ap-guangzhou.myqcloud.com', basePath: '' })
    expect(cosDialect.target({ ...address, endpoint: 'https://cos.example.com' }).origin).toBe('https://photos-125.cos.example.com')
  })

  it.each<[PresetName, Partial<S3Address>, reached: string, region: string]>([
    ['minio', { endpoint: 'https://minio.example.com' }, 'https://minio.example.com/photos', 'us-east-1'],
    ['r2', { endpoint: 'https://acc.r2.cloudflarestorage.com' }, 'https://acc.r2.cloudflarestorage.com/photos', 'auto'],
    ['b2', { region: 'us-west-004' }, 'https://photos.s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['wasabi', {}, 'https://photos.s3.us-east-1.wasabisys.com', 'us-east-1'],
    ['wasabi', { region: 'eu-central-1' }, 'https://photos.s3.eu-central-1.wasabisys.com', 'eu-central-1'],
    ['ceph', { endpoint: 'https://rgw.example.com', region: 'de' }, 'https://rgw.example.com/photos', 'de'],
    ['obs', { region: 'cn-north-4' }, 'https://photos.obs.cn-north-4.myhuaweicloud.com', 'cn-north-4'],
    ['tos', { region: 'cn-beijing' }, 'https://photos.tos-s3-cn-beijing.volces.com', 'cn-beijing'],
    ['minio', { endpoint: 'https://minio.example.com', pathStyle: false }, 'https://photos.minio.example.com', 'us-east-1'],
  ])('preset %s: %o', (preset, rest, reached, region) => {
    const target = s3Dialect.target({ vendor: 's3', bucket: 'photos', preset, ...rest })
    expect([target.origin + target.basePath, target.region]).toEqual([reached, region])
  })
})
