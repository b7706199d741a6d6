import type { Storage, StorageAbilities } from '../../storage.ts'
import { keySentence } from '../../tree/key.ts'
import type { SftpAddress } from './address.ts'
import { connect, endpointOf, type ConnectOptions } from './connect.ts'
import { Folder } from './folder.ts'
import { Lister, maxListEntries } from './list.ts'
import { openMultipart } from './multipart.ts'
import { Pool } from './pool.ts'
import { headFile, readFile } from './read.ts'
import { deleteFile } from './remove.ts'
import { Writer } from './write.ts'
import { sftpRights } from './rights.ts'

export interface SftpOptions extends Partial<ConnectOptions> {
  /** Links to files are files, links to folders folders; default: links are listed and not read. */
  readonly followSymlinks?: boolean
  /** Names of one directory held at a time while listing. */
  readonly namesAtATime?: number
  /** At most so many at a time. */
  readonly connections?: number
}

const abilities: StorageAbilities = {
  ordered: true,
  startAfter: true,
  read: true,
  write: true,
  conditionalPut: true,
  conditionalGet: false,
  etag: true,
  contentHeaders: false,
  userMetadata: false,
  keepsMtime: true,
  putHashes: [],
  statedHashes: [],
}

const patience = { connectMs: 20_000, silenceMs: 60_000, idleMs: 60_000 }
const mostConnections = 4
const maxPathBytes = 4_095

/**
 * Opens a folder of an SSH server; nothing is sent yet. ETags are `<size>-<modified second>`, no hash of the bytes: they tell two
 * versions apart only where size or second differ, so `ifMatch` is honoured but not exact. Names that are not UTF-8 are listed
 * with kind `other` and `\xNN` for their strange bytes. Where a server has no hardlink@openssh.com, `ifAbsent` is looked at before
 * the write; where it has no posix-rename@openssh.com, files are made but never replaced.
 */
export function openSftp(address: SftpAddress, { followSymlinks = false, namesAtATime, connections = mostConnections, ...options }: SftpOptions = {}): Storage {
  const pool = new Pool(() => connect(address, { ...patience, ...options }), connections)
  const folder = new Folder(address, followSymlinks, pool)
  const lister = new Lister(folder, pool, namesAtATime)
  const writer = new Writer(folder)
  const prefix = `${folder.root}/`.replace(/^\/+/, '')
  return {
    info: { vendor: 'sftp', bucket: '', prefix, endpoint: `sftp://${endpointOf(address)}` },
    limits: {
      maxPutBytes: Infinity,
      minPartBytes: 1,
      maxPartBytes: Infinity,
      maxParts: 100_000,
      maxObjectBytes: Infinity,
      maxKeyBytes: maxPathBytes - Buffer.byteLength(folder.root) - 1,
      maxMetadataBytes: 0,
      mtimeResolutionMs: 1_000,
      maxListEntries,
    },
    abilities,
    rights: sftpRights,
    list: (options) => lister.page(options),
    head: (key, options) => headFile(folder, key, options),
    get: (key, sink, options) => readFile(folder, key, sink, options),
    put: (key, body, options) => writer.put(key, body, options),
    delete: (key, options) => deleteFile(folder, key, options),
    close: async () => {
      lister.forget()
      await pool.close()
    },
    refuses: { key: keySentence },
    multipart: openMultipart(folder, writer),
  }
}
