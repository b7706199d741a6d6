import { acceptCos, claimsCos, cosCredential } from '../auth/accept-cos.ts'
import { acceptSigV4, claimsSigV4, sigV4Credential, sigV4Proofs } from '../auth/accept-sigv4.ts'
import type { Dialect, Door } from '../dialect.ts'
import { xmlDocuments } from '../documents.ts'
import { showXmlError } from '../error-answer.ts'
import { handlers } from '../operations/handlers.ts'
import { GiB, KiB, MiB } from '../options.ts'
import { element } from '../xml.ts'
import { showGrants } from './acl.ts'
import { s3Codes, s3Errors } from './errors.ts'
import { s3Operations } from './operations.ts'

const shared = { operations: s3Operations, handlers, documents: xmlDocuments, showError: showXmlError, deletesNeedMd5: true, contentMd5: 'base64' } as const

const native: Door = {
  ...shared,
  prefix: 'x-cos-',
  claims: claimsCos,
  authenticate: acceptCos,
  credential: cosCredential,
  proofs: () => [],
}

const s3: Door = {
  ...shared,
  prefix: 'x-amz-',
  claims: claimsSigV4,
  authenticate: acceptSigV4,
  credential: sigV4Credential,
  proofs: sigV4Proofs,
}

/** Tencent Cloud COS. */
export const cosDialect: Dialect = {
  vendor: 'cos',
  defaultRegion: 'ap-guangzhou',
  server: 'tencent-cos',
  hosts: region => new RegExp(`^(?:(.+)\\.)?(?:cos|cos-internal)\\.${region}\\.(?:myqcloud|tencentcos)\\.(?:com|cn)$|^service\\.cos\\.myqcloud\\.com$`),
  endpointOf: region => `cos.${region}.myqcloud.com`,
  locationOf: region => region,
  // The name, a hyphen and the account's APPID.
  bucketName: /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?-\d{8,12}$/,
  doors: [s3, native],
  errors: {
    ...s3Errors,
    FileAlreadyExists: [409, 'The object you specified already exists and can not be overwritten.'],
    KeyTooLong: [400, 'Your key is too long.'],
    NotImplemented: [501, 'A header you provided implies functionality that is not implemented.'],
  },
  codes: { ...s3Codes, KeyTooLong: 'KeyTooLong' },
  keys: { maxBytes: 1024, fault: () => undefined },
  limits: { minPartBytes: MiB, maxPutBytes: 5 * GiB, maxCopyBytes: 5 * GiB, maxTags: 10 },
  metadata: { maxBytes: 2 * KiB, names: /^[a-z0-9-]+$/ },
  storageClasses: {
    all: ['STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE', 'MAZ_STANDARD', 'MAZ_STANDARD_IA'],
    archive: ['ARCHIVE', 'DEEP_ARCHIVE'],
    standard: 'STANDARD',
  },
  writes: { forbidOverwrite: true, conditions: false },
  lists: { defaultMaxKeys: 1000, refusesMore: false, alwaysNextMarker: true, urlEncoding: true, encodesToken: false },
  etags: { upper: false, ofTexts: false },
  crc32: false,
  lenientRanges: false,
  acl: { canned: ['private', 'public-read'], header: 'acl', show: showGrants },
  // bucket-appid.cos.region.myqcloud.com/key
  copySource: named => named.replace(/^\/?([^/.]+)(?:\.[^/]*)?\//, '$1/'),
  describeBucket: bucket => [
    element('Name', bucket.name),
    element('Location', bucket.region),
    element('CreationDate', new Date(bucket.createdMs).toISOString().replace(/\.\d+/, '')),
    element('BucketType', 'cos'),
  ],
  shows: {
    // The S3 door leaves it out, to be on the safe side: the documentation promises it for the native one.
    hashes: (prefix, { crc64 }) => (prefix === native.prefix ? { [`${prefix}hash-crc64ecma`]: crc64 } : {}),
    object: (prefix, { storageClass }) => (storageClass === 'STANDARD' ? {} : { [`${prefix}storage-class`]: storageClass }),
    entryType: () => '',
    entryRestore: () => '',
    part: () => '',
    copied: ({ crc64 }) => element('CRC64', crc64),
    completed: () => '',
  },
}
