/** Signature Version 4 for one store, with a body that is not hashed, as cheap as Node allows. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import type { S3Place } from '../place.ts'

export interface Signer {
  /** Headers for one request, as undici takes them; `query` encoded and sorted. */
  (method: string, path: string, query: string): string[]
}

export function makeSigner({ endpoint, region, accessKeyId, secretAccessKey }: S3Place): Signer {
  const { host } = new URL(endpoint)
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const key = deriveKey(secretAccessKey, [time.slice(0, 8), region, 's3', 'aws4_request'])
  const canonicalTail = `host:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${time}\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n`
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=`
  return (method, path, query) => {
    const digest = hash('sha256', `${method}\n${path}\n${query}\n${canonicalTail}`)
    const signature = createHmac('sha256', key).update(toSign + digest).digest('hex')
    return ['host', host, 'x-amz-date', time, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD', 'authorization', authorization + signature]
  }
}

function deriveKey(secret: string, steps: readonly string[]): KeyObject {
  const last = steps.reduce<Buffer>((key, step) => createHmac('sha256', key).update(step).digest(), Buffer.from(`AWS4${secret}`))
  return createSecretKey(last)
}
