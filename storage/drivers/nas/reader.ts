import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { StorageError } from '../../error.ts'
import { show, toText, type ByteString } from '../../tree/names.ts'
import type { Links, RawName, Reader } from '../../tree/reader.ts'
import { asUnreadable } from '../../tree/unreadable.ts'
import { codeOf, toStorageError } from './error.ts'
import { kindOf } from './info.ts'
import { toPath } from './path.ts'
import { isTemporary } from '../../tree/temporary.ts'

const namesAChunk = 1_024

/** Nothing but names is learnt by reading a directory. */
type Nothing = undefined

export function openReader(root: ByteString, followSymlinks: boolean): Reader<Nothing> {
  return { read: (directory) => readNames(root, directory), ...(followSymlinks && { links: openLinks(root) }) }
}

async function* readNames(root: ByteString, directory: ByteString): AsyncIterable<readonly RawName<Nothing>[]> {
  try {
    yield* chunksOf(await openRaw(`${root}/${directory}`))
  } catch (error) {
    throw toReadError(error, toText(show(directory || root)))
  }
}

async function* chunksOf(entries: AsyncIterable<Dirent<Buffer>>): AsyncIterable<readonly RawName<Nothing>[]> {
  let names: RawName<Nothing>[] = []
  for await (const entry of entries) {
    const raw = entry.name.toString('latin1')
    if (isTemporary(raw)) continue
    names.push({ raw, kind: kindOf(entry), details: undefined })
    if (names.length < namesAChunk) continue
    yield names
    names = []
  }
  yield names
}

/** Node's types know no Buffer names here; the kind is looked up by it where the file system's listing does not say. */
async function openRaw(path: ByteString): Promise<AsyncIterable<Dirent<Buffer>>> {
  const options = { encoding: 'buffer', bufferSize: namesAChunk } as unknown as { bufferSize: number }
  return (await opendir(toPath(path), options)) as unknown as AsyncIterable<Dirent<Buffer>>
}

function toReadError(error: unknown, directory: string): StorageError {
  const gone = ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')
  return gone ? new StorageError(`There is no folder "${directory}".`, { kind: 'not-found', cause: error }) : asUnreadable(toStorageError(error, directory))
}

function openLinks(root: ByteString): Links<Nothing> {
  return {
    follow: async (path) => {
      const stats = await stat(toPath(`${root}/${path}`)).catch(() => undefined)
      return stats && { kind: kindOf(stats), identity: identityOf(stats), details: undefined }
    },
    identify: async (directory) => await stat(toPath(`${root}/${directory}`)).then(identityOf, () => ''),
  }
}

const identityOf = ({ dev, ino }: { dev: number; ino: number }): string => `${dev}:${ino}`
