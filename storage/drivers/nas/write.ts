import { close, fstat, fsync, futimes, link, lstat, open, rename, unlink, write, type Stats } from 'node:fs'
import { mkdir, utimes } from 'node:fs/promises'
import { StorageError } from '../../error.ts'
import type { Body, PutOptions, PutResult } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { asked, done } from './calls.ts'
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
    const path = this.#folder.at(key)
    await this.within(key, () => mkdir(path).catch(unless(...(ifAbsent ? [] : ['EEXIST']))))
    if (!(await lookAt(path.slice(0, -1))).isDirectory()) throw unsupported(key, 'a file of this name is there')
    if (mtimeMs !== undefined) await utimes(path, mtimeMs / 1_000, mtimeMs / 1_000)
    return { hashes: {} }
  }

  async #putFile(key: string, body: Body, options: PutOptions): Promise<PutResult> {
    const path = this.#folder.at(parentOf(key) + temporaryName())
    const file = await this.within(key, () => asked<number>((answer) => open(path, 'wx', answer)))
    try {
      const result = await writeOut(file, body, options)
      await this.place(path, key, options)
      return result
    } catch (error) {
      await remove(path).catch(unless('ENOENT'))
      throw error
    }
  }

  /**
   * Makes the folder of a key, and something in it: again where others remove the folder, as an empty one, between. Fails
   * `key-unsupported` where a file stands in its way.
   */
  async within<T>(key: string, make: () => Promise<T>, tries = 5): Promise<T> {
    await this.#prepare(key)
    try {
      return await make()
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') || tries === 1) throw error
      this.#folder.forget(parentOf(key))
      return await this.within(key, make, tries - 1)
    }
  }

  async #prepare(key: string): Promise<void> {
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

  /** Gives a finished file its name; readers see the old file or the new one. */
  async place(path: string, key: string, { ifAbsent, ifMatch }: Pick<PutOptions, 'ifAbsent' | 'ifMatch'>): Promise<void> {
    const target = this.#folder.at(key)
    if (ifMatch !== undefined) await assertMatch(target, key, ifMatch)
    try {
      if (ifAbsent && (await linked(path, target, key))) await remove(path)
      else await done((answer) => rename(path, target, answer))
    } catch (error) {
      const why = refusedNames[codeOf(error) ?? '']
      throw why === undefined ? error : unsupported(key, why)
    }
  }
}

async function writeOut(file: number, body: Body, { mtimeMs, signal }: PutOptions): Promise<PutResult> {
  try {
    await writeAt(file, body, 0)
    assertGoing(signal)
    return await seal(file, mtimeMs)
  } finally {
    await done((answer) => close(file, answer))
  }
}

export async function writeAt(file: number, body: Body, position: number): Promise<void> {
  let at = position
  for (const chunk of body) {
    for (let from = 0; from < chunk.length; ) {
      const written = await asked<number>((answer) => write(file, chunk, from, chunk.length - from, at + from, answer))
      from += written
    }
    at += chunk.length
  }
}

/** Sets the time, brings everything to the disk, and tells what the file is now. */
export async function seal(file: number, mtimeMs: number | undefined): Promise<PutResult> {
  if (mtimeMs !== undefined) await done((answer) => futimes(file, mtimeMs / 1_000, mtimeMs / 1_000, answer))
  await done((answer) => fsync(file, answer))
  return { etag: etagOf(await asked<Stats>((answer) => fstat(file, answer))), hashes: {} }
}

const lookAt = (path: string): Promise<Stats> => asked((answer) => lstat(path, answer))
const remove = (path: string): Promise<void> => done((answer) => unlink(path, answer))

async function assertMatch(target: string, key: string, etag: string): Promise<void> {
  const stats = await lookAt(target).catch(unless('ENOENT'))
  if (!stats || etagOf(stats) !== etag) throw new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
}

export async function assertNoFolder(target: string, key: string): Promise<void> {
  const stats = await lookAt(target).catch(unless('ENOENT'))
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
    await done((answer) => link(path, target, answer))
    return true
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (code === 'EEXIST') await assertNoFolder(target, key)
    if (!withoutLinks.includes(code) && code !== 'EEXIST') throw error
    if (code === 'EEXIST' || (await lookAt(target).catch(unless('ENOENT')))) throw taken(key)
    return false
  }
}

const taken = (key: string): StorageError =>
  new StorageError(`"${key}" is there already.`, { kind: 'precondition', code: 'EEXIST' })
