import type { ByteString } from '../bytes.ts'

/** Keys in byte order: blocks of a few hundred, so that adding, removing and seeking stay cheap with millions. */
export class SortedKeys {
  readonly #blocks: ByteString[][] = [[]]
  readonly #blockSize: number

  constructor(blockSize = 512) {
    this.#blockSize = blockSize
  }

  add(key: ByteString): void {
    const at = this.#blockOf(key)
    const block = this.#block(at)
    const index = lowerBound(block, key)
    if (block[index] === key) return
    block.splice(index, 0, key)
    if (block.length > this.#blockSize) this.#blocks.splice(at + 1, 0, block.splice(this.#blockSize / 2))
  }

  remove(key: ByteString): void {
    const at = this.#blockOf(key)
    const block = this.#block(at)
    const index = lowerBound(block, key)
    if (block[index] !== key) return
    block.splice(index, 1)
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1)
  }

  /** Keys ≥ `from`, in order. The set must not change meanwhile. */
  *from(from: ByteString): Generator<ByteString> {
    const start = this.#blockOf(from)
    for (let at = start; at < this.#blocks.length; at++) {
      const block = this.#block(at)
      for (let index = at === start ? lowerBound(block, from) : 0; index < block.length; index++) yield block[index] as ByteString
    }
  }

  #block(at: number): ByteString[] {
    return this.#blocks[at] ?? []
  }

  /** The last block whose first key is ≤ key. */
  #blockOf(key: ByteString): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#block(middle)[0] ?? '') <= key) low = middle
      else high = middle - 1
    }
    return low
  }
}

function lowerBound(block: readonly ByteString[], key: ByteString): number {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((block[middle] as ByteString) < key) low = middle + 1
    else high = middle
  }
  return low
}
