import { link, lstat, mkdir, open, rename, unlink, utimes, type FileHandle } from 'node:fs/promises'
import { StorageError } from '../../error.ts'
import type { Body, PutOptions, PutResult } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { codeOf } from './error.ts'
import { unless, type Folder } from './folder.ts'
import { etagOf } from './info.ts'
import { assertKey, parentOf, unsupported } from '../../tree/key.ts'
import { temporaryName } from '../../tree/temporary.ts'
import { sweep } from './temporary.ts'

export class Writer {
  readonly #folder: Folder
  /** Folders that were freed of what killed processes left. */
  readonly #swept = new Set<string>()

  constructor(folder: Folder) {
    this.#folder = folder
  }

  async put(key: string, body: Body, options: PutOptions): Promise<PutResult> {
    assertGoing(options.signal)
    assertKey(key)
    return await this.#folder.guard(key, async () =>
      key.endsWith('/') ? await this.#putFolder(key, body, options) : await this.#putFile(key, body, options),
    )
  }

  async #putFolder(key: string, body: Body, { ifAbsent, mtimeMs }: PutOptions): Promise<PutResult> {
    if (body.some(({ length }) => length > 0)) throw unsupported(key, 'it ends in "/" and has bytes, and a folder has none')
    await this.prepare(key)
    const path = this.#folder.at(key)
    await mkdir(path).catch(unless(...(ifAbsent ? [] : ['EEXIST'])))
    if (!(await lstat(path.slice(0, -1))).isDirectory()) throw unsupported(key, 'a file of this name is there')
    if (mtimeMs !== undefined) await utimes(path, mtimeMs / 1_000, mtimeMs / 1_000)
    return { hashes: {} }
  }

  async #putFile(key: string, body: Body, options: PutOptions): Promise<PutResult> {
    await this.prepare(key)
    const { handle, path } = await this.#openTemporary(key)
    try {
      const result = await writeOut(handle, body, options)
      await this.place(path, key, options)
      return result
    } catch (error) {
      await unlink(path).catch(unless('ENOENT'))
      throw error
    }
  }

  /** Makes the folder of a key. Fails `key-unsupported` where a file stands in its way. */
  async prepare(key: string): Promise<void> {
    const dir = parentOf(key)
    try {
      await this.#folder.make(dir)
    } catch (error) {
      throw codeOf(error) === 'ENOTDIR' ? unsupported(key, 'a file stands where its folder would be') : error
    }
    if (!this.#swept.has(dir)) await this.#sweep(dir)
  }

  async #sweep(dir: string): Promise<void> {
    if (this.#swept.size >= 10_000) this.#swept.clear()
    this.#swept.add(dir)
    await sweep(this.#folder.at(dir)).catch(() => {})
  }

  /** The folder may be removed, as an empty one, between its making and this. */
  async #openTemporary(key: string, tries = 5): Promise<{ handle: FileHandle; path: string }> {
    const path = this.#folder.at(parentOf(key) + temporaryName())
    try {
      return { handle: await open(path, 'wx'), path }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries === 1) throw error
      this.#folder.forget(parentOf(key))
      await this.#folder.make(parentOf(key))
      return await this.#openTemporary(key, tries - 1)
    }
  }

  /** Gives a finished file its name; readers see the old file or the new one. */
  async place(path: string, key: string, { ifAbsent, ifMatch }: Pick<PutOptions, 'ifAbsent' | 'ifMatch'>): Promise<void> {
    const target = this.#folder.at(key)
    if (ifMatch !== undefined) await assertMatch(target, key, ifMatch)
    try {
      if (ifAbsent && (await linked(path, target, key))) await unlink(path)
      else await rename(path, target)
    } catch (error) {
      const why = refusedNames[codeOf(error) ?? '']
      throw why === undefined ? error : unsupported(key, why)
    }
  }
}

async function writeOut(handle: FileHandle, body: Body, { mtimeMs, signal }: PutOptions): Promise<PutResult> {
  try {
    await writeAt(handle, body, 0)
    assertGoing(signal)
    return await seal(handle, mtimeMs)
  } finally {
    await handle.close()
  }
}

export async function writeAt(handle: FileHandle, body: Body, position: number): Promise<void> {
  let at = position
  for (const chunk of body) {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, at + done)
      done += bytesWritten
    }
    at += chunk.length
  }
}

/** Sets the time, brings everything to the disk, and tells what the file is now. */
export async function seal(handle: FileHandle, mtimeMs: number | undefined): Promise<PutResult> {
  if (mtimeMs !== undefined) await handle.utimes(mtimeMs / 1_000, mtimeMs / 1_000)
  await handle.sync()
  return { etag: etagOf(await handle.stat()), hashes: {} }
}

async function assertMatch(target: string, key: string, etag: string): Promise<void> {
  const stats = await lstat(target).catch(unless('ENOENT'))
  if (!stats || etagOf(stats) !== etag) throw new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
}

export async function assertNoFolder(target: string, key: string): Promise<void> {
  const stats = await lstat(target).catch(unless('ENOENT'))
  if (stats?.isDirectory()) throw unsupported(key, 'a folder of this name is there')
}

/** How a file system says that it cannot give a file this name. */
const refusedNames: Readonly<Record<string, string>> = {
  EISDIR: 'a folder of this name is there',
  EINVAL: 'this file system does not take such a name',
  EILSEQ: 'this file system does not take such a name',
}

const withoutLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** A link fails where the name is taken, which makes `ifAbsent` exact. False: this file system has none, and the name is free. */
async function linked(path: string, target: string, key: string): Promise<boolean> {
  try {
    await link(path, target)
    return true
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (code === 'EEXIST') await assertNoFolder(target, key)
    if (!withoutLinks.includes(code) && code !== 'EEXIST') throw error
    if (code === 'EEXIST' || (await lstat(target).catch(unless('ENOENT')))) throw taken(key)
    return false
  }
}

const taken = (key: string): StorageError =>
  new StorageError(`"${key}" is there already.`, { kind: 'precondition', code: 'EEXIST' })
