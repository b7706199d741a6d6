import { isStorageError, StorageError } from '../../error.ts'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { toBytes, toText } from '../../tree/names.ts'
import { Pages } from '../../tree/pages.ts'
import type { RawName, Reader } from '../../tree/reader.ts'
import type { Found } from '../../tree/walk.ts'
import type { Wire } from './wire.ts'

export const maxListEntries = 1_000
/** Names of a folder a request: as many as the service gives. */
const namesARequest = 10_000
/** What the service gives as the next place when there is none. */
const theEnd = 'g2gCZAAEbmV4dGQAA2VvZg'

interface Details {
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
}

/** The service lists a folder at a time, in no order that it promises: a walk brings the keys into theirs. */
export class Lister {
  readonly #pages: Pages<Details>

  constructor(wire: Wire) {
    this.#pages = new Pages(openReader(wire))
  }

  async page(options: ListOptions = {}): Promise<ListPage> {
    const { prefix = '', startAfter = '', cursor = startAfter, limit = maxListEntries, signal } = options
    assertGoing(signal)
    const { found, next } = await this.#pages.page({ prefix, after: cursor, limit: Math.min(limit, maxListEntries), signal })
    return { entries: found.map(toEntry), ...(next !== undefined && { next }) }
  }

  forget(): void {
    this.#pages.forget()
  }
}

/** A folder of which nothing is known but that it is there is the one that the listing began in. */
function toEntry({ shown, kind, details = { size: 0, mtimeMs: 0 } }: Found<Details>): ListEntry {
  return { key: toText(shown), ...details, ...(kind !== 'file' && { kind }) }
}

function openReader(wire: Wire): Reader<Details> {
  return { read: (folder, signal) => readFolder(wire, toText(folder), signal) }
}

async function* readFolder(wire: Wire, folder: string, signal: AbortSignal | undefined): AsyncIterable<readonly RawName<Details>[]> {
  for (let iter: string | undefined; ; ) {
    const page = await readPage(wire, folder, iter, signal)
    yield page.names
    if (page.iter === undefined || page.iter === theEnd || page.iter === iter) return
    iter = page.iter
  }
}

interface FolderPage {
  readonly names: readonly RawName<Details>[]
  readonly iter?: string
}

async function readPage(wire: Wire, key: string, iter: string | undefined, signal: AbortSignal | undefined): Promise<FolderPage> {
  const headers = {
    accept: 'application/json',
    'x-upyun-folder': 'true',
    'x-list-limit': String(namesARequest),
    ...(iter !== undefined && { 'x-list-iter': iter }),
  }
  try {
    const { body } = await wire.send({ method: 'GET', key, headers, ...(signal && { signal }) })
    return toPage(body.toString('utf8'))
  } catch (error) {
    if (key === '' && isStorageError(error, 'not-found')) return { names: [] }
    throw error
  }
}

function toPage(body: string): FolderPage {
  const { files, iter } = parse(body)
  if (!Array.isArray(files)) throw new StorageError('The service answered with no listing of the folder.', { kind: 'unexpected' })
  return { names: files.map((file) => toName(Object(file) as Record<string, unknown>)), ...(typeof iter === 'string' && { iter }) }
}

function parse(body: string): { readonly files?: unknown; readonly iter?: unknown } {
  try {
    return Object(JSON.parse(body)) as { files?: unknown; iter?: unknown }
  } catch {
    return {}
  }
}

function toName({ name, type, length, last_modified: modified, etag }: Record<string, unknown>): RawName<Details> {
  if (typeof name !== 'string' || name === '') throw new StorageError('The service listed a file without a name.', { kind: 'unexpected' })
  const isFolder = type === 'folder'
  const details = { size: isFolder ? 0 : Number(length), mtimeMs: Number(modified) * 1000 }
  const tag = typeof etag === 'string' && etag !== '' && !isFolder ? { etag: etag.replace(/^"(.*)"$/, '$1') } : {}
  return { raw: toBytes(name), kind: isFolder ? 'directory' : 'file', details: { ...details, ...tag } }
}
