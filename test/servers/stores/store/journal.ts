import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Bucket, ObjectPart, StoredObject, Upload } from './model.ts'

/** One change of the store. What is applied from the journal in order gives the store again. */
export type JournalRecord =
  | { readonly kind: 'bucket'; readonly bucket: Bucket }
  | { readonly kind: 'no-bucket'; readonly bucket: string }
  /** `completes`: the upload that ends with it. */
  | { readonly kind: 'object'; readonly bucket: string; readonly object: StoredObject; readonly completes?: string }
  | { readonly kind: 'no-object'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'upload'; readonly upload: Upload }
  | { readonly kind: 'part'; readonly uploadId: string; readonly part: ObjectPart }
  | { readonly kind: 'no-upload'; readonly uploadId: string }

export interface Journal {
  append(record: JournalRecord): void
  close(): void
}

export const noJournal: Journal = { append: () => undefined, close: () => undefined }

/**
 * An append-only file of JSON lines, written before the answer goes out. A line that a kill cut off was never answered and is
 * dropped.
 */
export class DiskJournal implements Journal {
  readonly #path: string
  #handle = -1

  constructor(dir: string) {
    this.#path = join(dir, 'journal.jsonl')
  }

  read(): JournalRecord[] {
    if (!existsSync(this.#path)) return []
    const text = readFileSync(this.#path)
    const end = text.lastIndexOf(0x0a) + 1
    if (end < text.length) truncateSync(this.#path, end)
    return Array.from(linesOf(text.subarray(0, end)), line => JSON.parse(line) as JournalRecord)
  }

  /** Writes the whole state anew, so that the file does not grow with every restart, and opens it for more. */
  start(state: Iterable<JournalRecord>): void {
    const fresh = `${this.#path}.new`
    writeFileSync(fresh, '')
    let lines: string[] = []
    const flush = (): void => {
      appendFileSync(fresh, lines.join(''))
      lines = []
    }
    for (const record of state) if (lines.push(`${JSON.stringify(record)}\n`) >= 10_000) flush()
    flush()
    renameSync(fresh, this.#path)
    this.#handle = openSync(this.#path, 'a')
  }

  append(record: JournalRecord): void {
    writeSync(this.#handle, `${JSON.stringify(record)}\n`)
  }

  close(): void {
    closeSync(this.#handle)
  }
}

/** Line by line: the whole may be longer than a string can be. */
function* linesOf(text: Buffer): Generator<string> {
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf(0x0a, start)
    yield text.toString('utf8', start, end)
  }
}
