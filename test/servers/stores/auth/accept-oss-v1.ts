import { invalidArgument, StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import { checkNotExpired, checkSkew, checkToken, equal, knownKey, mismatch, noDate, type Lock } from './checks.ts'
import { ossTokens, signV1, stringToSignV1 } from './oss-v1.ts'

export function acceptHeaderV1(request: StoreRequest, authorization: string, lock: Lock): AccessKey {
  const parts = /^OSS ([^:\s]+):(\S+)$/.exec(authorization)
  if (!parts) throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000062')
  const [, id = '', signature = ''] = parts
  const date = header(request, 'x-oss-date') ?? header(request, 'date')
  if (date === undefined) throw noDate()
  const key = knownKey(id, lock)
  checkToken(request, key, lock, ossTokens)
  checkSkew(Date.parse(date), date, lock)
  checkV1(request, key, date, signature)
  return key
}

export function acceptQueryV1(request: StoreRequest, lock: Lock): AccessKey {
  const { query } = request
  const [id, expires, signature] = [query.get('OSSAccessKeyId'), query.get('Expires'), query.get('Signature')]
  if (!id || !expires || !signature) {
    const message = 'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters'
    throw new StoreError('AccessDenied', { message })
  }
  const key = knownKey(id, lock)
  checkToken(request, key, lock, ossTokens)
  checkNotExpired(Number(expires) * 1000, lock)
  checkV1(request, key, expires, signature)
  return key
}

function checkV1(request: StoreRequest, key: AccessKey, date: string, provided: string): void {
  const stringToSign = stringToSignV1(request, date)
  if (!equal(signV1(key.accessKeySecret, stringToSign), provided)) throw mismatch(key, provided, stringToSign, { ec: '0002-00000040' })
}
