import { objectStore } from '../../../object-store.ts'
import type { S3Address } from '../addresses/s3.ts'
import { grantsToCanned } from '../acl.ts'
import { restoreRequest } from '../archive.ts'
import type { Dialect, Target } from '../dialect.ts'
import { amzChecksums, etagOf, md5OfEtag, toAmzChecksum, toContentMd5 } from '../hashes.ts'
import { header } from '../../../http/headers.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { unquote } from '../listing.ts'
import { anyName } from '../../../http/metadata.ts'
import { rfc2047 } from '../../../http/metadata-text.ts'
import { presets, withPreset } from '../presets.ts'
import { s3Rights } from '../rights.ts'
import { sigV4 } from '../sigv4.ts'
import { toTarget } from '../target.ts'
import { element } from '../../../http/xml.ts'
import { familyLimits } from './family.ts'

const KiB = 2 ** 10
const MiB = 2 ** 20
const GiB = 2 ** 30

/** Amazon S3, and any store that speaks its protocol. */
export const s3Dialect: Dialect<S3Address> = {
  vendor: 's3',
  target,
  signer: (target) => sigV4(target.region),
  bareQuery: '=',
  limits: { ...familyLimits, minPartBytes: 5 * MiB, maxKeyBytes: 1024, maxMetadataBytes: 2 * KiB },
  abilities: { ...objectStore, putHashes: ['crc32', 'crc32c', 'md5'], statedHashes: ['md5'] },
  keyFault: () => undefined,
  metadata: { prefix: 'x-amz-meta-', text: rfc2047, names: anyName },
  storageClassHeader: 'x-amz-storage-class',
  listing: { version: 2, urlEncoding: true },
  reads: { headers: { 'x-amz-checksum-mode': 'ENABLED' }, rangeHeaders: {} },
  writes: {
    ifAbsent: { 'if-none-match': '*' },
    ifMatch: true,
    uploadChecksum: { 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': 'FULL_OBJECT' },
  },
  tags: { header: 'x-amz-tagging', maxTags: 10, characters: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  acl: { header: 'x-amz-acl', usual: 'private', toCanned: grantsToCanned },
  archive: {
    isArchived: (headers) => /^(GLACIER|DEEP_ARCHIVE)$/.test(header(headers, 'x-amz-storage-class') ?? ''),
    restoreHeader: 'x-amz-restore',
    request: restoreRequest,
  },
  copies: {
    maxCopyBytes: 5 * GiB,
    sourceHeader: 'x-amz-copy-source',
    replace: { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-tagging-directive': 'REPLACE' },
    // Amazon obeys the conditions of writes here too, since 2025; others ignore them.
    conditional: false,
    parts: true,
  },
  rights: s3Rights,
  facts: async (address) => await (await import('../facts.ts')).s3Facts(address),
  hashes: {
    toHeaders: (hashes) => ({ ...toAmzChecksum(hashes), ...toContentMd5(hashes) }),
    partHash: 'crc32',
    fromHeaders: (headers) => ({
      ...md5OfEtag(etagOf(headers), encryptionOf(headers)),
      ...(header(headers, 'content-range') === undefined && amzChecksums((name) => header(headers, checksumHeaders[name]))),
    }),
    fromXml: (xml) => ({
      ...md5OfEtag(unquote(element(xml, 'ETag') ?? '')),
      ...amzChecksums((name) => element(xml, `Checksum${name.toUpperCase()}`)),
    }),
  },
}

const checksumHeaders = { crc32: 'x-amz-checksum-crc32', crc32c: 'x-amz-checksum-crc32c' } as const

export const s3DialectFor = ({ preset }: S3Address): Dialect<S3Address> => withPreset(s3Dialect, preset)

function encryptionOf(headers: Parameters<typeof header>[0]): string | undefined {
  const customer = header(headers, 'x-amz-server-side-encryption-customer-algorithm')
  return customer === undefined ? header(headers, 'x-amz-server-side-encryption') : 'customer-kms'
}

function target(address: S3Address): Target {
  const preset = address.preset && presets[address.preset]
  const region = address.region ?? preset?.region ?? ''
  const url = toEndpointUrl(address.endpoint ?? preset?.endpoint?.replace('{region}', region) ?? amazonEndpoint(region))
  return toTarget(address, {
    ...hostOf(url, address.bucket, address.pathStyle ?? (address.bucket.includes('.') || preset?.pathStyle || undefined)),
    endpoint: url.origin,
    region,
    ...(address.accessKeyId !== undefined && {
      credentials: {
        accessKeyId: address.accessKeyId,
        secret: address.secretAccessKey ?? '',
        ...(address.sessionToken && { token: address.sessionToken }),
      },
    }),
  })
}

function amazonEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}
