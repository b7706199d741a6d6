import { describe, expect, it } from 'vitest'
import type { OssAddress, S3Address } from '../../../storage/drivers/s3/address.ts'
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
})
