import { Holders, type Blob, type BlobReader, type BlobWriter, type Blobs } from './blobs.ts'

export class MemoryBlobs implements Blobs {
  readonly #files = new Map<string, Buffer>()
  readonly #holders = new Holders()
  #next = 0

  store(bytes: Buffer): Blob {
    const file = `m${this.#next++}`
    this.#files.set(file, compact(bytes))
    this.#holders.retain(file)
    return { file, offset: 0, size: bytes.length }
  }

  create(): BlobWriter {
    let chunks: Buffer[] = []
    return {
      write: chunk => void chunks.push(Buffer.from(chunk)),
      finish: () => this.store(Buffer.concat(chunks)),
      abandon: () => void (chunks = []),
    }
  }

  open(blob: Blob): BlobReader {
    const bytes = this.#files.get(blob.file) ?? Buffer.alloc(0)
    return {
      read: (offset, length) => bytes.subarray(blob.offset + offset, blob.offset + offset + length),
      close: () => undefined,
    }
  }

  retain(blob: Blob): void {
    this.#holders.retain(blob.file)
  }

  release(blob: Blob): void {
    if (this.#holders.release(blob.file)) this.#files.delete(blob.file)
  }

  sweep(): void {}
  close(): void {}
}

/** A small body is a slice of a large network buffer, which it would keep alive. */
const compact = (bytes: Buffer): Buffer => (bytes.buffer.byteLength > 2 * bytes.length ? Buffer.from(bytes) : bytes)
