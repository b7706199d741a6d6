/**
 * Bytes that were written once. A blob is plain JSON, so that the journal can name it. Blobs are counted: `store` and `finish`
 * give a blob with one holder, `retain` adds one, and the bytes go when the last one lets go.
 */
export interface Blob {
  readonly file: string
  readonly offset: number
  readonly size: number
}

export interface Blobs {
  store(bytes: Buffer): Blob
  create(): BlobWriter
  /** The bytes stay readable until `close`, whoever releases the blob meanwhile. */
  open(blob: Blob): BlobReader
  retain(blob: Blob): void
  release(blob: Blob): void
  /** After a restart: only what `retain` has named is kept. */
  sweep(): void
  close(): void
}

export interface BlobWriter {
  write(chunk: Buffer): void
  finish(): Blob
  abandon(): void
}

export interface BlobReader {
  read(offset: number, length: number): Buffer
  close(): void
}

/** How many hold each file. */
export class Holders {
  readonly #counts = new Map<string, number>()

  has(file: string): boolean {
    return this.#counts.has(file)
  }

  retain(file: string): void {
    this.#counts.set(file, (this.#counts.get(file) ?? 0) + 1)
  }

  /** True when that was the last one. */
  release(file: string): boolean {
    const left = (this.#counts.get(file) ?? 0) - 1
    if (left > 0) this.#counts.set(file, left)
    else this.#counts.delete(file)
    return left <= 0
  }
}
