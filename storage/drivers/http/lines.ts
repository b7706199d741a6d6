import type { FileHandle } from 'node:fs/promises'
import { maxRowBytes } from './row.ts'

export interface Line {
  /** Of its first byte, and of the first one after it. */
  readonly offset: number
  readonly end: number
  /** From 1. */
  readonly number: number
  /** Without its line feed and the list's byte order mark. A longer line than a row may be is cut just above that. */
  readonly bytes: Uint8Array
}

export interface LinePosition {
  readonly offset: number
  readonly number: number
}

export const firstLine: LinePosition = { offset: 0, number: 1 }

const chunkBytes = 256 * 1024
const lineFeed = 0x0a
const bom = Buffer.from([0xef, 0xbb, 0xbf])

/** The lines of a file from one on, a chunk of them at a time. */
export async function* lineChunks(file: FileHandle, from: LinePosition = firstLine): AsyncGenerator<Line[]> {
  const chunk = Buffer.alloc(chunkBytes)
  let { offset, number } = from
  let rest: Buffer = Buffer.alloc(0)
  let dropped = 0
  for (let at = offset; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, at)
    at += bytesRead
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const lines: Line[] = []
    let start = 0
    const take = (stop: number, end: number): void => {
      lines.push({ offset, end: offset + dropped + end - start, number: number++, bytes: withoutMark(bytes.subarray(start, stop), offset) })
      offset += dropped + end - start
      dropped = 0
      start = end
    }
    for (let stop = bytes.indexOf(lineFeed); stop >= 0; stop = bytes.indexOf(lineFeed, start)) take(stop, stop + 1)
    if (bytesRead === 0 && start < bytes.length) take(bytes.length, bytes.length)
    if (lines.length > 0) yield lines
    if (bytesRead === 0) return
    const kept = Math.min(bytes.length - start, maxRowBytes + 1)
    dropped += bytes.length - start - kept
    rest = Buffer.from(bytes.subarray(start, start + kept))
  }
}

export const withoutMark = (bytes: Buffer, offset: number): Buffer =>
  offset === 0 && bytes.subarray(0, bom.length).equals(bom) ? bytes.subarray(bom.length) : bytes
