import { ks3Region, type Ks3Address } from '../addresses/ks3.ts'
import { grantsToCanned } from '../acl.ts'
import { restoreRequest } from '../archive.ts'
import { headFacts } from '../bucket-head.ts'
import type { Dialect, Target } from '../dialect.ts'
import { toCrc64 } from '../hashes.ts'
import { header, type ReceivedHeaders } from '../../../http/headers.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { ks3Rights } from '../rights.ts'
import { keyPair, toTarget } from '../target.ts'
import { s3Door } from './s3-door.ts'

const GiB = 2 ** 30
/** KS3 takes no more; asked again it counts anew. */
const maxRestoreDays = 7

/**
 * Kingsoft KS3, signed as S3: it answers with `x-amz-` headers then, and states the CRC-64 of what it holds. Its SDKs know
 * `forbid-overwrite` only under the native prefix, so an object is looked for before. Whether HEAD of a bucket names its class is
 * not known: the header is the one that making a bucket takes.
 */
export const ks3Dialect: Dialect<Ks3Address> = {
  ...s3Door,
  vendor: 'ks3',
  target,
  abilities: { ...s3Door.abilities, statedHashes: ['crc64', 'md5'] },
  listing: { version: 1, urlEncoding: true },
  acl: { header: 'x-amz-acl', toCanned: grantsToCanned },
  archive: {
    isArchived: (headers) => /^(DEEP_COLD_)?ARCHIVE$/.test(header(headers, 'x-amz-storage-class') ?? ''),
    restoreHeader: 'x-amz-restore',
    request: (days) => restoreRequest(Math.min(days, maxRestoreDays)),
  },
  copies: {
    maxCopyBytes: 5 * GiB,
    sourceHeader: 'x-amz-copy-source',
    replace: { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-tagging-directive': 'REPLACE' },
    conditional: false,
    parts: true,
  },
  rights: ks3Rights,
  facts: headFacts({ storageClass: ['x-amz-bucket-type', 'x-kss-bucket-type'] }),
  errors: { InvalidAccessKey: 'bad-access-key', URLExpired: 'clock-skew', RequestExpired: 'clock-skew' },
  hashes: {
    ...s3Door.hashes,
    fromHeaders: (headers) => ({ ...s3Door.hashes.fromHeaders(headers), ...toCrc64(crc64Of(headers)) }),
  },
}

const crc64Of = (headers: ReceivedHeaders): string | undefined =>
  header(headers, 'x-amz-checksum-crc64ecma') ?? header(headers, 'x-kss-checksum-crc64ecma')

function target(address: Ks3Address): Target {
  const url = toEndpointUrl(address.endpoint)
  return toTarget(address, {
    ...hostOf(url, address.bucket),
    endpoint: url.origin,
    region: ks3Region(address) ?? '',
    credentials: keyPair(address),
  })
}
