/** Keeps the `most` smallest of any number of names, holding at most twice as many. */
export class Smallest<T extends { readonly shown: string }> {
  readonly #most: number
  #kept: T[] = []
  #ceiling: string | undefined
  /** Some did not fit. */
  dropped = false

  constructor(most: number) {
    this.#most = most
  }

  get held(): number {
    return this.#kept.length
  }

  add(name: T): void {
    if (this.#ceiling !== undefined && name.shown > this.#ceiling) {
      this.dropped = true
      return
    }
    this.#kept.push(name)
    if (this.#kept.length >= 2 * this.#most) this.#cut()
  }

  sorted(): T[] {
    this.#cut()
    return this.#kept
  }

  #cut(): void {
    this.#kept.sort((a, b) => (a.shown < b.shown ? -1 : 1))
    if (this.#kept.length <= this.#most) return
    this.#kept.length = this.#most
    this.#ceiling = this.#kept.at(-1)?.shown
    this.dropped = true
  }
}
