import type { Answer } from '../answer.ts'
import { authenticateOss } from '../auth/authenticate-oss.ts'
import type { Dialect, Door, ErrorRequest, Hashed, KnownError } from '../dialect.ts'
import { xmlDocuments } from '../documents.ts'
import { StoreError } from '../error.ts'
import { handlers } from '../operations/handlers.ts'
import { GiB, KiB } from '../options.ts'
import { document, element, node } from '../xml.ts'
import { ossOperations } from './operations.ts'
import { ossErrors } from './oss-errors.ts'

const door: Door = {
  prefix: 'x-oss-',
  claims: () => true,
  operations: ossOperations,
  handlers,
  authenticate: authenticateOss,
  credential: ({ headers, query }) => [headers.authorization, query.get('x-oss-credential'), query.get('OSSAccessKeyId')],
  documents: xmlDocuments,
  showError,
  proofs: () => [],
  deletesNeedMd5: true,
  contentMd5: 'base64',
}

/** Alibaba Cloud OSS. */
export const ossDialect: Dialect = {
  vendor: 'oss',
  defaultRegion: 'cn-hangzhou',
  server: 'AliyunOSS',
  hosts: region => new RegExp(`^(?:(.+)\\.)?oss-${region}(?:-internal)?\\.aliyuncs\\.com$`),
  endpointOf: region => `oss-${region}.aliyuncs.com`,
  locationOf: region => `oss-${region}`,
  bucketName: /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  doors: [door],
  errors: ossErrors,
  codes: { BadDigest: 'InvalidDigest', KeyTooLong: 'InvalidObjectName' },
  keys: { maxBytes: 1023, fault: key => (/^[/\\]/.test(key) ? new StoreError('InvalidObjectName') : undefined) },
  // OSS copies more where neither bucket nor storage class changes; a client that relies on it would fail elsewhere.
  limits: { minPartBytes: 100 * KiB, maxPutBytes: 5 * GiB, maxCopyBytes: GiB, maxTags: 10 },
  // Letters, digits and hyphens: not even an underscore.
  metadata: { maxBytes: 8 * KiB, names: /^[a-z0-9-]+$/ },
  storageClasses: {
    all: ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'],
    archive: ['Archive', 'ColdArchive', 'DeepColdArchive'],
    standard: 'Standard',
  },
  writes: { forbidOverwrite: true, conditions: false },
  lists: { defaultMaxKeys: 100, refusesMore: true, alwaysNextMarker: true, urlEncoding: true, encodesToken: true },
  etags: { upper: true, ofTexts: true },
  crc32: false,
  lenientRanges: true,
  acl: {
    canned: ['private', 'public-read', 'public-read-write'],
    header: 'object-acl',
    show: canned => element('Grant', canned ?? 'default'),
  },
  copySource: named => named,
  describeBucket: bucket => [
    element('CreationDate', new Date(bucket.createdMs).toISOString()),
    element('ExtranetEndpoint', `oss-${bucket.region}.aliyuncs.com`),
    element('IntranetEndpoint', `oss-${bucket.region}-internal.aliyuncs.com`),
    element('Location', `oss-${bucket.region}`),
    element('Name', bucket.name),
    element('Region', bucket.region),
    element('StorageClass', bucket.storageClass),
  ],
  shows: {
    hashes: (prefix, { etag, crc64 }, moment) => ({
      [`${prefix}hash-crc64ecma`]: crc64,
      ...(moment === 'put' && { 'Content-MD5': md5Header(etag) }),
    }),
    object: (prefix, link, object) => ({
      [`${prefix}object-type`]: link.type,
      [`${prefix}storage-class`]: link.storageClass,
      ...(object.type === 'Normal' && { 'Content-MD5': md5Header(object.etag) }),
    }),
    entryType: object => element('Type', object.type),
    entryRestore: restore => element('RestoreInfo', restore),
    part: part => element('HashCrc64ecma', part.crc64),
    copied: () => '',
    completed: () => '',
  },
}

const md5Header = (etag: Hashed['etag']): string => Buffer.from(etag, 'hex').toString('base64')

/** A document, or for HEAD the same document in base64 in `x-oss-err`. */
function showError({ code, status, message, extra, headers }: KnownError, { method, requestId, host }: ErrorRequest): Answer {
  const more = Object.entries(extra).map(([name, value]) => element(name === 'AccessKeyId' ? 'OSSAccessKeyId' : name, value))
  const words = [element('Code', code), element('Message', message), element('RequestId', requestId)]
  const xml = document(node('Error', ...words, element('HostId', host.replace(/:\d+$/, '')), ...more))
  const ec = extra['EC']
  const all = { ...headers, ...(ec !== undefined && { 'x-oss-ec': ec }) }
  if (method === 'HEAD') return { status, headers: { ...all, 'x-oss-err': xml.toString('base64'), 'Content-Length': '0' } }
  return { status, headers: { ...all, 'Content-Type': 'application/xml' }, body: xml }
}
