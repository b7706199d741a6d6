import type { Operations } from '../dialect.ts'

const words = (...lines: readonly string[]): string[] => lines.join(' ').split(' ')

/** What all of the family have; what has no entry below is refused. */
const common: Operations = {
  bucket: {
    'HEAD ': 'HeadBucket',
    'GET location': 'GetBucketLocation',
    'GET uploads': 'ListMultipartUploads',
    'GET acl': 'GetBucketAcl',
    'POST delete': 'DeleteMultipleObjects',
    'PUT ': 'PutBucket',
    'DELETE ': 'DeleteBucket',
  },
  object: {
    'GET ': 'GetObject',
    'HEAD ': 'HeadObject',
    'GET uploadId': 'ListParts',
    'GET tagging': 'GetObjectTagging',
    'GET acl': 'GetObjectAcl',
    'PUT ': 'PutObject',
    'PUT  copy': 'CopyObject',
    'PUT uploadId': 'UploadPart',
    'PUT uploadId copy': 'UploadPartCopy',
    'PUT tagging': 'PutObjectTagging',
    'PUT acl': 'PutObjectAcl',
    'POST uploads': 'InitiateMultipartUpload',
    'POST uploadId': 'CompleteMultipartUpload',
    'POST restore': 'RestoreObject',
    'DELETE ': 'DeleteObject',
    'DELETE uploadId': 'AbortMultipartUpload',
    'DELETE tagging': 'DeleteObjectTagging',
  },
  subresources: words(
    'location uploads delete restore uploadId partNumber acl append tagging callback versions versionId versioning',
    'logging website cors lifecycle encryption policy inventory replication requestPayment',
  ),
}

export const ossOperations: Operations = {
  bucket: { ...without(common.bucket, 'HEAD '), 'GET bucketInfo': 'GetBucketInfo', 'GET stat': 'GetBucketStat' },
  object: {
    ...common.object,
    'HEAD objectMeta': 'GetObjectMeta',
    'GET objectMeta': 'GetObjectMeta',
    'GET symlink': 'GetSymlink',
    'PUT symlink': 'PutSymlink',
  },
  subresources: [
    ...words('bucketInfo stat symlink objectMeta'),
    ...common.subresources,
    ...words(
      'x-oss-process x-oss-async-process referer worm transferAcceleration cname asyncFetch cleanRestoredObject',
    ),
  ],
}

export const s3Operations: Operations = {
  ...common,
  bucket: { ...common.bucket, 'GET versioning': 'GetBucketVersioning' },
  subresources: [
    ...common.subresources,
    ...words('accelerate analytics attributes intelligent-tiering legal-hold metrics notification object-lock ownershipControls'),
    ...words('policyStatus publicAccessBlock retention select torrent'),
  ],
}

export function without<T>(record: Readonly<Record<string, T>>, ...names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
}
