import { isStorageError, StorageError } from '../../error.ts'
import type { Body, PutOptions, PutResult } from '../../storage.ts'
import { assertKey, parentOf, unsupported } from '../../tree/key.ts'
import { sizeOf } from '../../tree/parts.ts'
import { temporaryName } from '../../tree/temporary.ts'
import { isUnsupported, status, statusOf } from './error.ts'
import { isNotThere, unlessMissing, type Folder } from './folder.ts'
import { etagOf, toSeconds, type Facts } from './info.ts'
import { seal, whenFull, writeAt } from './pour-in.ts'
import { openFlags, type Handle, type Session } from './session.ts'
import { sweep } from './temporary.ts'

type Condition = Pick<PutOptions, 'ifAbsent' | 'ifMatch'>

export class Writer {
  readonly #folder: Folder
  /** Folders that were freed of what killed processes left. */
  readonly #swept = new Set<string>()
  /** Temporary files whose connection broke before they could be removed. */
  readonly #left = new Set<string>()

  constructor(folder: Folder) {
    this.#folder = folder
  }

  async put(key: string, body: Body, options: PutOptions): Promise<PutResult> {
    assertKey(key)
    if (key.endsWith('/') && sizeOf(body) > 0) throw unsupported(key, 'it ends in "/" and has bytes, and a folder has none')
    return await this.#folder.with(key, options.signal, async (session) =>
      key.endsWith('/') ? await this.#putFolder(session, key, options) : await this.#putFile(session, key, body, options),
    )
  }

  async #putFolder(session: Session, key: string, { ifAbsent, mtimeMs }: PutOptions): Promise<PutResult> {
    await this.prepare(session, key)
    const path = this.#folder.at(key)
    const failure: unknown = await session.mkdir(path).catch((error: unknown) => error)
    if (failure !== undefined) {
      const there = await lookAt(session, path)
      if (!there) throw await whenFull(session, this.#folder.at(parentOf(key)), 0, failure)
      if (there.kind !== 'directory') throw unsupported(key, 'a file of this name is there')
      if (ifAbsent) throw taken(key)
    }
    if (mtimeMs !== undefined) await session.setPathTime(path, toSeconds(mtimeMs))
    return { hashes: {} }
  }

  async #putFile(session: Session, key: string, body: Body, options: PutOptions): Promise<PutResult> {
    await this.prepare(session, key)
    const { handle, path } = await this.#openTemporary(session, key)
    try {
      const result = await this.#fill(session, handle, body, options)
      await this.place(session, path, key, options)
      return result
    } catch (error) {
      const told = await whenFull(session, this.#folder.at(parentOf(key)), sizeOf(body), error)
      await this.#discard(session, path)
      throw told
    }
  }

  async #fill(session: Session, handle: Handle, body: Body, { signal, mtimeMs }: PutOptions): Promise<PutResult> {
    try {
      await writeAt(session, handle, body, 0, signal)
      return await seal(session, handle, mtimeMs)
    } finally {
      await session.close(handle).catch(() => {})
    }
  }

  /** Makes the folder of a key. Fails `key-unsupported` where a file stands in its way. */
  async prepare(session: Session, key: string): Promise<void> {
    const dir = parentOf(key)
    try {
      const isNew = await this.#folder.make(session, dir)
      if (isNew) this.#swept.add(dir)
    } catch (error) {
      if (isStorageError(error, 'not-a-file')) throw unsupported(key, 'a file stands where its folder would be')
      throw await whenFull(session, this.#folder.root, 0, error)
    }
    for (const path of this.#left) await this.#discard(session, path)
    if (!this.#swept.has(dir)) await this.#sweep(session, dir)
  }

  async #sweep(session: Session, dir: string): Promise<void> {
    if (this.#swept.size >= 10_000) this.#swept.clear()
    this.#swept.add(dir)
    await sweep(session, this.#folder.at(dir)).catch(() => {})
  }

  async #discard(session: Session, path: string): Promise<void> {
    this.#left.delete(path)
    await session.unlink(path).catch(() => {})
    if (session.isEnded) this.#left.add(path)
  }

  async #openTemporary(session: Session, key: string): Promise<{ handle: Handle; path: string }> {
    const dir = parentOf(key)
    const path = this.#folder.at(dir + temporaryName())
    const open = async (): Promise<Handle> => {
      try {
        return await session.open(path, openFlags.createNew)
      } catch (error) {
        // It may have been made, and only the answer lost.
        if (session.isEnded) this.#left.add(path)
        throw error
      }
    }
    return { handle: await this.inFolder(session, dir, open), path }
  }

  /** `make` makes something in the folder `dir`, which may be removed, as an empty one, between its own making and this. */
  async inFolder<T>(session: Session, dir: string, make: () => Promise<T>, tries = 5): Promise<T> {
    try {
      return await make()
    } catch (error) {
      if (!isNotThere(error) || tries === 1) throw await whenFull(session, this.#folder.at(dir), 0, error)
      this.#folder.forget(dir)
      await this.#folder.make(session, dir)
      return await this.inFolder(session, dir, make, tries - 1)
    }
  }

  /** Gives a finished file its name; readers see the old file or the new one. */
  async place(session: Session, path: string, key: string, { ifAbsent, ifMatch }: Condition): Promise<void> {
    const target = this.#folder.at(key)
    if (ifMatch !== undefined) await assertMatch(session, target, key, ifMatch)
    if (ifAbsent && (await linked(session, path, target, key))) return await session.unlink(path)
    try {
      await replace(session, path, target)
    } catch (error) {
      await assertNoFolder(session, target, key)
      throw statusOf(error) === status.BAD_MESSAGE ? unsupported(key, 'this server does not take such a name') : error
    }
  }
}

const lookAt = async (session: Session, path: string): Promise<Facts | undefined> => await session.lstat(path).catch(unlessMissing)

async function replace(session: Session, path: string, target: string): Promise<void> {
  try {
    await session.replace(path, target)
  } catch (error) {
    if (!isUnsupported(error)) throw error
    await renameToFree(session, path, target)
  }
}

/** Without posix-rename a file can be given a free name, but not take the place of another in one step: that is refused. */
async function renameToFree(session: Session, path: string, target: string): Promise<void> {
  try {
    await session.rename(path, target)
  } catch (cause) {
    if ((await lookAt(session, target))?.kind !== 'file') throw cause
    throw new StorageError('This server has no posix-rename@openssh.com: it cannot replace a file in one step, so the old one stays.', { kind: 'invalid', cause })
  }
}

async function assertMatch(session: Session, target: string, key: string, etag: string): Promise<void> {
  const facts = await lookAt(session, target)
  if (!facts || etagOf(facts) !== etag) throw new StorageError(`"${key}" is not the file that it was.`, { kind: 'precondition' })
}

export async function assertNoFolder(session: Session, target: string, key: string): Promise<void> {
  if ((await lookAt(session, target))?.kind === 'directory') throw unsupported(key, 'a folder of this name is there')
}

/** A link fails where the name is taken, which makes `ifAbsent` exact. False: there are no links here, and the name is free. */
async function linked(session: Session, path: string, target: string, key: string): Promise<boolean> {
  try {
    await session.link(path, target)
    return true
  } catch (error) {
    const there = await lookAt(session, target)
    if (there?.kind === 'directory') throw unsupported(key, 'a folder of this name is there')
    if (there) throw taken(key)
    const code = statusOf(error)
    if (isUnsupported(error) || code === status.FAILURE || code === status.PERMISSION_DENIED) return false
    throw error
  }
}

const taken = (key: string): StorageError => new StorageError(`"${key}" is there already.`, { kind: 'precondition' })
