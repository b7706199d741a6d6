/** Takes apart a body that comes in chunks (`Transfer-Encoding: chunked`), however its bytes arrive. */
export class Chunks {
  /** Of the chunk that is being read. */
  #left = 0
  #line = ''
  #state: 'size' | 'data' | 'after' | 'trailer' | 'over' = 'size'

  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** The data in `bytes`, as views of it. Throws a RangeError where it is no such body. What follows its end is left alone. */
  *take(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length && !this.isOver; ) {
      if (this.#state === 'data') {
        const data = bytes.subarray(at, at + this.#left)
        at += data.length
        this.#left -= data.length
        if (this.#left === 0) this.#state = 'after'
        yield data
      } else {
        at = this.#lineFrom(bytes, at)
      }
    }
  }

  /** Where what follows begins. */
  #lineFrom(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(newline, at)
    this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end)
    if (this.#line.length > longestLine) throw new RangeError('The answer has a chunk without a size.')
    if (end < 0) return bytes.length
    this.#next(this.#line.trimEnd())
    this.#line = ''
    return end + 1
  }

  #next(line: string): void {
    if (this.#state === 'after') this.#state = 'size'
    else if (this.#state === 'trailer') this.#state = line === '' ? 'over' : 'trailer'
    else this.#begin(line)
  }

  #begin(line: string): void {
    const size = /^([0-9a-f]{1,12})(?:[;\s].*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new RangeError('The answer has a chunk without a size.')
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
  }
}

const newline = 0x0a
const longestLine = 8 * 1024
