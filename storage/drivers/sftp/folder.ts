import { StorageError } from '../../error.ts'
import { keyFault, parentOf, unsupported } from '../../tree/key.ts'
import type { SftpAddress } from './address.ts'
import { status, statusOf, toStorageError } from './error.ts'
import type { Facts } from './info.ts'
import type { Pool } from './pool.ts'
import type { Session } from './session.ts'

/** How long a folder that was seen to lie within the root is believed to. */
const believedMs = 5_000
const mostBelieved = 10_000

/** The root of an address on its server, and what lies within it once symbolic links are followed. */
export class Folder {
  readonly root: string
  readonly followSymlinks: boolean
  readonly #pool: Pool
  readonly #inside = new Map<string, number>()

  constructor({ path }: SftpAddress, followSymlinks: boolean, pool: Pool) {
    this.root = path.replace(/\/+$/, '') || '/'
    this.followSymlinks = followSymlinks
    this.#pool = pool
    if (!path.startsWith('/') || path.split('/').includes('..')) throw new StorageError(`The path "${path}" is not absolute.`, { kind: 'no-folder' })
  }

  /** The path of a key; of a folder's without '/' at its end. */
  at(key: string): string {
    return `${this.root === '/' ? '' : this.root}/${key}`.replace(/(?<=.)\/$/, '')
  }

  /** Runs `work` on a connection; what it throws is told in the contract's words. */
  async with<T>(key: string, signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    return await this.#pool.use(signal, async (session) => {
      try {
        return await work(session)
      } catch (cause) {
        throw await this.explain(session, cause, key)
      }
    })
  }

  /** A missing root is told from a missing file. */
  async explain(session: Session, cause: unknown, key: string): Promise<StorageError> {
    const error = toStorageError(cause, key)
    const maybeGone = error.kind === 'not-found' || error.kind === 'not-a-file'
    return maybeGone && (await this.isMissing(session)) ? this.missing() : error
  }

  async isMissing(session: Session): Promise<boolean> {
    try {
      return (await session.stat(this.root)).kind !== 'directory'
    } catch (error) {
      return isNotThere(error)
    }
  }

  missing(): StorageError {
    return new StorageError(`There is no folder ${this.root} on the server.`, { kind: 'no-folder' })
  }

  /**
   * `dir` ('' or ending in '/') exists and no symbolic link leads out of the root on the way. Fails with the server's status where
   * it does not exist, and `not-a-file` where a file stands in the way.
   */
  async assertInside(session: Session, dir: string): Promise<void> {
    const now = Date.now()
    if ((this.#inside.get(dir) ?? 0) > now) return
    await this.#lookAlong(session, dir)
    if (this.#inside.size >= mostBelieved) this.#inside.clear()
    this.#inside.set(dir, now + believedMs)
  }

  /** The same for reading: following links is then what the user asked for. */
  async assertReadable(session: Session, dir: string): Promise<void> {
    if (!this.followSymlinks) await this.assertInside(session, dir)
  }

  /** Makes a folder and those above it; the root must be there. True where it was not there before. */
  async make(session: Session, dir: string): Promise<boolean> {
    try {
      await this.assertInside(session, dir)
      return false
    } catch (error) {
      if (dir === '' || !isNotThere(error)) throw error
      await this.make(session, parentOf(dir))
      await this.#makeOne(session, dir)
      return true
    }
  }

  /** After a folder was removed, or was not where it was believed to be: those above it may be gone too. */
  forget(dir: string): void {
    this.#inside.delete(dir)
    if (dir !== '') this.forget(parentOf(dir))
  }

  /** True where a symbolic link is part of the way to a folder. */
  async throughLink(session: Session, dir: string): Promise<boolean> {
    const steps = await this.#steps(session, dir)
    return steps.some((step) => step.status === 'fulfilled' && step.value.kind === 'symlink')
  }

  /** Of others who make the same one at the same time, all succeed. */
  async #makeOne(session: Session, dir: string): Promise<void> {
    const failure: unknown = await session.mkdir(this.at(dir)).catch((error: unknown) => error)
    try {
      await this.assertInside(session, dir)
    } catch (error) {
      throw failure !== undefined && isNotThere(error) ? failure : error
    }
  }

  async #lookAlong(session: Session, dir: string): Promise<void> {
    if (dir === '') await session.stat(this.root)
    let linked = false
    for (const step of await this.#steps(session, dir)) {
      if (step.status === 'rejected') throw step.reason
      if (step.value.kind === 'symlink') linked = true
      else if (step.value.kind !== 'directory') throw new StorageError(`A file stands where the folder "${dir}" would be.`, { kind: 'not-a-file' })
    }
    if (linked) await this.#assertResolved(session, dir)
  }

  async #steps(session: Session, dir: string): Promise<PromiseSettledResult<Facts>[]> {
    const names = dir.split('/').slice(0, -1)
    return await Promise.allSettled(names.map((_, at) => session.lstat(this.at(names.slice(0, at + 1).join('/')))))
  }

  /** A server that gives the way back as it was, link and all, has not resolved it: then nothing is known. */
  async #assertResolved(session: Session, dir: string): Promise<void> {
    const path = this.at(dir)
    const [top, real] = await Promise.all([session.realpath(this.root), session.realpath(path)])
    if (real === path || !contains(top, real)) throw unsupported(dir, 'a symbolic link leads out of the folder of this address')
    if ((await session.stat(path)).kind !== 'directory') throw new StorageError(`A file stands where the folder "${dir}" would be.`, { kind: 'not-a-file' })
  }
}

function contains(top: string, path: string): boolean {
  return path === top || path.startsWith(top === '/' ? '/' : `${top}/`)
}

export function isNotThere(error: unknown): boolean {
  const code = statusOf(error)
  return code === status.NO_SUCH_FILE || code === status.NO_SUCH_PATH
}

export function assertReadableKey(key: string): void {
  if (keyFault(key)) throw notFound(key)
}

export const notFound = (key: string): StorageError => new StorageError(`There is no file "${key}".`, { kind: 'not-found' })

/** For `catch`: swallows what says that something is not there. */
export function unlessMissing(error: unknown): undefined {
  if (!isNotThere(error)) throw error
}
