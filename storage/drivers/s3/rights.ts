import type { Rights } from '../../rights.ts'

/** Actions of IAM and bucket policies. */
export const s3Rights: Rights = {
  list: ['s3:ListBucket'],
  read: ['s3:GetObject'],
  write: ['s3:PutObject'],
  delete: ['s3:DeleteObject'],
  parts: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:ListBucketMultipartUploads'],
  readTags: ['s3:GetObjectTagging'],
  writeTags: ['s3:PutObjectTagging'],
  readAcl: ['s3:GetObjectAcl'],
  writeAcl: ['s3:PutObjectAcl'],
  restore: ['s3:RestoreObject'],
  serverCopy: ['s3:GetObject (source)', 's3:PutObject (destination)'],
  facts: ['s3:ListBucket'],
}

/** Actions of RAM and bucket policies. */
export const ossRights: Rights = {
  list: ['oss:ListObjects'],
  read: ['oss:GetObject'],
  write: ['oss:PutObject'],
  delete: ['oss:DeleteObject'],
  parts: ['oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts', 'oss:ListMultipartUploads'],
  readTags: ['oss:GetObjectTagging'],
  writeTags: ['oss:PutObjectTagging'],
  readAcl: ['oss:GetObjectAcl', 'oss:GetBucketAcl'],
  writeAcl: ['oss:PutObjectAcl'],
  restore: ['oss:RestoreObject'],
  serverCopy: ['oss:GetObject (source)', 'oss:PutObject (destination)'],
  facts: ['oss:GetBucketInfo'],
}
