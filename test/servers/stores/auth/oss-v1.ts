import { createHmac } from 'node:crypto'
import { trimmed, type ByteString } from '../bytes.ts'
import { header, type StoreRequest } from '../request.ts'

/** Where a temporary key's token may stand. */
export const ossTokens = ['x-oss-security-token', 'security-token']

/** Parameters that take part in the signature; all others do not. */
const subresources = new Set(
  [
    'acl append asyncFetch bucketInfo callback callback-var cname comp continuation-token cors delete encryption endTime',
    'group img inventory inventoryId lifecycle link live location logging metaQuery objectInfo objectMeta partNumber policy',
    'position qos qosInfo referer regionList replication replicationLocation replicationProgress requestPayment',
    'resourceGroup response-cache-control response-content-disposition response-content-encoding response-content-language',
    'response-content-type response-expires restore security-token sequential startTime stat status style styleName symlink',
    'tagging transferAcceleration uploadId uploads versionId versioning versions vod website worm wormExtend wormId',
    'x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id x-oss-async-process x-oss-process',
    'x-oss-request-payer x-oss-traffic-limit',
  ]
    .join(' ')
    .split(' '),
)

export const isSubresource = (name: string): boolean => subresources.has(name)

/** `date` is the Date line: x-oss-date or Date in a header signature, Expires in a URL. */
export function stringToSignV1(request: StoreRequest, date: string): ByteString {
  const lines = [request.method, header(request, 'content-md5') ?? '', header(request, 'content-type') ?? '', date]
  return `${lines.join('\n')}\n${canonicalHeaders(request)}${canonicalResource(request)}`
}

export const signV1 = (secret: string, stringToSign: ByteString): string =>
  createHmac('sha1', secret).update(stringToSign, 'latin1').digest('base64')

function canonicalHeaders(request: StoreRequest): ByteString {
  const names = Object.keys(request.headers).filter(name => name.startsWith('x-oss-'))
  return names
    .toSorted()
    .map(name => `${name}:${trimmed(header(request, name))}\n`)
    .join('')
}

function canonicalResource({ bucket, key, query }: StoreRequest): ByteString {
  const path = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`
  const pairs = [...query].filter(([name]) => isSubresource(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (pairs.length === 0) return path
  return `${path}?${pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')}`
}
