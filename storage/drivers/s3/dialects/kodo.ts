import { kodoRegion, type KodoAddress } from '../../kodo/address.ts'
import type { Dialect, Target } from '../dialect.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { kodoRights } from '../rights.ts'
import { keyPair, toTarget } from '../target.ts'
import { s3Door } from './s3-door.ts'

/**
 * Qiniu KODO through its S3 door. Listings cannot be URL-encoded, and XML has no control characters, so keys with them are
 * refused; so are those that begin with "/", which the door does not keep apart. ETags may be Qiniu's own hash: none is taken for an MD5.
 */
export const kodoDialect: Dialect<KodoAddress> = {
  ...s3Door,
  vendor: 'kodo',
  target,
  abilities: { ...s3Door.abilities, statedHashes: [] },
  keyFault,
  listing: { version: 2, urlEncoding: false },
  rights: kodoRights,
  hashes: { ...s3Door.hashes, fromHeaders: () => ({}), fromXml: () => ({}) },
}

function keyFault(key: string): string | undefined {
  if (key.startsWith('/')) return 'The S3 door of KODO holds no key that begins with "/".'
  return /[\x00-\x1f\x7f\ufffe\uffff]/.test(key) ? 'The S3 door of KODO cannot list keys with control characters.' : undefined
}

function target(address: KodoAddress): Target {
  const url = toEndpointUrl(address.endpoint)
  return toTarget(address, {
    ...hostOf(url, address.bucket, true),
    endpoint: url.origin,
    region: kodoRegion(address) ?? '',
    credentials: keyPair(address),
  })
}
