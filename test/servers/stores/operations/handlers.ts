import type { Answer } from '../answer.ts'
import type { Context } from '../context.ts'
import type { Operation } from '../operation.ts'
import { getBucketAcl, getObjectAcl, putObjectAcl } from './acl.ts'
import { deleteBucket, getBucketInfo, getBucketLocation, getBucketStat, getBucketVersioning, headBucket, listBuckets, putBucket } from './buckets.ts'
import { completeMultipartUpload } from './complete-upload.ts'
import { copyObject } from './copy-object.ts'
import { deleteMultipleObjects, deleteObject } from './delete-object.ts'
import { getObject, getObjectMeta, getSymlink, headObject } from './get-object.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { putObject, putSymlink } from './put-object.ts'
import { restoreObject } from './restore-object.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'
import { abortMultipartUpload, initiateMultipartUpload, uploadPart, uploadPartCopy } from './uploads.ts'

export type Handler = (context: Context) => Answer | Promise<Answer>

export type Handlers = Readonly<Record<Operation, Handler>>

export const handlers: Handlers = {
  ListBuckets: listBuckets,
  HeadBucket: headBucket,
  GetBucketVersioning: getBucketVersioning,
  GetBucketAcl: getBucketAcl,
  GetBucketInfo: getBucketInfo,
  GetBucketLocation: getBucketLocation,
  GetBucketStat: getBucketStat,
  PutBucket: putBucket,
  DeleteBucket: deleteBucket,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  DeleteMultipleObjects: deleteMultipleObjects,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectMeta: getObjectMeta,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  GetSymlink: getSymlink,
  PutSymlink: putSymlink,
  RestoreObject: restoreObject,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  GetObjectAcl: getObjectAcl,
  PutObjectAcl: putObjectAcl,
  InitiateMultipartUpload: initiateMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListMultipartUploads: listMultipartUploads,
}
