import { isStorageError } from '../error.ts'
import type { ByteString } from './names.ts'
import type { RawName, Reader } from './reader.ts'
import { select, type Name, type Selection } from './select.ts'

/** Names of one directory that are held at a time; a larger one is read several times, */
export const namesAtATime = 20_000
/** but not more often than this: above that, more are held. */
const mostReadings = 40

export interface Found<Details> extends Omit<RawName<Details>, 'details'> {
  /** Key, as bytes. */
  readonly shown: ByteString
  /** Path below the root, without '/' at its end. */
  readonly raw: ByteString
  /** The name is not UTF-8, so that no key can stand for it. */
  readonly foreign: boolean
  /** Undefined for the directory that the walk began in. */
  readonly details: Details | undefined
}

export interface WalkOptions {
  readonly prefix: ByteString
  readonly after: ByteString
  readonly most?: number
}

/** Of a directory that is gone, or not read yet: not the same as an empty one. */
const nothing: Selection<never> = { names: [], more: false, count: 1 }

type Signal = AbortSignal | undefined

interface Level<Details> {
  /** '' or ending in '/'. */
  readonly shown: ByteString
  /** The same, as bytes. */
  readonly raw: ByteString
  readonly foreign: boolean
  readonly identity: string
  selection: Selection<Details>
  at: number
}

/** Everything below a folder in the byte order of keys: a directory sorts as `name/`, and only an empty one shows itself. */
export class Walk<Details> {
  readonly #reader: Reader<Details>
  readonly #options: WalkOptions
  readonly #levels: Level<Details>[] = []
  #peeked: Found<Details> | undefined
  #started = false

  constructor(reader: Reader<Details>, options: WalkOptions) {
    this.#reader = reader
    this.#options = options
  }

  async peek(signal?: Signal): Promise<Found<Details> | undefined> {
    this.#peeked ??= await this.#advance(signal)
    return this.#peeked
  }

  async next(signal?: Signal): Promise<Found<Details> | undefined> {
    const found = await this.peek(signal)
    this.#peeked = undefined
    return found
  }

  async #advance(signal: Signal): Promise<Found<Details> | undefined> {
    const first = this.#started ? undefined : await this.#start(signal)
    if (first) return first
    for (let level = this.#levels.at(-1); level; level = this.#levels.at(-1)) {
      const name = await this.#nextName(level, signal)
      const found = name && (await this.#visit(level, name, signal))
      if (found) return found
      if (!name) this.#levels.pop()
    }
    return undefined
  }

  /** Begins in the directory that the prefix names. */
  async #start(signal: Signal): Promise<Found<Details> | undefined> {
    this.#started = true
    const { prefix } = this.#options
    const shown = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    return await this.#enter({ shown, raw: shown.slice(0, -1), kind: 'directory', foreign: false, details: undefined }, signal)
  }

  async #nextName(level: Level<Details>, signal: Signal): Promise<Name<Details> | undefined> {
    const { names, more } = level.selection
    if (level.at >= names.length && more) {
      level.selection = await this.#read(level, names.at(-1)?.shown ?? '', signal)
      level.at = 0
    }
    return level.selection.names[level.at++]
  }

  async #visit(level: Level<Details>, { shown, raw, kind, details }: Name<Details>, signal: Signal): Promise<Found<Details> | undefined> {
    const clean = kind === 'directory' ? shown.slice(0, -1) : shown
    const found = { shown: level.shown + shown, raw: level.raw + raw, kind, foreign: level.foreign || clean !== raw, details }
    return kind === 'directory' ? await this.#enter(found, signal) : found
  }

  /** Goes down into a directory; an empty one is itself found. One that has vanished is nothing. */
  async #enter(found: Found<Details>, signal: Signal): Promise<Found<Details> | undefined> {
    const { after, prefix } = this.#options
    const { shown, foreign } = found
    const raw = found.raw === '' ? '' : `${found.raw}/`
    const identity = (await this.#reader.links?.identify(raw, signal)) ?? ''
    const level: Level<Details> = { shown, raw, foreign, identity, selection: nothing, at: 0 }
    this.#levels.push(level)
    level.selection = await this.#read(level, '', signal)
    const itself = level.selection.count === 0 && shown !== '' && shown > after && shown.startsWith(prefix)
    return itself ? found : undefined
  }

  /** A directory that has vanished holds nothing more; the root may not vanish. */
  async #read(level: Level<Details>, last: ByteString, signal: Signal): Promise<Selection<Details>> {
    try {
      return await this.#select(level, last, signal)
    } catch (error) {
      if (level.shown !== '' && isStorageError(error, 'not-found')) return nothing
      throw error
    }
  }

  async #select(level: Level<Details>, last: ByteString, signal: Signal): Promise<Selection<Details>> {
    const { after, prefix, most = namesAtATime } = this.#options
    return await select(this.#reader, level.raw, {
      after: after.startsWith(level.shown) ? after.slice(level.shown.length) : '',
      last,
      prefix: prefix.startsWith(level.shown) ? prefix.slice(level.shown.length) : '',
      most: Math.max(most, Math.ceil(level.selection.count / mostReadings)),
      above: new Set(this.#levels.map(({ identity }) => identity)),
      signal,
    })
  }
}
