import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { startVersitygw } from './versitygw.ts'

describe('the S3 test server', () => {
  it('keeps what the vendor\'s own client puts, and refuses a wrong key', async () => {
    const server = await startVersitygw()
    await server.makeBucket('photos')
    const s3 = server.client()
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a b/ü', Body: 'hello' }))
    const got = await s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'a b/ü' }))
    expect(await got.Body?.transformToString()).toBe('hello')

    s3.config.credentials = async () => ({ accessKeyId: server.accessKeyId, secretAccessKey: 'wrong' })
    await expect(s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'a b/ü' }))).rejects.toThrow(/signature/i)
    s3.destroy()
    await server.stop()
  })
})
