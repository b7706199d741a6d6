import { timingSafeEqual } from 'node:crypto'
import type { ByteString } from '../bytes.ts'
import { OssError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type OssRequest } from '../request.ts'

/** What every kind of signature is checked against. */
export interface Door {
  readonly region: string
  readonly now: number
  key(accessKeyId: string): AccessKey | undefined
}

export const maxSkewMs = 15 * 60_000

export function knownKey(id: string, door: Door): AccessKey {
  const key = door.key(id)
  if (!key) throw new OssError('InvalidAccessKeyId', { extra: { OSSAccessKeyId: id } })
  return key
}

export function checkToken(request: OssRequest, key: AccessKey, door: Door): void {
  const token = ['x-oss-security-token', 'security-token']
    .map(name => header(request, name) ?? request.query.get(name))
    .find(Boolean)
  if (token !== key.securityToken) throw new OssError('InvalidSecurityToken')
  if (key.expiresAtMs !== undefined && door.now >= key.expiresAtMs) throw new OssError('SecurityTokenExpired')
}

export function checkSkew(requestMs: number, text: string, door: Door): void {
  if (Number.isNaN(requestMs)) throw noDate()
  if (Math.abs(door.now - requestMs) > maxSkewMs) throw skewed(text, door)
}

export const noDate = (): OssError =>
  new OssError('AccessDenied', { message: 'OSS authentication requires a valid Date.', ec: '0002-00000501' })

export const skewed = (requestTime: string, door: Door): OssError =>
  new OssError('RequestTimeTooSkewed', {
    extra: {
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
      RequestTime: requestTime,
      ServerTime: new Date(door.now).toISOString(),
    },
  })

export function checkNotExpired(expiresMs: number, door: Door): void {
  if (door.now <= expiresMs) return
  const extra = { Expires: new Date(expiresMs || 0).toISOString(), ServerTime: new Date(door.now).toISOString() }
  throw new OssError('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069', extra })
}

export function mismatch(
  key: AccessKey,
  provided: string,
  stringToSign: ByteString,
  ec: string,
  extra: Record<string, string> = {},
): OssError {
  const bytes = Array.from(Buffer.from(stringToSign, 'latin1'), byte => byte.toString(16).toUpperCase().padStart(2, '0')).join(
    ' ',
  )
  return new OssError('SignatureDoesNotMatch', {
    ec,
    extra: {
      OSSAccessKeyId: key.accessKeyId,
      SignatureProvided: provided,
      StringToSign: stringToSign,
      StringToSignBytes: bytes,
      ...extra,
    },
  })
}

export const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
