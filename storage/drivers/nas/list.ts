import { lstat, stat } from 'node:fs/promises'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { assertGoing } from './cancel.ts'
import { codeOf } from './error.ts'
import type { Folder } from './folder.ts'
import { kindOf, toEntry } from './info.ts'
import { keyFault } from './key.ts'
import { toBytes, toPath, toText } from './names.ts'
import { namesAtATime, Walk, type Found } from './walk.ts'

const statsAtOnce = 32
const keptWalks = 4
/** A walk that waits longer may have missed what came since: the directories are read again. */
const freshMs = 60_000

export const maxListEntries = 1_000

/** Pages of a folder. A walk is kept for the page after, found by the last key: cursors are keys. */
export class Lister {
  readonly #folder: Folder
  readonly #namesAtATime: number
  readonly #walks = new Map<string, { walk: Walk; keptAtMs: number }>()

  constructor(folder: Folder, most = namesAtATime) {
    this.#folder = folder
    this.#namesAtATime = most
  }

  async page(options: ListOptions = {}): Promise<ListPage> {
    const { prefix = '', startAfter = '', signal } = options
    assertGoing(signal)
    return await this.#folder.guard(prefix || this.#folder.root, async () => {
      await this.#folder.assertInside('')
      if (!(await this.#mayHold(prefix))) return { entries: [] }
      const after = options.cursor ?? startAfter
      const walk = this.#take(prefix, after) ?? this.#begin(prefix, after)
      const found = await take(walk, Math.max(1, Math.min(options.limit ?? maxListEntries, maxListEntries)), signal)
      const entries = await this.#look(found)
      const last = found.at(-1)
      if (!last || !(await walk.peek())) return { entries }
      return { entries, next: this.#keep(prefix, toText(last.shown), walk) }
    })
  }

  forget(): void {
    this.#walks.clear()
  }

  /** Nothing lies below a prefix that no path can stand for, or behind a link that is not followed. */
  async #mayHold(prefix: string): Promise<boolean> {
    const dir = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (dir === '') return true
    if (keyFault(dir)) return false
    if (this.#folder.followSymlinks) return true
    return !(await throughLink(this.#folder, dir))
  }

  #begin(prefix: string, after: string): Walk {
    const { root, followSymlinks } = this.#folder
    const place = { root: toBytes(root), prefix: toBytes(prefix), after: toBytes(after) }
    return new Walk({ ...place, followSymlinks, most: this.#namesAtATime })
  }

  #take(prefix: string, after: string): Walk | undefined {
    const name = `${prefix}\0${after}`
    const kept = this.#walks.get(name)
    this.#walks.delete(name)
    return kept && Date.now() - kept.keptAtMs < freshMs ? kept.walk : undefined
  }

  #keep(prefix: string, last: string, walk: Walk): string {
    this.#walks.set(`${prefix}\0${last}`, { walk, keptAtMs: Date.now() })
    const [oldest] = this.#walks.keys()
    if (this.#walks.size > keptWalks && oldest !== undefined) this.#walks.delete(oldest)
    return last
  }

  async #look(found: readonly Found[]): Promise<ListEntry[]> {
    const entries: (ListEntry | undefined)[] = []
    for (let at = 0; at < found.length; at += statsAtOnce) {
      const some = found.slice(at, at + statsAtOnce)
      entries.push(...(await Promise.all(some.map((one) => lookAt(one, this.#folder.followSymlinks)))))
    }
    return entries.filter((entry) => entry !== undefined)
  }
}

async function take(walk: Walk, most: number, signal: AbortSignal | undefined): Promise<Found[]> {
  const found: Found[] = []
  while (found.length < most) {
    const one = await walk.next()
    assertGoing(signal)
    if (!one) break
    found.push(one)
  }
  return found
}

/** Undefined for what has vanished, or become another thing, since its directory was read. */
async function lookAt({ shown, raw, kind, foreign }: Found, followSymlinks: boolean): Promise<ListEntry | undefined> {
  try {
    const stats = await (followSymlinks && kind !== 'symlink' ? stat : lstat)(toPath(raw))
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
  const links = await Promise.all(above.map((key) => lstat(folder.at(key)).then((stats) => stats.isSymbolicLink(), () => false)))
  return links.includes(true)
}
