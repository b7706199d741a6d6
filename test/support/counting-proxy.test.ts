import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { startCountingProxy } from './counting-proxy.ts'
import { startVersitygw } from './versitygw.ts'

describe('the counting proxy', () => {
  it('counts requests and bytes without breaking signatures', async () => {
    const server = await startVersitygw()
    await server.makeBucket('photos')
    const proxy = await startCountingProxy(server.endpoint)
    const { region, accessKeyId, secretAccessKey } = server
    const checksums = { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' } as const
    const credentials = { accessKeyId, secretAccessKey }
    const s3 = new S3Client({ endpoint: proxy.endpoint, region, credentials, forcePathStyle: true, ...checksums })
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: Buffer.alloc(100_000) }))
    await s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'a' })).then(({ Body }) => Body?.transformToByteArray())
    expect(proxy.traffic()).toEqual({ requests: { PUT: 1, GET: 1 }, total: 2, bytesIn: 100_000, bytesOut: 100_000 })
    proxy.reset()
    expect(proxy.traffic().total).toBe(0)
    s3.destroy()
    await proxy.stop()
    await server.stop()
  })
})
