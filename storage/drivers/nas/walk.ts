import { stat } from 'node:fs/promises'
import type { EntryKind } from '../../storage.ts'
import { codeOf, toStorageError } from './error.ts'
import { toPath, toText, type ByteString } from './names.ts'
import { identityOf, select, type Name, type Selection } from './select.ts'

/** Names of one directory that are held at a time; a larger one is read several times, */
export const namesAtATime = 20_000
/** but not more often than this: above that, more are held. */
const mostReadings = 40

export interface Found {
  /** Key, as bytes. */
  readonly shown: ByteString
  /** Path, as bytes. */
  readonly raw: ByteString
  readonly kind: EntryKind
  /** The name is not UTF-8, so that no key can stand for it. */
  readonly foreign: boolean
}

export interface WalkOptions {
  readonly root: ByteString
  readonly prefix: ByteString
  readonly after: ByteString
  readonly followSymlinks: boolean
  readonly most?: number
}

/** Of a directory that is gone, or not read yet: not the same as an empty one. */
const nothing: Selection = { names: [], more: false, count: 1 }

interface Level {
  /** '' or ending in '/'. */
  readonly shown: ByteString
  readonly raw: ByteString
  readonly foreign: boolean
  readonly identity: string
  selection: Selection
  at: number
}

/** Everything below a folder in the byte order of keys: a directory sorts as `name/`, and only an empty one shows itself. */
export class Walk {
  readonly #options: WalkOptions
  readonly #levels: Level[] = []
  #peeked: Found | undefined
  #started = false

  constructor(options: WalkOptions) {
    this.#options = options
  }

  async peek(): Promise<Found | undefined> {
    this.#peeked ??= await this.#advance()
    return this.#peeked
  }

  async next(): Promise<Found | undefined> {
    const found = await this.peek()
    this.#peeked = undefined
    return found
  }

  async #advance(): Promise<Found | undefined> {
    const first = this.#started ? undefined : await this.#start()
    if (first) return first
    for (let level = this.#levels.at(-1); level; level = this.#levels.at(-1)) {
      const name = await this.#nextName(level)
      const found = name && (await this.#visit(level, name))
      if (found) return found
      if (!name) this.#levels.pop()
    }
    return undefined
  }

  /** Begins in the directory that the prefix names. */
  async #start(): Promise<Found | undefined> {
    this.#started = true
    const { prefix, root } = this.#options
    const shown = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    return await this.#enter({ shown, raw: shown === '' ? root : `${root}/${shown.slice(0, -1)}`, foreign: false })
  }

  async #nextName(level: Level): Promise<Name | undefined> {
    const { names, more } = level.selection
    if (level.at >= names.length && more) {
      level.selection = await this.#read(level, names.at(-1)?.shown ?? '')
      level.at = 0
    }
    return level.selection.names[level.at++]
  }

  async #visit(level: Level, { shown, raw, kind }: Name): Promise<Found | undefined> {
    const clean = kind === 'directory' ? shown.slice(0, -1) : shown
    const found = { shown: level.shown + shown, raw: `${level.raw}/${raw}`, kind, foreign: level.foreign || clean !== raw }
    return kind === 'directory' ? await this.#enter(found) : found
  }

  /** Goes down into a directory; an empty one is itself found. One that has vanished is nothing. */
  async #enter({ shown, raw, foreign }: Omit<Found, 'kind'>): Promise<Found | undefined> {
    const { after, prefix, followSymlinks } = this.#options
    const identity = followSymlinks ? await stat(toPath(raw)).then(identityOf, () => '') : ''
    const level: Level = { shown, raw, foreign, identity, selection: nothing, at: 0 }
    this.#levels.push(level)
    level.selection = await this.#read(level, '')
    const itself = level.selection.count === 0 && shown !== '' && shown > after && shown.startsWith(prefix)
    return itself ? { shown, raw, kind: 'directory', foreign } : undefined
  }

  /** A directory that has vanished holds nothing more; the root may not vanish. */
  async #read(level: Level, last: ByteString): Promise<Selection> {
    try {
      return await this.#select(level, last)
    } catch (error) {
      if (level.shown === '') throw error
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return nothing
      throw toStorageError(error, toText(level.shown))
    }
  }

  async #select(level: Level, last: ByteString): Promise<Selection> {
    const { after, prefix, most = namesAtATime, followSymlinks } = this.#options
    const afterHere = after.startsWith(level.shown) ? after.slice(level.shown.length) : ''
    return await select(level.raw, {
      after: afterHere,
      last,
      prefix: prefix.startsWith(level.shown) ? prefix.slice(level.shown.length) : '',
      most: Math.max(most, Math.ceil(level.selection.count / mostReadings)),
      above: followSymlinks ? new Set(this.#levels.map(({ identity }) => identity)) : undefined,
    })
  }
}
