import { reportFolder } from '../../../model/report-row.ts'
import { withPrefix } from '../../layers/with-prefix.ts'
import { objectStore } from '../../object-store.ts'
import type { Storage, StorageAbilities, StorageLimits } from '../../storage.ts'
import { keySentence } from '../../tree/key.ts'
import type { UssAddress } from './address.ts'
import { Lister, maxListEntries } from './list.ts'
import { maxMetadataBytes, ussMetadataFault } from './metadata.ts'
import { openMultipart } from './multipart.ts'
import { getFile, headFile } from './read.ts'
import { ussRights } from './rights.ts'
import { openCdn, openWire } from './wire.ts'
import { deleteFile, putFile } from './write.ts'

const MiB = 2 ** 20

/** UPYUN states the sizes of parts; those of names and metadata are our own, set low enough for any store. */
const limits: StorageLimits = {
  maxPutBytes: 1024 * MiB,
  minPartBytes: MiB,
  maxPartBytes: 50 * MiB,
  maxParts: 10_000,
  maxObjectBytes: 10_000 * 50 * MiB,
  maxKeyBytes: 1_024,
  maxMetadataBytes,
  mtimeResolutionMs: 1_000,
  maxListEntries,
}

const abilities: StorageAbilities = {
  ...objectStore,
  conditionalPut: false,
  conditionalGet: false,
  etag: false,
  putHashes: ['md5'],
  statedHashes: ['md5'],
}

/** Opens a service, or a folder of it, over UPYUN's REST API. Nothing is sent yet. */
export function openUss(address: UssAddress, now?: () => number): Storage {
  const { service, folder = '', domain, cdnDomain } = address
  const wire = openWire(address, now)
  const cdn = cdnDomain === undefined ? undefined : openCdn(address, cdnDomain, now)
  const lister = new Lister(wire)
  const storage: Storage = {
    info: { vendor: 'uss', bucket: service, prefix: '', endpoint: domain },
    limits,
    abilities,
    list: (options) => lister.page(options),
    head: (key, options) => headFile(wire, key, options),
    get: (key, sink, options) => getFile(wire, cdn, key, sink, options),
    put: (key, body, options) => putFile(wire, key, body, options),
    delete: (key, options) => deleteFile(wire, `${folder}${reportFolder}`, key, options),
    async close() {
      lister.forget()
      await Promise.all([wire.close(), cdn?.close()])
    },
    refuses: { key: keySentence, metadata: ussMetadataFault },
    multipart: openMultipart(wire),
    rights: ussRights,
  }
  return withPrefix(storage, folder)
}
