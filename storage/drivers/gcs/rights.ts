import type { Rights } from '../../rights.ts'

/** IAM permissions of the service account. What is overwritten is deleted, in Google's eyes. */
export const gcsRights: Rights = {
  list: ['storage.objects.list'],
  read: ['storage.objects.get'],
  write: ['storage.objects.get', 'storage.objects.create', 'storage.objects.delete'],
  delete: ['storage.objects.delete'],
  parts: [
    'storage.multipartUploads.create', 'storage.multipartUploads.listParts', 'storage.multipartUploads.list',
    'storage.multipartUploads.abort', 'storage.objects.create', 'storage.objects.delete',
  ],
  serverCopy: ['storage.objects.get (source)', 'storage.objects.create (destination)', 'storage.objects.delete (destination)'],
  facts: ['storage.buckets.get'],
}
