import { timingSafeEqual } from 'node:crypto'
import type { ByteString } from '../bytes.ts'
import { StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'

/** What every kind of signature is checked against. */
export interface Lock {
  readonly region: string
  readonly now: number
  key(accessKeyId: string): AccessKey | undefined
}

export const maxSkewMs = 15 * 60_000

export function knownKey(id: string, lock: Lock): AccessKey {
  const key = lock.key(id)
  if (!key) throw new StoreError('InvalidAccessKeyId', { extra: { AccessKeyId: id } })
  return key
}

/** `names`: where a token may stand, as header or parameter. */
export function checkToken(request: StoreRequest, key: AccessKey, lock: Lock, names: readonly string[]): void {
  const token = names.map(name => header(request, name) ?? request.query.get(name)).find(Boolean)
  if (token !== key.securityToken) throw new StoreError('InvalidSecurityToken')
  if (key.expiresAtMs !== undefined && lock.now >= key.expiresAtMs) throw new StoreError('SecurityTokenExpired')
}

export function checkSkew(requestMs: number, text: string, lock: Lock): void {
  if (Number.isNaN(requestMs)) throw noDate()
  if (Math.abs(lock.now - requestMs) > maxSkewMs) throw skewed(text, lock)
}

export const noDate = (): StoreError =>
  new StoreError('AccessDenied', { message: 'Authentication requires a valid Date.', ec: '0002-00000501' })

export const skewed = (requestTime: string, lock: Lock): StoreError =>
  new StoreError('RequestTimeTooSkewed', {
    extra: {
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
      RequestTime: requestTime,
      ServerTime: new Date(lock.now).toISOString(),
    },
  })

export function checkNotExpired(expiresMs: number, lock: Lock): void {
  if (lock.now <= expiresMs) return
  const extra = { Expires: new Date(expiresMs || 0).toISOString(), ServerTime: new Date(lock.now).toISOString() }
  throw new StoreError('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069', extra })
}

export function mismatch(
  key: AccessKey,
  provided: string,
  stringToSign: ByteString,
  more: { readonly ec?: string; readonly extra?: Record<string, string> } = {},
): StoreError {
  const hex = Array.from(Buffer.from(stringToSign, 'latin1'), byte => byte.toString(16).toUpperCase().padStart(2, '0'))
  return new StoreError('SignatureDoesNotMatch', {
    ...more,
    extra: {
      AccessKeyId: key.accessKeyId,
      SignatureProvided: provided,
      StringToSign: stringToSign,
      StringToSignBytes: hex.join(' '),
      ...more.extra,
    },
  })
}

export const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))

/** 20261124T093000Z → milliseconds; NaN for anything else. */
export const parseTimestamp = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
