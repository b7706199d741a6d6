import { compareKeys } from '../../../model/keys.ts'

/** Keys in the byte order of their UTF-8 form. */
export class SortedKeys {
  readonly #keys: string[] = []

  add(key: string): void {
    const at = this.#firstNotBefore(key)
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key)
  }

  remove(key: string): void {
    const at = this.#firstNotBefore(key)
    if (this.#keys[at] === key) this.#keys.splice(at, 1)
  }

  /** Up to `limit` keys that begin with `prefix` and come after `after`. */
  page(prefix: string, after: string, limit: number): string[] {
    const page: string[] = []
    const start = compareKeys(after, prefix) < 0 ? prefix : after
    for (let at = this.#firstNotBefore(start); at < this.#keys.length && page.length < limit; at++) {
      const key = this.#keys[at] ?? ''
      if (!key.startsWith(prefix)) break
      if (key !== after) page.push(key)
    }
    return page
  }

  #firstNotBefore(key: string): number {
    let [low, high] = [0, this.#keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
