import { acceptKss, claimsKss, kssCredential } from '../auth/accept-kss.ts'
import { acceptSigV4, claimsSigV4, sigV4Credential, sigV4Proofs } from '../auth/accept-sigv4.ts'
import type { Dialect, Door } from '../dialect.ts'
import { StoreError } from '../error.ts'
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
  prefix: 'x-kss-',
  claims: claimsKss,
  authenticate: acceptKss,
  credential: kssCredential,
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

/** Kingsoft Cloud KS3. Signatures name regions otherwise than hosts do. */
const hostRegions: Readonly<Record<string, string>> = {
  BEIJING: 'cn-beijing',
  SHANGHAI: 'cn-shanghai',
  GUANGZHOU: 'cn-guangzhou',
  HONGKONG: 'cn-hk-1',
  SINGAPORE: 'sgp',
}
const hostRegion = (region: string): string => hostRegions[region] ?? region.toLowerCase()

export const ks3Dialect: Dialect = {
  vendor: 'ks3',
  defaultRegion: 'BEIJING',
  server: 'ks3',
  hosts: region => new RegExp(`^(?:(.+)\\.)?ks3-${hostRegion(region)}(?:-internal)?\\.(?:ksyuncs|ksyun)\\.com$`),
  endpointOf: region => `ks3-${hostRegion(region)}.ksyuncs.com`,
  locationOf: region => region,
  bucketName: /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  doors: [s3, native],
  errors: { ...s3Errors, FileAlreadyExists: [409, 'The object you specified already exists and can not be overwritten.'] },
  codes: s3Codes,
  keys: {
    maxBytes: 1024,
    fault: key => (/@base@|@style@/.test(key) ? new StoreError('InvalidObjectName') : undefined),
  },
  limits: { minPartBytes: 5 * MiB, maxPutBytes: 5 * GiB, maxCopyBytes: 5 * GiB, maxTags: 10 },
  metadata: { maxBytes: 2 * KiB, names: /^[\x21-\x7e]+$/ },
  storageClasses: {
    all: ['STANDARD', 'STANDARD_IA', 'DEEP_IA', 'ARCHIVE', 'DEEP_COLD_ARCHIVE'],
    archive: ['ARCHIVE', 'DEEP_COLD_ARCHIVE'],
    standard: 'STANDARD',
  },
  writes: { forbidOverwrite: true, conditions: false },
  lists: { defaultMaxKeys: 1000, refusesMore: false, alwaysNextMarker: false, urlEncoding: true, encodesToken: false },
  etags: { upper: false, ofTexts: false },
  crc32: false,
  lenientRanges: false,
  acl: { canned: ['private', 'public-read', 'public-read-write'], header: 'acl', show: showGrants },
  // Form-encoded, as Kingsoft's own SDK writes it.
  copySource: named => named.replaceAll('+', '%20'),
  describeBucket: bucket => [
    element('Name', bucket.name),
    element('CreationDate', new Date(bucket.createdMs).toISOString()),
    element('Region', bucket.region),
    element('Type', 'NORMAL'),
  ],
  shows: {
    // What the S3 door states of objects that are read is not documented.
    hashes: (prefix, { crc64 }, moment) =>
      prefix === s3.prefix && (moment === 'read' || moment === 'copy') ? {} : { [`${prefix}checksum-crc64ecma`]: crc64 },
    object: (prefix, { storageClass }) => ({ [`${prefix}storage-class`]: storageClass }),
    entryType: () => '',
    entryRestore: () => '',
    part: () => '',
    copied: () => '',
    completed: ({ crc64 }) => element('ChecksumCRC64ECMA', crc64),
  },
}
