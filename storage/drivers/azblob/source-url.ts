/**
 * Azure reads the source of a copy as anybody would, also where it lies in the account itself and the request is signed with the
 * account's key: the URL must carry a signature of its own. Microsoft's SDK makes it, and is loaded for that alone.
 */
import { encodeKey } from '../../http/encode.ts'
import type { Account } from './account.ts'

/** The key is the whole one, prefix included. It holds a secret: for Azure's eyes only. */
export type SourceUrl = (container: string, key: string) => Promise<string>

/** Longer than any one copy takes to begin. */
const validMs = 3_600_000

export function toSourceUrl(account: Account, now: () => number): SourceUrl {
  return async (container, key) => {
    const token = await readToken(account, container, key, now() + validMs)
    return `${account.endpoint}/${encodeURIComponent(container)}/${encodeKey(key)}?${token}`
  }
}

async function readToken({ name, credential }: Account, containerName: string, blobName: string, untilMs: number): Promise<string> {
  if (credential.kind === 'sas') return credential.token
  const { BlobSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential } = await import('@azure/storage-blob')
  const permissions = BlobSASPermissions.from({ read: true })
  const sharedKey = new StorageSharedKeyCredential(name, credential.key)
  return generateBlobSASQueryParameters({ containerName, blobName, permissions, expiresOn: new Date(untilMs) }, sharedKey).toString()
}
