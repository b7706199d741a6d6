import { randomBytes } from 'node:crypto'
import { startOssProcess } from '../../test/servers/stores/process.ts'

export interface Bucket {
  readonly endpoint: string
  readonly region: string
  readonly name: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  stop(): Promise<void>
}

/** An OSS server in a process of its own, with one empty bucket kept in `dir`. */
export async function startBucket(dir: string): Promise<Bucket> {
  const name = 'demo-archive'
  const accessKeyId = `demo-${randomBytes(6).toString('hex')}`
  const accessKeySecret = randomBytes(18).toString('base64url')
  const { endpoint, region, stop } = await startOssProcess({ dir, buckets: [name], accessKeyId, accessKeySecret })
  return { endpoint, region, name, accessKeyId, accessKeySecret, stop }
}
