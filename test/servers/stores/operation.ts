import type { StoreRequest } from './request.ts'

export const readOperations = [
  'ListBuckets',
  'HeadBucket',
  'GetBucketInfo',
  'GetBucketLocation',
  'GetBucketStat',
  'GetBucketAcl',
  'GetBucketVersioning',
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
  'PutObjectTagging',
  'DeleteObjectTagging',
  'PutObjectAcl',
  'InitiateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
] as const
export type Operation = (typeof readOperations)[number] | (typeof writeOperations)[number]

/** Undefined: nothing that this server knows. */
export function operationOf(request: StoreRequest): Operation | undefined {
  const { method, bucket, key, query, headers, door } = request
  if (door.operation) return door.operation(request)
  const { operations, prefix } = door
  const asked = operations.subresources.find(name => query.has(name)) ?? ''
  if (bucket === undefined) return method === 'GET' && asked === '' ? 'ListBuckets' : undefined
  if (key === undefined)
    return operations.bucket[`${method} ${asked}`] ?? (method === 'GET' && asked === '' ? listOperation(query) : undefined)
  const copies = headers[`${prefix}copy-source`] !== undefined ? ' copy' : ''
  return operations.object[`${method} ${asked}${method === 'PUT' ? copies : ''}`]
}

const listOperation = (query: StoreRequest['query']): Operation =>
  query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
