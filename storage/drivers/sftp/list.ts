import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { keyFault } from '../../tree/key.ts'
import { toText } from '../../tree/names.ts'
import { Pages } from '../../tree/pages.ts'
import type { Found } from '../../tree/walk.ts'
import type { Folder } from './folder.ts'
import { toEntry, type Facts } from './info.ts'
import type { Pool } from './pool.ts'
import { openReader } from './reader.ts'
import type { Session } from './session.ts'

export const maxListEntries = 1_000

/** Pages of a folder. What there is to say of a file comes with its name. */
export class Lister {
  readonly #folder: Folder
  readonly #pages: Pages<Facts>

  constructor(folder: Folder, pool: Pool, namesAtATime?: number) {
    this.#folder = folder
    this.#pages = new Pages(openReader(folder.root, pool, folder.followSymlinks), namesAtATime)
  }

  async page(options: ListOptions = {}): Promise<ListPage> {
    const { prefix = '', startAfter = '', cursor = startAfter, limit = maxListEntries, signal } = options
    return await this.#folder.with(prefix || this.#folder.root, signal, async (session) => {
      await this.#folder.assertInside(session, '')
      if (!(await this.#mayHold(session, prefix))) return { entries: [] }
      const { found, next } = await this.#pages.page({ prefix, after: cursor, limit: Math.min(limit, maxListEntries), signal })
      const entries = await Promise.all(found.map((one) => this.#entryOf(session, one)))
      return { entries, ...(next !== undefined && { next }) }
    })
  }

  forget(): void {
    this.#pages.forget()
  }

  /** Nothing lies below a prefix that no path can stand for, or behind a link that is not followed. */
  async #mayHold(session: Session, prefix: string): Promise<boolean> {
    const dir = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (dir === '') return true
    if (keyFault(dir)) return false
    return this.#folder.followSymlinks || !(await this.#folder.throughLink(session, dir))
  }

  async #entryOf(session: Session, { shown, kind, foreign, details }: Found<Facts>): Promise<ListEntry> {
    const key = toText(shown)
    return toEntry(key, details ?? (await session.stat(this.#folder.at(key))), foreign ? 'other' : kind)
  }
}
