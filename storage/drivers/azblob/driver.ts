import { digestOf } from '../../caller.ts'
import type { Storage, StorageInfo } from '../../storage.ts'
import { toAccount } from './account.ts'
import type { AzblobAddress } from './address.ts'
import { openArchive } from './archive.ts'
import { openClient, type ClientDeps } from './client.ts'
import { openServerCopy } from './copy.ts'
import { keyFault } from './key.ts'
import { abilities, limits } from './limits.ts'
import { listBlobs } from './list.ts'
import { openMultipart } from './multipart.ts'
import { getBlob, headBlob } from './read.ts'
import { azblobRights } from './rights.ts'
import { openTagging } from './tags.ts'
import { deleteBlob, putBlob } from './write.ts'

/** Opens a container. Nothing is sent yet. */
export function openAzblob(address: AzblobAddress, deps?: ClientDeps): Storage {
  const client = openClient(address, deps)
  const info = infoOf(address)
  return {
    info,
    limits,
    abilities,
    list: (options) => listBlobs(client, options),
    head: (key, options) => headBlob(client, key, options),
    get: (key, sink, options) => getBlob(client, key, sink, options),
    put: (key, body, options) => putBlob(client, key, body, options),
    delete: (key, options) => deleteBlob(client, key, options),
    close: () => client.close(),
    refuses: { key: keyFault },
    multipart: openMultipart(client),
    archive: openArchive(client),
    tagging: openTagging(client),
    serverCopy: openServerCopy(client, info),
    rights: azblobRights,
  }
}

/** An account's key opens all of it, a signature what it was made for. */
function infoOf(address: AzblobAddress): StorageInfo {
  const { name, endpoint, credential } = toAccount(address)
  const caller = credential.kind === 'key' ? `key of ${name}` : digestOf(credential.token)
  return { vendor: 'azblob', bucket: address.container, prefix: address.prefix ?? '', endpoint, caller }
}
