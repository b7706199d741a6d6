import { mkdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '../../error.ts'
import type { NasAddress } from './address.ts'
import { codeOf, toStorageError } from './error.ts'
import { keyFault, parentOf, unsupported } from '../../tree/key.ts'

/** How long a folder that was seen to lie within the root is believed to. */
const believedMs = 5_000
const mostBelieved = 10_000

/** The root of an address, and what lies within it once symbolic links are followed. */
export class Folder {
  readonly path: string
  readonly root: string
  readonly followSymlinks: boolean
  readonly #inside = new Map<string, number>()
  #lastLook = Promise.resolve(false)
  #nextLook: Promise<boolean> | undefined

  constructor({ path, folder = '' }: NasAddress, followSymlinks: boolean) {
    this.path = path
    this.root = join(path, folder)
    this.followSymlinks = followSymlinks
    if (folder === '' || keyFault(folder) === undefined) return
    throw new StorageError(`The folder "${folder}" does not lie below ${path}.`, { kind: 'no-folder' })
  }

  at(key: string): string {
    return `${this.root === '/' ? '' : this.root}/${key}`
  }

  /** Runs `work`; what it throws is told in the contract's words. */
  async guard<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      const error = toStorageError(cause, key)
      const maybeGone = error.kind === 'not-found' || error.kind === 'not-a-file'
      throw maybeGone && (await this.isMissing()) ? await this.missing() : error
    }
  }

  /** One look answers all who asked before it began. */
  isMissing(): Promise<boolean> {
    const look = this.#nextLook ?? this.#lastLook.then(() => {
      this.#nextLook = undefined
      return isNoFolder(this.root)
    })
    this.#nextLook = this.#lastLook = look
    return look
  }

  async missing(): Promise<StorageError> {
    const kind = (await isNoFolder(this.path)) ? 'no-mount' : 'no-folder'
    return new StorageError(`There is no folder ${kind === 'no-mount' ? this.path : this.root}.`, { kind })
  }

  /** `dir` ('' or ending in '/') exists and no symbolic link leads out of the root on the way; ENOENT where it does not. */
  async assertInside(dir: string): Promise<void> {
    const now = Date.now()
    if ((this.#inside.get(dir) ?? 0) > now) return
    const [top, real] = await Promise.all([realpath(dir === '' ? this.path : this.root), realpath(this.at(dir))])
    if (!contains(top, real)) throw leavesRoot(dir)
    if (this.#inside.size >= mostBelieved) this.#inside.clear()
    this.#inside.set(dir, now + believedMs)
  }

  /** The same for reading: following links is then what the user asked for. */
  async assertReadable(dir: string): Promise<void> {
    if (!this.followSymlinks) await this.assertInside(dir)
  }

  /** Makes a folder and those above it; the root must be there. */
  async make(dir: string): Promise<void> {
    try {
      await this.assertInside(dir)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || dir === '') throw error
      await this.make(parentOf(dir))
      await mkdir(this.at(dir)).catch(unless('EEXIST'))
      await this.assertInside(dir)
    }
  }

  /** After a folder was removed, or was not where it was believed to be: those above it may be gone too. */
  forget(dir: string): void {
    this.#inside.delete(dir)
    if (dir !== '') this.forget(parentOf(dir))
  }
}

async function isNoFolder(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory()
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')
  }
}

function contains(top: string, path: string): boolean {
  return path === top || path.startsWith(top === '/' ? '/' : `${top}/`)
}

const leavesRoot = (dir: string): StorageError =>
  dir === ''
    ? new StorageError('The folder of this address is a symbolic link that leads out of its path.', { kind: 'no-folder' })
    : unsupported(dir, 'a symbolic link leads out of the folder of this address')

/** For `catch`: swallows these codes. */
export function unless(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(codeOf(error) ?? '')) throw error
  }
}
