import { digestOf } from '../../caller.ts'
import type { Storage, StorageInfo } from '../../storage.ts'
import { toAccount } from './account.ts'
import type { AzblobAddress } from './address.ts'
import { openArchive } from './archive.ts'
import { openServerCopy } from './copy.ts'
import { keyFault } from './key.ts'
import { abilities, limits } from './limits.ts'
import { listBlobs } from './list.ts'
import { openMultipart } from './multipart.ts'
import { getBlob, headBlob } from './read.ts'
import { azblobRights } from './rights.ts'
import { openTagging } from './tags.ts'
import { openWire, type WireDeps } from './wire.ts'
import { deleteBlob, putBlob } from './write.ts'

/** Opens a container. Nothing is sent yet. */
export function openAzblob(address: AzblobAddress, deps?: WireDeps): Storage {
  const wire = openWire(address, deps)
  const info = infoOf(address)
  return {
    info,
    limits,
    abilities,
    list: (options) => listBlobs(wire, options),
    head: (key, options) => headBlob(wire, key, options),
    get: (key, sink, options) => getBlob(wire, key, sink, options),
    put: (key, body, options) => putBlob(wire, key, body, options),
    delete: (key, options) => deleteBlob(wire, key, options),
    close: () => wire.close(),
    refuses: { key: keyFault },
    multipart: openMultipart(wire),
    archive: openArchive(wire),
    tagging: openTagging(wire),
    serverCopy: openServerCopy(wire, info),
    rights: azblobRights,
  }
}

/** An account's key opens all of it, a signature what it was made for. */
function infoOf(address: AzblobAddress): StorageInfo {
  const { name, endpoint, credential } = toAccount(address)
  const caller = credential.kind === 'key' ? `key of ${name}` : digestOf(credential.token)
  return { vendor: 'azblob', bucket: address.container, prefix: address.prefix ?? '', endpoint, caller }
}
