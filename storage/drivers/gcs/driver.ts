import { digestOf } from '../../caller.ts'
import { objectStore } from '../../object-store.ts'
import type { Storage, StorageAbilities, StorageInfo, StorageLimits } from '../../storage.ts'
import type { GcsAddress } from './address.ts'
import { openServerCopy } from './copy.ts'
import { bucketFacts } from './facts.ts'
import { keyFault, maxKeyBytes } from './key.ts'
import { listObjects, maxListEntries } from './list.ts'
import { maxMetadataBytes, metadataFault } from './metadata.ts'
import { openMultipart } from './multipart.ts'
import { getObject, headObject } from './read.ts'
import { gcsRights } from './rights.ts'
import { googleEndpoint, openWire, type WireDeps } from './wire.ts'
import { deleteObject, putObject } from './write.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
const TiB = 2 ** 40

const limits: StorageLimits = {
  maxPutBytes: 5 * TiB,
  minPartBytes: 5 * MiB,
  maxPartBytes: 5 * GiB,
  maxParts: 10_000,
  maxObjectBytes: 5 * TiB,
  maxKeyBytes,
  maxMetadataBytes,
  mtimeResolutionMs: 1,
  maxListEntries,
}

const abilities: StorageAbilities = { ...objectStore, putHashes: ['crc32c', 'md5'], statedHashes: ['crc32c', 'md5'] }

/** Opens a bucket of Google Cloud Storage. Nothing is sent yet. */
export function openGcs(address: GcsAddress, deps?: WireDeps): Storage {
  const wire = openWire(address, deps)
  const info = infoOf(address)
  return {
    info,
    limits,
    abilities,
    list: (options) => listObjects(wire, options),
    head: (key, options) => headObject(wire, key, options),
    get: (key, sink, options) => getObject(wire, key, sink, options),
    put: (key, body, options) => putObject(wire, key, body, options),
    delete: (key, options) => deleteObject(wire, key, options),
    close: () => wire.close(),
    refuses: { key: keyFault, metadata: metadataFault },
    multipart: openMultipart(wire),
    serverCopy: openServerCopy(wire, info),
    rights: gcsRights,
    facts: (options) => bucketFacts(wire, options),
  }
}

/** One key file is one service account; two files of the same are not known to be. */
function infoOf({ bucket, prefix = '', endpoint = googleEndpoint, keyFile }: GcsAddress): StorageInfo {
  return { vendor: 'gcs', bucket, prefix, endpoint, caller: keyFile === undefined ? 'default' : digestOf(keyFile) }
}
