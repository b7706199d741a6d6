/**
 * Where in a list the rows of a name are. Kept on disk, sorted by a hash of the name, so that memory hardly
 * grows with the list: while it is made a page a bucket, and one bucket at a time. Disk: 20 bytes a row, twice while it is made.
 */
import { hash } from 'node:crypto'
import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { LinePosition } from './lines.ts'
import { openScratch } from './scratch.ts'

const buckets = 256
const hashBytes = 8
const numberBytes = 6
const recordBytes = hashBytes + 2 * numberBytes
const pageRecords = 200

/** The first byte says the bucket. Names that share a hash are told apart by whoever reads their rows. */
const hashOf = (key: string): Buffer => hash('sha1', key, 'buffer').subarray(0, hashBytes)

export class RowIndex {
  readonly #file: FileHandle
  /** Number of the first record of each bucket; one more for the end. */
  readonly #starts: readonly number[]

  constructor(file: FileHandle, starts: readonly number[]) {
    this.#file = file
    this.#starts = starts
  }

  /** Rows whose name has the hash of this one, in the list's order. */
  *find(key: string): Generator<LinePosition> {
    const wanted = hashOf(key)
    const end = this.#starts[(wanted[0] ?? 0) + 1] ?? 0
    for (let at = this.#firstNotBefore(wanted); at < end; at++) {
      const record = this.#read(at)
      if (!record.subarray(0, hashBytes).equals(wanted)) return
      yield { offset: record.readUIntBE(hashBytes, numberBytes), number: record.readUIntBE(hashBytes + numberBytes, numberBytes) }
    }
  }

  #firstNotBefore(wanted: Buffer): number {
    let low = this.#starts[wanted[0] ?? 0] ?? 0
    let high = this.#starts[(wanted[0] ?? 0) + 1] ?? 0
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (Buffer.compare(this.#read(middle).subarray(0, hashBytes), wanted) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** At once: twenty bytes out of the page cache cost less than a turn of the event loop. */
  #read(record: number): Buffer {
    const bytes = Buffer.allocUnsafe(recordBytes)
    readSync(this.#file.fd, bytes, 0, recordBytes, record * recordBytes)
    return bytes
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Takes rows in the list's order, spilling them to disk bucket by bucket. */
export class RowIndexBuilder {
  readonly #spill: FileHandle
  readonly #open: { page: Buffer; used: number; spilled: number[] }[]
  #pages = 0

  constructor(spill: FileHandle) {
    this.#spill = spill
    this.#open = Array.from({ length: buckets }, () => ({ page: Buffer.alloc(pageRecords * recordBytes), used: 0, spilled: [] }))
  }

  async add(key: string, { offset, number }: LinePosition): Promise<void> {
    const hashed = hashOf(key)
    const bucket = this.#open[hashed[0] ?? 0]!
    hashed.copy(bucket.page, bucket.used)
    bucket.page.writeUIntBE(offset, bucket.used + hashBytes, numberBytes)
    bucket.page.writeUIntBE(number, bucket.used + hashBytes + numberBytes, numberBytes)
    bucket.used += recordBytes
    if (bucket.used < bucket.page.length) return
    await this.#spill.write(bucket.page, 0, bucket.used, this.#pages * bucket.page.length)
    bucket.spilled.push(this.#pages++)
    bucket.used = 0
  }

  async finish(): Promise<RowIndex> {
    const file = await openScratch()
    const starts = [0]
    for (const { page, used, spilled } of this.#open) {
      const bytes = Buffer.alloc(spilled.length * page.length + used)
      for (const [at, number] of spilled.entries()) await this.#spill.read(bytes, at * page.length, page.length, number * page.length)
      page.copy(bytes, spilled.length * page.length, 0, used)
      const first = starts.at(-1) ?? 0
      await file.write(sorted(bytes), 0, bytes.length, first * recordBytes)
      starts.push(first + bytes.length / recordBytes)
    }
    return new RowIndex(file, starts)
  }
}

function sorted(records: Buffer): Buffer {
  const each = Array.from({ length: records.length / recordBytes }, (_, at) => records.subarray(at * recordBytes, (at + 1) * recordBytes))
  return Buffer.concat(each.sort(Buffer.compare))
}
