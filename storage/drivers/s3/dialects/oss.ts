import type { Hashes } from '../../../storage.ts'
import { objectStore } from '../../../object-store.ts'
import type { OssAddress } from '../addresses/oss.ts'
import { wordToCanned } from '../acl.ts'
import { restoreRequest } from '../archive.ts'
import type { Dialect, Target } from '../dialect.ts'
import { etagOf, md5OfEtag, toContentMd5, toCrc64 } from '../hashes.ts'
import { header, type ReceivedHeaders } from '../../../http/headers.ts'
import { hostOf, toEndpointUrl } from '../host.ts'
import { unquote } from '../listing.ts'
import { rawUtf8 } from '../../../http/metadata-text.ts'
import { oss4 } from '../oss4.ts'
import { toTarget } from '../target.ts'
import { element } from '../../../http/xml.ts'
import { ossRights } from '../rights.ts'
import { familyLimits } from './family.ts'

const KiB = 2 ** 10
const GiB = 2 ** 30

/** Alibaba Cloud OSS by its own protocol: OSS4-HMAC-SHA256, `x-oss-` headers, CRC-64/XZ stated with every answer. */
export const ossDialect: Dialect<OssAddress> = {
  vendor: 'oss',
  target,
  signer: (target) => oss4(target.region),
  bareQuery: '',
  limits: { ...familyLimits, minPartBytes: 100 * KiB, maxKeyBytes: 1023, maxMetadataBytes: 8 * KiB },
  abilities: { ...objectStore, putHashes: ['md5'], statedHashes: ['crc64', 'md5'] },
  keyFault: (key) => (/^[/\\]/.test(key) ? 'OSS holds no key that begins with "/" or "\\".' : undefined),
  metadata: { prefix: 'x-oss-meta-', text: rawUtf8, names: /^[a-z0-9-]+$/ },
  storageClassHeader: 'x-oss-storage-class',
  listing: { version: 2, urlEncoding: true, tokenEncoded: true, lookAtType: 'Symlink' },
  reads: { headers: {}, rangeHeaders: { 'x-oss-range-behavior': 'standard' } },
  writes: { ifAbsent: { 'x-oss-forbid-overwrite': 'true' }, ifMatch: false, uploadChecksum: {} },
  errors: { AccessDenied: { kind: 'forbidden', addressCodes: { source: 'OssAccessDenied', destination: 'OssAccessDenied' } } },
  tags: { header: 'x-oss-tagging', maxTags: 10, characters: /^[\p{L}\p{N} +\-=._:/]*$/u },
  acl: { header: 'x-oss-object-acl', toCanned: wordToCanned },
  archive: {
    isArchived: (headers) => header(headers, 'x-oss-storage-class')?.endsWith('Archive') ?? false,
    restoreHeader: 'x-oss-restore',
    request: restoreRequest,
  },
  copies: {
    maxCopyBytes: GiB,
    sourceHeader: 'x-oss-copy-source',
    replace: { 'x-oss-metadata-directive': 'REPLACE', 'x-oss-tagging-directive': 'Replace' },
    conditional: true,
    parts: true,
    isLink: (headers) => header(headers, 'x-oss-object-type') === 'Symlink',
  },
  rights: ossRights,
  facts: async (address) => await (await import('../facts.ts')).ossFacts(address),
  hashes: {
    toHeaders: toContentMd5,
    fromHeaders: (headers) => ({ ...toCrc64(header(headers, 'x-oss-hash-crc64ecma')), ...statedMd5(headers) }),
    fromXml: (xml) => ({ ...toCrc64(element(xml, 'HashCrc64ecma')), ...md5OfEtag(unquote(element(xml, 'ETag') ?? '')) }),
  },
}

/** Appendable objects have 32 hex digits that are no MD5. */
function statedMd5(headers: ReceivedHeaders): Hashes {
  if ((header(headers, 'x-oss-object-type') ?? 'Normal') !== 'Normal') return {}
  return md5OfEtag(etagOf(headers), header(headers, 'x-oss-server-side-encryption'))
}

function target(address: OssAddress): Target {
  const url = toEndpointUrl(address.endpoint)
  return toTarget(address, {
    ...hostForm(url, address),
    endpoint: url.origin,
    region: address.region.replace(/^oss-/, ''),
    credentials: {
      accessKeyId: address.accessKeyId,
      secret: address.accessKeySecret,
      ...(address.securityToken && { token: address.securityToken }),
    },
  })
}

function hostForm(url: URL, { bucket, cname }: OssAddress): { origin: string; basePath: string } {
  return cname ? { origin: url.origin, basePath: '' } : hostOf(url, bucket)
}
