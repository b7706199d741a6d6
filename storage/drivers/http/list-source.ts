/** Where a list lies: a file of this machine, or an object of another address, which is brought to this machine. */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ObjectInfo, Storage } from '../../storage.ts'
import { openScratch } from './scratch.ts'

export interface OpenedList {
  readonly file: FileHandle
  /** Another one: another list. */
  readonly version: string
}

export interface ListSource {
  /** For people. */
  readonly name: string
  version(): Promise<string>
  open(): Promise<OpenedList>
  close(): Promise<void>
}

export function localList(path: string): ListSource {
  const name = basename(path)
  return {
    name,
    version: async () => versionOfFile(await stat(path)),
    open: async () => {
      const file = await open(path)
      return { file, version: versionOfFile(await file.stat()) }
    },
    close: async () => {},
  }
}

const versionOfFile = ({ size, mtimeMs, ino }: { readonly size: number; readonly mtimeMs: number; readonly ino: number }): string =>
  `${size}-${Math.round(mtimeMs)}-${ino}`

export function objectList(key: string, openStore: () => Promise<Storage>): ListSource {
  const name = basename(key)
  let opened: Promise<Storage> | undefined
  const store = (): Promise<Storage> => {
    opened ??= openStore()
    opened.catch(() => (opened = undefined))
    return opened
  }
  return {
    name,
    version: async () => versionOfObject(await (await store()).head(key)),
    open: async () => await bring(await store(), key),
    close: async () => await (await opened)?.close(),
  }
}

const versionOfObject = ({ size, mtimeMs, etag = '' }: ObjectInfo): string => `${size}-${mtimeMs}-${etag}`

async function bring(store: Storage, key: string): Promise<OpenedList> {
  const file = await openScratch()
  let at = 0
  try {
    const info = await store.get(key, async (chunk) => {
      await file.write(chunk, 0, chunk.length, at)
      at += chunk.length
    })
    return { file, version: versionOfObject(info) }
  } catch (error) {
    await file.close()
    throw error
  }
}
