import { createRequire } from 'node:module'
import { Agent } from 'undici'
import type { StoreServer } from './server.ts'

/** A request signed by ali-oss's own V4 signer, sent byte for byte as given: for tests of what no SDK would send. */
export interface SignedRequest {
  readonly method?: string
  readonly bucket?: string
  readonly key?: string
  readonly query?: Readonly<Record<string, string | null>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  readonly region?: string
  readonly date?: Date
  /** Default path style. */
  readonly host?: string
  /** What is really sent under the signature of the rest. */
  readonly sent?: SignedRequest
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Of the error document, also from `x-oss-err`. */
  readonly code: string | undefined
}

interface SignUtils {
  authorizationV4(
    id: string,
    secret: string,
    region: string,
    method: string,
    request: { headers: object; queries: object },
    bucket?: string,
    key?: string,
  ): string
}
const signUtils = createRequire(import.meta.url)('ali-oss/lib/common/signUtils') as SignUtils

const dispatcher = new Agent({ keepAliveTimeout: 1000 })

export const testKey = { accessKeyId: 'LTAItest', accessKeySecret: 'a secret' }

export async function send(server: Pick<StoreServer, 'port'>, options: SignedRequest): Promise<RawAnswer> {
  const signed = { date: new Date(), ...options }
  const { method, path, headers } = sign({ ...signed, ...options.sent }, sign(signed).headers['authorization'])
  const answer = await dispatcher.request({
    origin: `http://127.0.0.1:${server.port}`,
    method: method as 'GET',
    path,
    headers,
    ...(options.body === undefined ? {} : { body: options.body }),
  })
  const body = Buffer.from(await answer.body.arrayBuffer())
  const document =
    method === 'HEAD' ? Buffer.from(String(answer.headers['x-oss-err'] ?? ''), 'base64').toString() : body.toString()
  return {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string>,
    body,
    code: /<Error>.*<Code>(.*?)<\/Code>/s.exec(document)?.[1],
  }
}

/** The request line and headers that `send` sends. */
export function sign(
  options: SignedRequest,
  authorization?: string,
): { method: string; path: string; headers: Record<string, string> } {
  const { method = 'GET', bucket, key, query = {}, host, region = 'cn-hangzhou', date = new Date() } = options
  const { accessKeyId, accessKeySecret } = { ...testKey, ...options }
  const timestamp = date.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const headers = { 'x-oss-date': timestamp, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD', ...options.headers }
  const own = signUtils.authorizationV4(accessKeyId, accessKeySecret, region, method, { headers, queries: query }, bucket, key)
  const path = host === undefined && bucket !== undefined ? `/${bucket}/` : '/'
  return {
    method,
    path: path + encodeKey(key ?? '') + encodeQuery(query),
    headers: { authorization: authorization ?? own, ...headers, ...(host === undefined ? {} : { host }) },
  }
}

const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/')

function encodeQuery(query: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(query).map(([name, value]) => (value === null ? name : `${name}=${encodeURIComponent(value)}`))
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
