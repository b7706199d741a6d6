/**
 * Azure reads the source of a copy as anybody would, also where it lies in the account itself and the request is signed with the
 * account's key: the URL must carry a signature of its own.
 */
import { BlobSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential } from '@azure/storage-blob'
import { encodeKey } from '../../http/encode.ts'
import type { Account } from './account.ts'

/** The key is the whole one, prefix included. It holds a secret: for Azure's eyes only. */
export type SourceUrl = (container: string, key: string) => string

/** Longer than any one copy takes to begin. */
const validMs = 3_600_000

export function toSourceUrl({ name, endpoint, credential }: Account, now: () => number): SourceUrl {
  const place = (container: string, key: string): string => `${endpoint}/${encodeURIComponent(container)}/${encodeKey(key)}`
  if (credential.kind === 'sas') return (container, key) => `${place(container, key)}?${credential.token}`
  const sharedKey = new StorageSharedKeyCredential(name, credential.key)
  const permissions = BlobSASPermissions.from({ read: true })
  return (containerName, blobName) => {
    const signature = generateBlobSASQueryParameters({ containerName, blobName, permissions, expiresOn: new Date(now() + validMs) }, sharedKey)
    return `${place(containerName, blobName)}?${signature.toString()}`
  }
}
