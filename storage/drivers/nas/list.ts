import { lstat, stat, type Stats } from 'node:fs'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { toBytes, toText } from '../../tree/names.ts'
import { Pages } from '../../tree/pages.ts'
import type { Found } from '../../tree/walk.ts'
import { assertGoing } from '../../cancel.ts'
import { asked } from './calls.ts'
import { codeOf } from './error.ts'
import type { Folder } from './folder.ts'
import { kindOf, toEntry } from './info.ts'
import { keyFault } from '../../tree/key.ts'
import { toPath } from './path.ts'
import { openReader } from './reader.ts'

const statsAtOnce = 32

export const maxListEntries = 1_000

/** Pages of a folder: names come from the walk, the rest from a look at each. */
export class Lister {
  readonly #folder: Folder
  readonly #pages: Pages<undefined>

  constructor(folder: Folder, namesAtATime?: number) {
    this.#folder = folder
    this.#pages = new Pages(openReader(toBytes(folder.root), folder.followSymlinks), namesAtATime)
  }

  async page(options: ListOptions = {}): Promise<ListPage> {
    const { prefix = '', startAfter = '', cursor = startAfter, limit = maxListEntries, signal } = options
    assertGoing(signal)
    return await this.#folder.guard(prefix || this.#folder.root, async () => {
      await this.#folder.assertInside('')
      if (!(await this.#mayHold(prefix))) return { entries: [] }
      const { found, next } = await this.#pages.page({ prefix, after: cursor, limit: Math.min(limit, maxListEntries), signal })
      return { entries: await this.#look(found), ...(next !== undefined && { next }) }
    })
  }

  forget(): void {
    this.#pages.forget()
  }

  /** Nothing lies below a prefix that no path can stand for, or behind a link that is not followed. */
  async #mayHold(prefix: string): Promise<boolean> {
    const dir = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (dir === '') return true
    if (keyFault(dir)) return false
    if (this.#folder.followSymlinks) return true
    return !(await throughLink(this.#folder, dir))
  }

  async #look(found: readonly Found<undefined>[]): Promise<ListEntry[]> {
    const entries: (ListEntry | undefined)[] = []
    for (let at = 0; at < found.length; at += statsAtOnce) {
      const some = found.slice(at, at + statsAtOnce)
      entries.push(...(await Promise.all(some.map((one) => lookAt(one, this.#folder)))))
    }
    return entries.filter((entry) => entry !== undefined)
  }
}

/** Undefined for what has vanished, or become another thing, since its directory was read. */
async function lookAt({ shown, raw, kind, foreign }: Found<undefined>, { root, followSymlinks }: Folder): Promise<ListEntry | undefined> {
  try {
    const look = followSymlinks && kind !== 'symlink' ? stat : lstat
    const stats = await asked<Stats>((answer) => look(toPath(`${toBytes(root)}/${raw}`), answer))
    if (kindOf(stats) !== kind) return undefined
    return toEntry(toText(shown), stats, foreign ? 'other' : kind)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function throughLink(folder: Folder, dir: string): Promise<boolean> {
  const names = dir.split('/').slice(0, -1)
  const above = names.map((_, at) => names.slice(0, at + 1).join('/'))
  const links = await Promise.all(above.map((key) => asked<Stats>((answer) => lstat(folder.at(key), answer)).then((stats) => stats.isSymbolicLink(), () => false)))
  return links.includes(true)
}
