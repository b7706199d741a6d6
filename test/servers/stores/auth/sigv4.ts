import { createHash, createHmac } from 'node:crypto'
import { percentDecode, percentEncode, percentEncodePath, trimmed, type ByteString } from '../bytes.ts'
import { header, type StoreRequest } from '../request.ts'

export interface SigV4 {
  readonly id: string
  /** yyyymmdd */
  readonly date: string
  readonly region: string
  /** yyyymmddThhmmssZ */
  readonly timestamp: string
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly payload: string
}

export function canonicalRequest(request: StoreRequest, { signedHeaders, payload }: SigV4): ByteString {
  return [
    request.method,
    percentEncodePath(percentDecode(request.path) ?? request.path),
    canonicalQuery(request.query),
    signedHeaders.map(name => `${name}:${trimmed(header(request, name)).replace(/ +/g, ' ')}\n`).join(''),
    signedHeaders.join(';'),
    payload,
  ].join('\n')
}

function canonicalQuery(query: StoreRequest['query']): string {
  const pairs: string[] = []
  for (const [name, value] of query)
    if (name !== 'X-Amz-Signature') pairs.push(`${percentEncode(name)}=${percentEncode(value)}`)
  return pairs.toSorted().join('&')
}

export function stringToSign(canonical: ByteString, { date, region, timestamp }: SigV4): string {
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex')
  return `AWS4-HMAC-SHA256\n${timestamp}\n${date}/${region}/s3/aws4_request\n${hash}`
}

export const signatureOf = (secret: string, { date, region }: SigV4, text: string): string =>
  createHmac('sha256', signingKey(secret, date, region)).update(text, 'latin1').digest('hex')

const keys = new Map<string, Buffer>()

function signingKey(secret: string, date: string, region: string): Buffer {
  const id = `${secret}/${date}/${region}`
  const known = keys.get(id)
  if (known) return known
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), 's3'), 'aws4_request')
  if (keys.size > 1000) keys.clear()
  keys.set(id, key)
  return key
}
