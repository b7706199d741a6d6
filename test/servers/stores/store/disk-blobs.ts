import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { GiB, KiB } from '../options.ts'
import { Holders, type Blob, type BlobReader, type BlobWriter, type Blobs } from './blobs.ts'

const packed = 64 * KiB
const packBytes = GiB

/**
 * Small bodies one after another in `pack-N`, larger ones in files of their own. Writes go to the page cache at once, so what
 * was answered survives a kill of the process. Space of small bodies that were deleted comes back when their pack is empty
 * at the next start.
 */
export class DiskBlobs implements Blobs {
  readonly #folder: string
  readonly #holders = new Holders()
  readonly #packs = new Map<string, number>()
  readonly #subfolders = new Set<string>()
  #pack = ''
  #packSize = 0
  #next: number

  constructor(dir: string) {
    this.#folder = join(dir, 'blobs')
    mkdirSync(this.#folder, { recursive: true })
    this.#next = 1 + Math.max(-1, ...this.#names().map(name => Number.parseInt(name.slice(5), 36)))
  }

  store(bytes: Buffer): Blob {
    if (bytes.length > packed) return this.#storeAlone(bytes)
    const { file, offset } = this.#room(bytes.length)
    writeFully(this.#packHandle(file), bytes, offset)
    this.#holders.retain(file)
    return { file, offset, size: bytes.length }
  }

  create(): BlobWriter {
    const file = this.#name('file')
    const handle = openSync(this.#path(file), 'wx')
    let size = 0
    return {
      write: chunk => {
        writeFully(handle, chunk, size)
        size += chunk.length
      },
      finish: () => {
        closeSync(handle)
        this.#holders.retain(file)
        return { file, offset: 0, size }
      },
      abandon: () => {
        closeSync(handle)
        rmSync(this.#path(file), { force: true })
      },
    }
  }

  open(blob: Blob): BlobReader {
    const pack = isPack(blob.file)
    const handle = pack ? this.#packHandle(blob.file) : openSync(this.#path(blob.file), 'r')
    return {
      read: (offset, length) => readFully(handle, blob.offset + offset, length),
      close: () => (pack ? undefined : closeSync(handle)),
    }
  }

  retain(blob: Blob): void {
    this.#holders.retain(blob.file)
  }

  release(blob: Blob): void {
    if (this.#holders.release(blob.file) && !isPack(blob.file)) rmSync(this.#path(blob.file), { force: true })
  }

  sweep(): void {
    for (const name of this.#names()) if (!this.#holders.has(name)) rmSync(this.#path(name), { force: true })
  }

  close(): void {
    for (const handle of this.#packs.values()) closeSync(handle)
    this.#packs.clear()
  }

  #storeAlone(bytes: Buffer): Blob {
    const writer = this.create()
    writer.write(bytes)
    return writer.finish()
  }

  #room(size: number): { file: string; offset: number } {
    if (this.#pack === '' || this.#packSize + size > packBytes) {
      this.#pack = this.#name('pack')
      this.#packSize = 0
    }
    const offset = this.#packSize
    this.#packSize += size
    return { file: this.#pack, offset }
  }

  #packHandle(file: string): number {
    const open = this.#packs.get(file)
    if (open !== undefined) return open
    const handle = openSync(this.#path(file), file === this.#pack ? 'w+' : 'r')
    this.#packs.set(file, handle)
    return handle
  }

  #name(kind: 'pack' | 'file'): string {
    return `${kind}-${(this.#next++).toString(36)}`
  }

  #path(name: string): string {
    return isPack(name) ? join(this.#folder, name) : join(this.#subfolder(name), name)
  }

  #subfolder(name: string): string {
    const folder = join(this.#folder, name.slice(-2).padStart(2, '0'))
    if (!this.#subfolders.has(folder)) mkdirSync(folder, { recursive: true })
    this.#subfolders.add(folder)
    return folder
  }

  #names(): string[] {
    return readdirSync(this.#folder).flatMap(name => {
      const path = join(this.#folder, name)
      return statSync(path).isDirectory() ? readdirSync(path) : [name]
    })
  }
}

const isPack = (file: string): boolean => file.startsWith('pack-')

function writeFully(handle: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done, position + done)
}

function readFully(handle: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const read = readSync(handle, bytes, done, length - done, position + done)
    if (read === 0) throw new Error(`a stored file ends at ${position + done}, ${length - done} bytes early`)
    done += read
  }
  return bytes
}
