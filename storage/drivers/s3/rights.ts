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

/** Actions of CAM and bucket policies. */
export const cosRights: Rights = {
  list: ['cos:GetBucket'],
  read: ['cos:HeadObject', 'cos:GetObject'],
  write: ['cos:HeadObject', 'cos:PutObject'],
  delete: ['cos:DeleteObject'],
  parts: [
    'cos:InitiateMultipartUpload', 'cos:UploadPart', 'cos:CompleteMultipartUpload',
    'cos:AbortMultipartUpload', 'cos:ListParts', 'cos:ListMultipartUploads',
  ],
  readTags: ['cos:GetObjectTagging'],
  writeTags: ['cos:PutObjectTagging'],
  readAcl: ['cos:GetObjectACL', 'cos:GetBucketACL'],
  writeAcl: ['cos:PutObjectACL'],
  restore: ['cos:PostObjectRestore'],
  serverCopy: ['cos:GetObject (source)', 'cos:PutObject (destination)'],
  facts: ['cos:HeadBucket'],
}

/** Actions of bucket policies. */
export const ks3Rights: Rights = {
  list: ['ks3:ListBucket'],
  read: ['ks3:GetObject'],
  write: ['ks3:PutObject'],
  delete: ['ks3:DeleteObject'],
  parts: ['ks3:PutObject', 'ks3:AbortMultipartUpload', 'ks3:ListMultipartUploadParts', 'ks3:ListBucketMultipartUploads'],
  readAcl: ['ks3:GetObjectAcl', 'ks3:GetBucketAcl'],
  writeAcl: ['ks3:PutObjectAcl'],
  restore: ['ks3:PostObjectRestore'],
  serverCopy: ['ks3:GetObject (source)', 'ks3:GetObjectTagging (source)', 'ks3:PutObject (destination)'],
}

/** Actions of Qiniu's IAM, named after its own API; that the S3 door asks for the same is not said. */
export const kodoRights: Rights = {
  list: ['kodo/List'],
  read: ['kodo/Stat', 'kodo/Get'],
  write: ['kodo/Stat', 'kodo/Upload'],
  delete: ['kodo/Delete'],
  parts: ['kodo/Upload', 'kodo/Mkfile', 'kodo/ListParts', 'kodo/AbortMultipartUpload', 'kodo/ListMultipartUploads'],
}

/** Permissions of an ACL or policy, coarse as they are. Which one lets a key see and set the rights of an object is not said. */
export const bosRights: Rights = {
  list: ['LIST'],
  read: ['READ'],
  write: ['READ', 'WRITE'],
  delete: ['WRITE'],
  parts: ['WRITE', 'READ', 'LIST'],
  serverCopy: ['READ (source)', 'WRITE (destination)'],
  facts: ['READ'],
}
