import { acceptSigV4, sigV4Credential, sigV4Proofs } from '../auth/accept-sigv4.ts'
import type { Dialect, Door } from '../dialect.ts'
import { xmlDocuments } from '../documents.ts'
import { StoreError } from '../error.ts'
import { showXmlError } from '../error-answer.ts'
import { handlers } from '../operations/handlers.ts'
import { GiB, KiB, MiB } from '../options.ts'
import { element } from '../xml.ts'
import { showGrants } from './acl.ts'
import { s3Codes, s3Errors } from './errors.ts'
import { downloadDoor } from './kodo/download.ts'
import { managementDoor } from './kodo/management.ts'
import { uploadDoor } from './kodo/upload.ts'
import { s3Operations } from './operations.ts'

const s3: Door = {
  prefix: 'x-amz-',
  claims: () => true,
  operations: s3Operations,
  handlers,
  documents: xmlDocuments,
  authenticate: (request, lock) => {
    // Qiniu names the native door for these.
    if (request.key?.startsWith('/')) throw new StoreError('InvalidObjectName')
    return acceptSigV4(request, lock)
  },
  credential: sigV4Credential,
  showError: showXmlError,
  proofs: sigV4Proofs,
  deletesNeedMd5: true,
  contentMd5: 'base64',
}

/** Qiniu KODO. */
export const kodoDialect: Dialect = {
  vendor: 'kodo',
  defaultRegion: 'cn-east-1',
  server: 'openresty',
  hosts: region => new RegExp(`^(?:(.+)\\.)?s3[.-]${region}\\.qiniucs\\.com$`),
  endpointOf: region => `s3.${region}.qiniucs.com`,
  locationOf: region => region,
  bucketName: /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  doors: [downloadDoor, managementDoor, uploadDoor, s3],
  errors: s3Errors,
  codes: s3Codes,
  keys: { maxBytes: 1024, fault: () => undefined },
  limits: { minPartBytes: MiB, maxPutBytes: 5 * GiB, maxCopyBytes: 5 * GiB, maxTags: 10 },
  metadata: { maxBytes: 2 * KiB, names: /^[\x21-\x7e]+$/ },
  storageClasses: {
    all: ['STANDARD', 'LINE', 'GLACIER', 'DEEP_ARCHIVE'],
    archive: ['GLACIER', 'DEEP_ARCHIVE'],
    standard: 'STANDARD',
  },
  writes: { forbidOverwrite: false, conditions: false },
  lists: { defaultMaxKeys: 1000, refusesMore: false, alwaysNextMarker: true, urlEncoding: false, encodesToken: false },
  etags: { upper: false, ofTexts: false },
  crc32: false,
  lenientRanges: false,
  acl: { canned: ['private', 'public-read', 'public-read-write'], header: 'acl', show: showGrants },
  copySource: named => named,
  describeBucket: bucket => [
    element('Name', bucket.name),
    element('CreationDate', new Date(bucket.createdMs).toISOString()),
  ],
  shows: {
    hashes: () => ({}),
    object: (prefix, { storageClass }) => (storageClass === 'STANDARD' ? {} : { [`${prefix}storage-class`]: storageClass }),
    entryType: () => '',
    entryRestore: () => '',
    part: () => '',
    copied: () => '',
    completed: () => '',
  },
}
