import { objectStore } from '../../../object-store.ts'
import type { CosAddress } from '../addresses/cos.ts'
import { grantsToCanned } from '../acl.ts'
import { headFacts } from '../bucket-head.ts'
import { cosHmac } from '../cos-hmac.ts'
import type { Dialect, Target } from '../dialect.ts'
import { etagOf, md5OfEtag, toContentMd5, toCrc64 } from '../hashes.ts'
import { header } from '../../../http/headers.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { unquote } from '../listing.ts'
import { rawUtf8 } from '../../../http/metadata-text.ts'
import { cosRights } from '../rights.ts'
import { toTarget } from '../target.ts'
import { element } from '../../../http/xml.ts'
import { familyLimits } from './family.ts'

const KiB = 2 ** 10
const MiB = 2 ** 20
const GiB = 2 ** 30

/** Tencent Cloud COS by its own protocol, so that it states the CRC-64 of what it holds. */
export const cosDialect: Dialect<CosAddress> = {
  vendor: 'cos',
  target,
  signer: cosHmac,
  bareQuery: '',
  limits: { ...familyLimits, minPartBytes: MiB, maxKeyBytes: 850, maxMetadataBytes: 2 * KiB },
  // Put if absent: not in buckets whose versioning was ever switched on, where COS ignores it.
  abilities: { ...objectStore, putHashes: ['md5'], statedHashes: ['crc64', 'md5'] },
  keyFault,
  metadata: { prefix: 'x-cos-meta-', text: rawUtf8, names: /^[a-z0-9-]+$/ },
  storageClassHeader: 'x-cos-storage-class',
  listing: { version: 1, urlEncoding: true },
  reads: { headers: {}, rangeHeaders: {} },
  writes: { ifAbsent: { 'x-cos-forbid-overwrite': 'true' }, ifMatch: false, uploadChecksum: {} },
  tags: { header: 'x-cos-tagging', maxTags: 10, maxNameLength: 127, maxValueLength: 255, characters: /^[\p{L}\p{N} +\-=._:/@]*$/u },
  /** Nothing of an object's own: the bucket's rights are shown. */
  acl: { header: 'x-cos-acl', canned: ['private', 'public-read'], toCanned: grantsToCanned },
  archive: {
    isArchived: (headers) => /^(MAZ_)?(DEEP_)?ARCHIVE$/.test(header(headers, 'x-cos-storage-class') ?? ''),
    restoreHeader: 'x-cos-restore',
    request: (days) => `<RestoreRequest><Days>${days}</Days><CASJobParameters><Tier>Standard</Tier></CASJobParameters></RestoreRequest>`,
  },
  copies: {
    maxCopyBytes: 5 * GiB,
    sourceHeader: 'x-cos-copy-source',
    sourcePlace: ({ bucket, endpoint }) => `${bucket}.${new URL(endpoint).host}/`,
    replace: { 'x-cos-metadata-directive': 'Replaced', 'x-cos-tagging-directive': 'Replaced' },
    // Its reference has no forbid-overwrite for copies.
    conditional: false,
    parts: true,
  },
  rights: cosRights,
  facts: headFacts({ region: ['x-cos-bucket-region'] }),
  errors: {
    'Request has expired': 'clock-skew',
    EntitySizeNotMatch: 'premature-end',
    UserNetworkTooSlow: 'timeout',
    AccessForbidden: 'forbidden',
    PaymentRequired: { kind: 'forbidden', scope: 'address' },
    BucketNameTooLong: 'no-bucket',
  },
  hashes: {
    toHeaders: toContentMd5,
    fromHeaders: (headers) => ({
      ...toCrc64(header(headers, 'x-cos-hash-crc64ecma')),
      ...md5OfEtag(etagOf(headers), header(headers, 'x-cos-server-side-encryption')),
    }),
    fromXml: (xml) => ({ ...toCrc64(element(xml, 'CRC64')), ...md5OfEtag(unquote(element(xml, 'ETag') ?? '')) }),
  },
}

function keyFault(key: string): string | undefined {
  if (/^[/\\]/.test(key)) return 'COS holds no key that begins with "/" or "\\".'
  return /[\x18-\x1b]/.test(key) ? 'COS holds no key with the control characters 0x18 to 0x1b.' : undefined
}

function target(address: CosAddress): Target {
  const url = toEndpointUrl(address.endpoint ?? `https://cos.${address.region}.myqcloud.com`)
  return toTarget(address, {
    ...hostOf(url, address.bucket),
    endpoint: url.origin,
    region: address.region,
    credentials: {
      accessKeyId: address.secretId,
      secret: address.secretKey,
      ...(address.sessionToken && { token: address.sessionToken }),
    },
  })
}
