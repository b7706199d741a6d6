import { eachOf } from '../../../model/each-of.ts'
import { isStorageError, StorageError } from '../../error.ts'
import type { CallOptions, ListEntry, ListOptions, ListPage, ObjectInfo } from '../../storage.ts'
import type { Catalog } from './catalog.ts'
import { listFault } from './error.ts'
import { firstLine, lineChunks, type Line, type LinePosition } from './lines.ts'
import { parseRow, type Row } from './row.ts'
import type { UrlList } from './url-list.ts'

export const maxListEntries = 256
const looksAtOnce = 16
/** URLs that are tried before it is said that none can be reached. */
const mostTried = 20

export type Head = (row: Row, options: CallOptions) => Promise<ObjectInfo>

/** A page is a stretch of the list. Cursors last as long as the list stays as it is. */
export async function listPage(catalog: Catalog, head: Head, options: ListOptions = {}): Promise<ListPage> {
  const { cursor, limit = maxListEntries, prefix = '', signal } = options
  const list = await catalog.list({ anew: cursor === undefined, ...(signal && { signal }) })
  const from = cursor === undefined ? firstLine : toPosition(cursor, list, catalog.name)
  const { rows, next } = await readRows(list, from, Math.max(1, Math.min(limit, maxListEntries)))
  const looked = await lookAt(list, catalog.name, rows.filter((row) => isBelow(row, prefix)), head, options)
  if (cursor === undefined) await assertReachable(list, looked, next, head, options)
  return { entries: looked.map(({ entry }) => entry), ...(next && { next: `${next.offset} ${next.number} ${list.version}` }) }
}

function toPosition(cursor: string, { version }: UrlList, name: string): LinePosition {
  const [, offset, number, of] = /^(\d+) (\d+) (.*)$/s.exec(cursor) ?? []
  if (of !== version) throw listFault('changed', `${name} is not the list any more that was being read.`)
  return { offset: Number(offset), number: Number(number) }
}

interface Found {
  readonly line: LinePosition
  readonly row: NonNullable<ReturnType<typeof parseRow>>
}

const isBelow = ({ row }: Found, prefix: string): boolean => prefix === '' || ('key' in row && row.key.startsWith(prefix))

/** `next` is absent at the end of the list. */
async function readRows({ file }: UrlList, from: LinePosition, most: number): Promise<{ rows: Found[]; next?: LinePosition }> {
  const rows: Found[] = []
  for await (const lines of lineChunks(file, from)) {
    for (const line of lines) {
      const row = parseRow(line.bytes)
      if (row === undefined) continue
      if (rows.length === most) return { rows, next: positionOf(line) }
      rows.push({ line: positionOf(line), row })
    }
  }
  return { rows }
}

const positionOf = ({ offset, number }: Line): LinePosition => ({ offset, number })

interface Looked {
  readonly entry: ListEntry
  /** Why it is unseen. */
  readonly error?: StorageError
}

async function lookAt(list: UrlList, name: string, rows: readonly Found[], head: Head, { signal }: CallOptions): Promise<Looked[]> {
  const looked: Looked[] = []
  await eachOf(rows.entries(), looksAtOnce, async ([at, found]) => {
    looked[at] = await lookAtRow(list, name, found, head, { ...(signal && { signal }) })
  })
  return looked
}

async function lookAtRow(list: UrlList, name: string, found: Found, head: Head, options: CallOptions): Promise<Looked> {
  const usable = await usableOf(list, found)
  if ('fault' in usable) return { entry: toFault(found.line, name, usable.fault) }
  const row = usable
  try {
    return { entry: toEntry(await head(row, options)) }
  } catch (error) {
    if (!isStorageError(error) || error.kind === 'aborted') throw error
    return { entry: { key: row.key, size: 0, mtimeMs: 0, unseen: true }, error }
  }
}

const toEntry = ({ key, size, mtimeMs, etag }: ObjectInfo): ListEntry => ({ key, size, mtimeMs, ...(etag !== undefined && { etag }) })

/** Of rows with one file name the first counts. */
async function usableOf(list: UrlList, { line, row }: Found): Promise<Found['row']> {
  if ('fault' in row) return row
  const first = await list.find(row.key)
  if (first === undefined || first.offset === line.offset) return row
  return { fault: `has the file name "${row.key}", which line ${first.number} has already` }
}

/** No file name stands for it: it is called by its line. */
const toFault = ({ number }: LinePosition, name: string, fault: string): ListEntry => ({
  key: `line ${number} of ${name}`,
  size: 0,
  mtimeMs: 0,
  fault: `Line ${number} of ${name} ${fault}.`,
})

/** What such a name stands for; undefined where it is none. Fails `not-found` where the line is in order by now. */
export async function faultyLine(list: UrlList, name: string, key: string): Promise<ListEntry | undefined> {
  const number = Number(/^line (\d+) of /.exec(key)?.[1])
  const line = key === `line ${number} of ${name}` ? await list.line(number) : undefined
  const row = line && parseRow(line.bytes)
  if (line === undefined || row === undefined) return undefined
  const usable = await usableOf(list, { line, row })
  if ('fault' in usable) return toFault(line, name, usable.fault)
  throw new StorageError(`Line ${number} of ${name} is in order now, with the file name "${usable.key}": run the job again to copy it.`, { kind: 'not-found' })
}

/** An outage is not a page of bad files: where the first URLs are all out of reach, so is the address. */
async function assertReachable(list: UrlList, looked: readonly Looked[], next: LinePosition | undefined, head: Head, options: CallOptions): Promise<void> {
  const [first] = looked.map(({ error }) => error).filter(isUnreachable)
  if (first === undefined || looked.some(answered)) return
  const more = next && looked.length < mostTried ? await readRows(list, next, mostTried - looked.length) : { rows: [] }
  if ((await lookAt(list, '', more.rows, head, options)).some(answered)) return
  const { kind, message } = first
  throw listFault('unreachable', message, { kind, retryable: true })
}

const isUnreachable = (error: StorageError | undefined): error is StorageError =>
  error !== undefined && ['network', 'timeout', 'unavailable', 'throttled'].includes(error.kind)

const answered = ({ entry, error }: Looked): boolean => entry.fault === undefined && !isUnreachable(error)
