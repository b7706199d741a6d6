import { bosRegion, type BosAddress } from '../addresses/bos.ts'
import { grantsToCanned } from '../acl.ts'
import type { Dialect, Target } from '../dialect.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { bosRights } from '../rights.ts'
import { keyPair, toTarget } from '../target.ts'
import { s3Door } from './s3-door.ts'

const GiB = 2 ** 30
const TiB = 2 ** 40

/**
 * Baidu BOS through its S3 door, which has no session tokens. Its documentation promises no conditional writes and no
 * `x-amz-checksum-` headers.
 */
export const bosDialect: Dialect<BosAddress> = {
  ...s3Door,
  vendor: 'bos',
  target,
  limits: { ...s3Door.limits, maxObjectBytes: 5 * TiB },
  keyFault,
  listing: { version: 1, urlEncoding: true },
  acl: { header: 'x-amz-acl', canned: ['private', 'public-read'], toCanned: grantsToCanned },
  copies: {
    maxCopyBytes: 5 * GiB,
    sourceHeader: 'x-amz-copy-source',
    replace: { 'x-amz-metadata-directive': 'REPLACE' },
    conditional: false,
    // The list of what this door has names copies of objects, none of parts.
    parts: false,
  },
  rights: bosRights,
  errors: { RequestExpired: 'clock-skew', InvalidHTTPAuthHeader: 'bad-access-key', OptInRequired: { kind: 'forbidden', scope: 'address' } },
}

/** By Baidu's SDKs, which refuse these themselves. */
function keyFault(key: string): string | undefined {
  if (key.startsWith('/')) return 'BOS holds no key that begins with "/".'
  if (/^v1\/?$/i.test(key)) return 'BOS holds no key "v1": its URLs begin with that.'
  return key.split('/').some((name) => name === '.' || name === '..') ? 'BOS holds no key with "." or ".." between slashes.' : undefined
}

/** New buckets answer only as virtual hosts. The native endpoint, which the console shows, has its S3 door before it. */
function target(address: BosAddress): Target {
  const url = toEndpointUrl(address.endpoint)
  if (/^[a-z0-9]+\.bcebos\.com$/.test(url.hostname)) url.hostname = `s3.${url.hostname}`
  return toTarget(address, {
    ...hostOf(url, address.bucket),
    endpoint: url.origin,
    region: bosRegion(address) ?? '',
    credentials: keyPair(address),
  })
}
