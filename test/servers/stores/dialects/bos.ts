import type { Answer } from '../answer.ts'
import { acceptBce, bceCredential, bceProofs, claimsBce } from '../auth/accept-bce.ts'
import { acceptSigV4, claimsSigV4, sigV4Credential, sigV4Proofs } from '../auth/accept-sigv4.ts'
import type { Dialect, Door, ErrorRequest, KnownError } from '../dialect.ts'
import { xmlDocuments } from '../documents.ts'
import { StoreError } from '../error.ts'
import { showXmlError } from '../error-answer.ts'
import { handlers } from '../operations/handlers.ts'
import { GiB, KiB, MiB } from '../options.ts'
import type { StoreRequest } from '../request.ts'
import { element } from '../xml.ts'
import { showGrants } from './acl.ts'
import { bceDocuments } from './bce-documents.ts'
import { bceHandlers } from './bce-handlers.ts'
import { s3Codes, s3Errors } from './errors.ts'
import { s3Operations, without } from './operations.ts'

const native: Door = {
  prefix: 'x-bce-',
  claims: claimsBce,
  operations: s3Operations,
  handlers: bceHandlers,
  documents: bceDocuments,
  authenticate: (request, lock) => acceptBce(atHost(request, isS3Host(request.host) !== true), lock),
  credential: bceCredential,
  showError: showJsonError,
  proofs: bceProofs,
  deletesNeedMd5: false,
  contentMd5: 'base64',
}

const s3: Door = {
  prefix: 'x-amz-',
  claims: claimsSigV4,
  // Copies of parts are not in the documentation of this door.
  operations: { ...s3Operations, object: without(s3Operations.object, 'PUT uploadId copy') },
  handlers,
  documents: xmlDocuments,
  // Session tokens are not known here.
  authenticate: (request, lock) => acceptSigV4(atHost(request, isS3Host(request.host) !== false), lock),
  credential: sigV4Credential,
  showError: showXmlError,
  proofs: sigV4Proofs,
  deletesNeedMd5: true,
  contentMd5: 'base64',
}

/** Whether a real name is that of the S3 door; undefined for names of this machine, which stand for both. */
const isS3Host = (host: string): boolean | undefined =>
  /\.bcebos\.com(?::\d+)?$/i.test(host) ? /(?:^|\.)s3\.[a-z]+\.bcebos\.com/i.test(host) : undefined

function atHost(request: StoreRequest, right: boolean): StoreRequest {
  if (!right) throw new StoreError('AccessDenied', { message: 'This kind of signature is not known at this host.' })
  return request
}

/** Baidu BOS. */
export const bosDialect: Dialect = {
  vendor: 'bos',
  defaultRegion: 'bj',
  server: 'BceBos',
  hosts: region => new RegExp(`^(?:([^.]+)\\.)??(?:s3\\.)?${region}\\.bcebos\\.com$`),
  endpointOf: region => `${region}.bcebos.com`,
  locationOf: region => region,
  bucketName: /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  doors: [s3, native],
  errors: {
    ...s3Errors,
    InappropriateJSON: [400, 'The JSON you provided was well-formed and valid, but not appropriate for this operation.'],
    InvalidHTTPAuthHeader: [400, 'The HTTP authorization header is invalid.'],
    MalformedJSON: [400, 'The JSON you provided was not well-formed.'],
    RequestExpired: [400, 'Request has expired.'],
  },
  codes: { ...s3Codes, FileAlreadyExists: 'PreconditionFailed' },
  keys: { maxBytes: 1024, fault: key => (isForbidden(key) ? new StoreError('InvalidObjectName') : undefined) },
  limits: { minPartBytes: 5 * MiB, maxPutBytes: 5 * GiB, maxCopyBytes: 5 * GiB, maxTags: 10 },
  metadata: { maxBytes: 2 * KiB, names: /^[\x21-\x7e]+$/ },
  storageClasses: {
    all: ['STANDARD', 'STANDARD_IA', 'COLD', 'ARCHIVE', 'MAZ_STANDARD', 'MAZ_STANDARD_IA', 'MAZ_COLD'],
    archive: ['ARCHIVE'],
    standard: 'STANDARD',
  },
  writes: { forbidOverwrite: true, conditions: true },
  lists: { defaultMaxKeys: 1000, refusesMore: false, alwaysNextMarker: true, urlEncoding: true, encodesToken: false },
  etags: { upper: false, ofTexts: false },
  crc32: true,
  lenientRanges: false,
  acl: { canned: ['private', 'public-read'], header: 'acl', show: showGrants },
  copySource: named => named,
  describeBucket: bucket => [
    element('Name', bucket.name),
    element('Location', bucket.region),
    element('CreationDate', new Date(bucket.createdMs).toISOString()),
  ],
  shows: {
    hashes: (prefix, { crc32 }) => (prefix === native.prefix && crc32 !== undefined ? { [`${prefix}content-crc32`]: crc32 } : {}),
    object: (prefix, { storageClass }) => ({ [`${prefix}storage-class`]: storageClass }),
    entryType: () => '',
    entryRestore: () => '',
    part: () => '',
    copied: () => '',
    completed: () => '',
  },
}

/** What Baidu's own SDK says that the service refuses. */
const isForbidden = (key: string): boolean =>
  key.startsWith('/') || /^v1\/?$/i.test(key) || key.split('/').some(segment => segment === '.' || segment === '..')

function showJsonError({ code, message, status, headers }: KnownError, { method, requestId }: ErrorRequest): Answer {
  if (method === 'HEAD') return { status, headers: { ...headers, 'Content-Length': '0' } }
  const body = Buffer.from(JSON.stringify({ code, message, requestId }))
  return { status, headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' }, body }
}
