/**
 * What the vendors' own SDKs know about a bucket, for the check of an address. They are slow to load: only when asked.
 */
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import type { Options as OssOptions } from 'ali-oss'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { OssAddress } from './addresses/oss.ts'
import type { S3Address } from './addresses/s3.ts'
import type { BucketFacts } from '../../storage.ts'
import { ossDialect } from './dialects/oss.ts'
import { s3Dialect } from './dialects/s3.ts'
import { toStorageError } from './error.ts'
import { toNetworkError } from '../../http/network.ts'
import { toReceived, type ReceivedHeaders } from '../../http/headers.ts'
import { encodeEntities } from '../../http/xml.ts'

const timeoutMs = 10_000

/** Fails like the calls of a Storage: `no-bucket`, `forbidden`, `bad-access-key`, `network` … */
export async function s3Facts(address: S3Address): Promise<BucketFacts> {
  const { HeadBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client(s3Options(address))
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: address.bucket }))
    return { ...(BucketRegion && { region: BucketRegion }), archive: false }
  } catch (error) {
    const region = headersOf(error).get('x-amz-bucket-region')
    if (region !== undefined && region !== s3Dialect.target(address).region) return { region, archive: false }
    throw toFactsError(error)
  } finally {
    client.destroy()
  }
}

function s3Options(address: S3Address): S3ClientConfig {
  const { origin, basePath, credentials, region } = s3Dialect.target(address)
  return {
    region,
    ...((address.endpoint ?? address.preset) && { endpoint: basePath === '' ? origin.replace(`${address.bucket}.`, '') : origin }),
    forcePathStyle: basePath !== '',
    maxAttempts: 1,
    ...(credentials && {
      credentials: {
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secret,
        ...(credentials.token && { sessionToken: credentials.token }),
      },
    }),
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, httpsAgent: agent(address) },
  }
}

/** Fails likewise. */
export async function ossFacts(address: OssAddress): Promise<BucketFacts> {
  const { default: OSS } = await import('ali-oss')
  try {
    const { bucket } = (await new OSS(ossOptions(address)).getBucketInfo(address.bucket)) as {
      bucket: { Location?: string; StorageClass?: string }
    }
    return {
      ...(bucket.Location && { region: bucket.Location.replace(/^oss-/, '') }),
      ...(bucket.StorageClass && { storageClass: bucket.StorageClass }),
      archive: bucket.StorageClass?.endsWith('Archive') ?? false,
    }
  } catch (error) {
    throw toFactsError(error)
  }
}

function ossOptions(address: OssAddress): OssOptions & { sldEnable: boolean; authorizationV4: boolean; httpsAgent: Agent } {
  const { endpoint, basePath, region } = ossDialect.target(address)
  return {
    region: `oss-${region}`,
    endpoint,
    bucket: address.bucket,
    accessKeyId: address.accessKeyId,
    accessKeySecret: address.accessKeySecret,
    ...(address.securityToken && { stsToken: address.securityToken }),
    cname: address.cname ?? false,
    secure: endpoint.startsWith('https:'),
    timeout: timeoutMs,
    sldEnable: basePath !== '',
    authorizationV4: true,
    httpsAgent: agent(address),
  }
}

function agent({ caFile, proxy }: S3Address | OssAddress): Agent {
  return new Agent({ ...(caFile && { ca: readFileSync(caFile) }), proxyEnv: proxy ? { HTTPS_PROXY: proxy } : process.env })
}

interface SdkError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly status?: number
  readonly requestId?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

const headersOf = (error: unknown): ReceivedHeaders => toReceived((error as SdkError).$response?.headers ?? {})

/** Says it the way the wire client would have, from what the SDK made of the answer. */
function toFactsError(error: unknown): Error {
  const { code, message = '', status, requestId, $metadata } = error as SdkError
  const httpStatus = status ?? $metadata?.httpStatusCode ?? 0
  if (httpStatus <= 0) return toNetworkError(error, false)
  const words = `<Code>${code}</Code><Message>${encodeEntities(message)}</Message><RequestId>${requestId ?? ''}</RequestId>`
  const body = code === undefined ? '' : `<Error>${words}</Error>`
  return toStorageError({ status: httpStatus, headers: headersOf(error), body, about: 'bucket' }, Date.now())
}
