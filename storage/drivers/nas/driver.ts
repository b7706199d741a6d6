import { realpathSync } from 'node:fs'
import type { Storage, StorageAbilities } from '../../storage.ts'
import type { NasAddress } from './address.ts'
import { Folder } from './folder.ts'
import { keySentence } from '../../tree/key.ts'
import { Lister, maxListEntries } from './list.ts'
import { openMultipart } from './multipart.ts'
import { headFile, readFile } from './read.ts'
import { deleteFile } from './remove.ts'
import { nasRights } from './rights.ts'
import { Writer } from './write.ts'

export interface NasOptions {
  /** Links to files are files, links to folders folders; default: links are listed and not read. */
  readonly followSymlinks?: boolean
  /** Names of one directory held at a time while listing. */
  readonly namesAtATime?: number
}

const abilities: StorageAbilities = {
  ordered: true,
  startAfter: true,
  read: true,
  write: true,
  conditionalPut: true,
  conditionalGet: true,
  etag: true,
  contentHeaders: false,
  userMetadata: false,
  keepsMtime: true,
  putHashes: [],
  statedHashes: [],
}

/** Once, when the address is opened: to see that two addresses are one place. */
function realRoot(path: string): string {
  try {
    return `${realpathSync(path).replace(/\/$/, '')}/`
  } catch {
    return `${path.replace(/\/$/, '')}/`
  }
}

const maxPathBytes = 4_095

/**
 * Opens a folder; nothing is touched yet. ETags are `<size>-<modified time>`, no hash of the bytes. Names that are not UTF-8
 * are listed with kind `other` and `\xNN` for their strange bytes. Where a file system has no hard links, `ifAbsent` is looked
 * at before the write.
 */
export function openNas(address: NasAddress, { followSymlinks = false, namesAtATime }: NasOptions = {}): Storage {
  const folder = new Folder(address, followSymlinks)
  const lister = new Lister(folder, namesAtATime)
  const writer = new Writer(folder)
  const { path, mountPoint, folder: prefix = '' } = address
  return {
    info: { vendor: 'nas', bucket: mountPoint ?? path, prefix, endpoint: 'file:', root: realRoot(folder.root) },
    limits: {
      maxPutBytes: Infinity,
      minPartBytes: 1,
      maxPartBytes: Infinity,
      maxParts: 100_000,
      maxObjectBytes: Infinity,
      maxKeyBytes: maxPathBytes - Buffer.byteLength(folder.root) - 1,
      maxMetadataBytes: 0,
      mtimeResolutionMs: 1,
      maxListEntries,
    },
    abilities,
    list: (options) => lister.page(options),
    head: (key, options) => headFile(folder, key, options),
    get: (key, sink, options) => readFile(folder, key, sink, options),
    put: (key, body, options) => writer.put(key, body, options),
    delete: (key, options) => deleteFile(folder, key, options),
    close: async () => lister.forget(),
    refuses: { key: keySentence },
    rights: nasRights,
    multipart: openMultipart(folder, writer),
  }
}
