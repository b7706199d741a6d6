import { invalidArgument, OssError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type OssRequest } from '../request.ts'
import { checkNotExpired, checkSkew, checkToken, equal, knownKey, mismatch, noDate, type Door } from './checks.ts'
import { signV1, stringToSignV1 } from './v1.ts'

export function acceptHeaderV1(request: OssRequest, authorization: string, door: Door): AccessKey {
  const parts = /^OSS ([^:\s]+):(\S+)$/.exec(authorization)
  if (!parts) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000062')
  const [, id = '', signature = ''] = parts
  const date = header(request, 'x-oss-date') ?? header(request, 'date')
  if (date === undefined) throw noDate()
  const key = knownKey(id, door)
  checkToken(request, key, door)
  checkSkew(Date.parse(date), date, door)
  checkV1(request, key, date, signature)
  return key
}

export function acceptQueryV1(request: OssRequest, door: Door): AccessKey {
  const { query } = request
  const [id, expires, signature] = [query.get('OSSAccessKeyId'), query.get('Expires'), query.get('Signature')]
  if (!id || !expires || !signature) {
    const message = 'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters'
    throw new OssError('AccessDenied', { message })
  }
  const key = knownKey(id, door)
  checkToken(request, key, door)
  checkNotExpired(Number(expires) * 1000, door)
  checkV1(request, key, expires, signature)
  return key
}

function checkV1(request: OssRequest, key: AccessKey, date: string, provided: string): void {
  const stringToSign = stringToSignV1(request, date)
  if (!equal(signV1(key.accessKeySecret, stringToSign), provided)) throw mismatch(key, provided, stringToSign, '0002-00000040')
}
