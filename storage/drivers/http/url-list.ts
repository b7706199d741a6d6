import type { FileHandle } from 'node:fs/promises'
import { listFault } from './error.ts'
import { lineChunks, withoutMark, type Line, type LinePosition } from './lines.ts'
import type { OpenedList } from './list-source.ts'
import { RowIndexBuilder, type RowIndex } from './row-index.ts'
import { maxRowBytes, parseRow, type Row } from './row.ts'
import { openScratch } from './scratch.ts'

const linesAMark = 4_096

/** One version of a list, and where each file name is in it. */
export class UrlList {
  readonly version: string
  readonly file: FileHandle
  readonly #index: RowIndex
  readonly #marks: readonly LinePosition[]

  /** `marks`: every so-manyth line, from the first on. */
  constructor({ file, version }: OpenedList, index: RowIndex, marks: readonly LinePosition[]) {
    this.version = version
    this.file = file
    this.#index = index
    this.#marks = marks
  }

  /** The first row of this file name, which is the one that counts. */
  async find(key: string): Promise<(Row & LinePosition) | undefined> {
    for (const position of this.#index.find(key)) {
      const row = parseRow(await this.#line(position.offset))
      if (row !== undefined && 'key' in row && row.key === key) return { ...row, ...position }
    }
    return undefined
  }

  /** Undefined where the list has no such line. */
  async line(number: number): Promise<Line | undefined> {
    const mark = this.#marks[Math.floor((number - 1) / linesAMark)]
    for await (const lines of mark ? lineChunks(this.file, mark) : []) {
      const line = lines.find((one) => one.number === number)
      if (line !== undefined) return line
    }
    return undefined
  }

  async #line(offset: number): Promise<Uint8Array> {
    for (let most = 1024; ; most *= 4) {
      const { bytesRead, buffer } = await this.file.read(Buffer.alloc(most), 0, most, offset)
      const end = buffer.subarray(0, bytesRead).indexOf('\n')
      if (end >= 0 || bytesRead < most || most > maxRowBytes) return withoutMark(buffer.subarray(0, end < 0 ? bytesRead : end), offset)
    }
  }

  async close(): Promise<void> {
    await this.file.close()
    await this.#index.close()
  }
}

/** Reads the whole list once. Fails where it has rows, and not one that can be used. */
export async function indexList(opened: OpenedList, name: string): Promise<UrlList> {
  const spill = await openScratch()
  try {
    const builder = new RowIndexBuilder(spill)
    const marks: LinePosition[] = []
    const fault = await addRows(builder, opened.file, marks)
    if (fault !== undefined) throw listFault('bad', `${name} has not one usable row of URL, tab and file name: line 1 ${fault}.`)
    return new UrlList(opened, await builder.finish(), marks)
  } catch (error) {
    await opened.file.close()
    throw error
  } finally {
    await spill.close()
  }
}

/** The first row's fault, where all have one. */
async function addRows(builder: RowIndexBuilder, file: FileHandle, marks: LinePosition[]): Promise<string | undefined> {
  let fault: string | undefined
  let usable = false
  for await (const lines of lineChunks(file)) {
    for (const line of lines) {
      if (line.number % linesAMark === 1) marks.push({ offset: line.offset, number: line.number })
      const row = parseRow(line.bytes)
      if (row === undefined) continue
      if ('fault' in row) fault ??= row.fault
      else await builder.add(row.key, line)
      usable ||= 'key' in row
    }
  }
  return usable ? undefined : fault
}
