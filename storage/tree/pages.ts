import { assertGoing } from '../cancel.ts'
import { toBytes, toText } from './names.ts'
import type { Reader } from './reader.ts'
import { namesAtATime, Walk, type Found } from './walk.ts'

const keptWalks = 4
/** A walk that waits longer may have missed what came since: the directories are read again. */
const freshMs = 60_000

export interface PageOptions {
  readonly prefix: string
  /** Only what comes after this key. */
  readonly after: string
  readonly limit: number
  readonly signal: AbortSignal | undefined
}

export interface FoundPage<Details> {
  readonly found: readonly Found<Details>[]
  /** The last key, where there is more. */
  readonly next?: string
}

/** Pages of a walk. It is kept for the page after, found by the last key: cursors are keys, and outlive it. */
export class Pages<Details> {
  readonly #reader: Reader<Details>
  readonly #most: number
  readonly #walks = new Map<string, { walk: Walk<Details>; keptAtMs: number }>()

  constructor(reader: Reader<Details>, most = namesAtATime) {
    this.#reader = reader
    this.#most = most
  }

  async page({ prefix, after, limit, signal }: PageOptions): Promise<FoundPage<Details>> {
    const walk = this.#take(prefix, after) ?? this.#begin(prefix, after)
    const found = await take(walk, Math.max(1, limit), signal)
    const last = found.at(-1)
    if (!last || !(await walk.peek(signal))) return { found }
    return { found, next: this.#keep(prefix, toText(last.shown), walk) }
  }

  forget(): void {
    this.#walks.clear()
  }

  #begin(prefix: string, after: string): Walk<Details> {
    return new Walk(this.#reader, { prefix: toBytes(prefix), after: toBytes(after), most: this.#most })
  }

  #take(prefix: string, after: string): Walk<Details> | undefined {
    const name = `${prefix}\0${after}`
    const kept = this.#walks.get(name)
    this.#walks.delete(name)
    return kept && Date.now() - kept.keptAtMs < freshMs ? kept.walk : undefined
  }

  #keep(prefix: string, last: string, walk: Walk<Details>): string {
    this.#walks.set(`${prefix}\0${last}`, { walk, keptAtMs: Date.now() })
    const [oldest] = this.#walks.keys()
    if (this.#walks.size > keptWalks && oldest !== undefined) this.#walks.delete(oldest)
    return last
  }
}

async function take<Details>(walk: Walk<Details>, most: number, signal: AbortSignal | undefined): Promise<Found<Details>[]> {
  const found: Found<Details>[] = []
  while (found.length < most) {
    const one = await walk.next(signal)
    assertGoing(signal)
    if (!one) break
    found.push(one)
  }
  return found
}
