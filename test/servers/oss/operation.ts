import type { OssRequest } from './request.ts'

export const readOperations = [
  'ListBuckets',
  'GetBucketInfo',
  'GetBucketLocation',
  'GetBucketStat',
  'ListObjects',
  'ListObjectsV2',
  'ListMultipartUploads',
  'ListParts',
  'GetObject',
  'HeadObject',
  'GetObjectMeta',
  'GetSymlink',
  'GetObjectTagging',
  'GetObjectAcl',
  'GetBucketAcl',
] as const
export const writeOperations = [
  'PutBucket',
  'DeleteBucket',
  'DeleteMultipleObjects',
  'PutObject',
  'CopyObject',
  'PutSymlink',
  'DeleteObject',
  'RestoreObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
] as const
export type Operation = (typeof readOperations)[number] | (typeof writeOperations)[number]

/** Undefined: nothing that this server knows. */
export function operationOf({ method, bucket, key, query, headers }: OssRequest): Operation | undefined {
  const asked = subresources.find(name => query.has(name)) ?? ''
  if (bucket === undefined) return method === 'GET' && asked === '' ? 'ListBuckets' : undefined
  if (key === undefined)
    return bucketOperations[`${method} ${asked}`] ?? (method === 'GET' && asked === '' ? listOperation(query) : undefined)
  const copies = headers['x-oss-copy-source'] !== undefined ? ' copy' : ''
  return objectOperations[`${method} ${asked}${method === 'PUT' ? copies : ''}`]
}

const listOperation = (query: OssRequest['query']): Operation =>
  query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'

/** The first that is there decides; those without an entry below are refused. */
const subresources = [
  'bucketInfo location stat uploads delete symlink objectMeta restore uploadId partNumber acl append tagging callback',
  'versions versionId versioning x-oss-process x-oss-async-process logging website cors lifecycle referer encryption',
  'policy inventory worm replication requestPayment transferAcceleration cname asyncFetch cleanRestoredObject',
]
  .join(' ')
  .split(' ')

const bucketOperations: Readonly<Record<string, Operation>> = {
  'GET bucketInfo': 'GetBucketInfo',
  'GET location': 'GetBucketLocation',
  'GET stat': 'GetBucketStat',
  'GET acl': 'GetBucketAcl',
  'GET uploads': 'ListMultipartUploads',
  'POST delete': 'DeleteMultipleObjects',
  'PUT ': 'PutBucket',
  'DELETE ': 'DeleteBucket',
}

const objectOperations: Readonly<Record<string, Operation>> = {
  'GET ': 'GetObject',
  'HEAD ': 'HeadObject',
  'HEAD objectMeta': 'GetObjectMeta',
  'GET objectMeta': 'GetObjectMeta',
  'GET symlink': 'GetSymlink',
  'GET tagging': 'GetObjectTagging',
  'GET acl': 'GetObjectAcl',
  'GET uploadId': 'ListParts',
  'PUT ': 'PutObject',
  'PUT  copy': 'CopyObject',
  'PUT symlink': 'PutSymlink',
  'PUT uploadId': 'UploadPart',
  'PUT uploadId copy': 'UploadPartCopy',
  'POST uploads': 'InitiateMultipartUpload',
  'POST uploadId': 'CompleteMultipartUpload',
  'POST restore': 'RestoreObject',
  'DELETE ': 'DeleteObject',
  'DELETE uploadId': 'AbortMultipartUpload',
}
