/** A bucket of the OSS server as Alibaba's own client reads it: the independent judge of what tranship did. */
import { get } from 'node:http'
import OSS from 'ali-oss'
import type { StoreServer } from '../servers/stores/server.ts'
import type { Found } from './s3-bucket.ts'
import { eachOf, fromHeader } from './s3-bucket.ts'

export const ossKey = { accessKeyId: 'oss-key-id', accessKeySecret: 'oss-key-secret' }

export const ossAddress = (server: StoreServer, bucket: string, more: Readonly<Record<string, unknown>> = {}) =>
  ({ vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket, ...ossKey, ...more })

export const ossClient = (server: StoreServer, bucket: string): OSS =>
  new OSS(pathStyle({ endpoint: server.endpoint, region: `oss-${server.region}`, bucket, ...ossKey }))

/** Options of ali-oss that its types lack. */
const pathStyle = (options: OSS.Options): OSS.Options => Object.assign(options, { sldEnable: true, authorizationV4: true })

/** Plain HTTP to an address that Alibaba's client signed: ali-oss itself would decode what is stored gzipped. */
function fetchSigned(url: string): Promise<{ bytes: Buffer; headers: Record<string, string> }> {
  const [, host, port, path] = /^http:\/\/([^:/]+):(\d+)(.*)$/.exec(url) ?? []
  return new Promise((resolve, reject) => {
    get({ host, port, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode} ${bytes.toString()}`))
        else resolve({ bytes, headers: response.headers as Record<string, string> })
      })
    }).on('error', reject)
  })
}

const systemHeaders = {
  contentType: 'content-type', cacheControl: 'cache-control', contentEncoding: 'content-encoding',
  contentDisposition: 'content-disposition', contentLanguage: 'content-language', expires: 'expires',
} as const

export interface FoundInOss extends Found {
  readonly crc64: string
}

export async function readAllOss(client: OSS): Promise<Map<string, FoundInOss>> {
  const keys: string[] = []
  let continuationToken: string | undefined
  do {
    const page = (await client.listV2({ 'max-keys': '1000', ...(continuationToken && { 'continuation-token': continuationToken }) }, {})) as unknown as {
      objects?: { name: string }[]
      nextContinuationToken?: string
    }
    keys.push(...(page.objects ?? []).map(({ name }) => name))
    continuationToken = page.nextContinuationToken
  } while (continuationToken)

  const found = new Map<string, FoundInOss>()
  await eachOf(keys, async (key) => {
    const { bytes, headers } = await fetchSigned(client.signatureUrl(key))
    const kept = Object.fromEntries(Object.entries(systemHeaders).flatMap(([name, header]) => (headers[header] ? [[name, headers[header]]] : [])))
    const user = Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-oss-meta-') ? [[name.slice(11), fromHeader(value)]] : [])))
    found.set(key, { bytes, metadata: { ...kept, user }, crc64: headers['x-oss-hash-crc64ecma'] ?? '' })
  })
  return found
}
