import { isStorageError, StorageError } from '../../error.ts'
import type { ListEntry, ListOptions, ListPage } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import type { Query } from '../../http/encode.ts'
import { scanPage, type ScannedEntry, type ScannedPage } from './listing.ts'
import { headObject } from './read.ts'
import type { Wire } from './wire.ts'

/** Pages that hold nothing but say that more follows are gone through here, a few at a time. */
const maxEmptyPages = 20

export async function listObjects<A>(wire: Wire, dialect: Dialect<A>, options: ListOptions = {}): Promise<ListPage> {
  let cursor = options.cursor
  for (let pages = 1; ; pages++) {
    const page = await fetchPage(wire, dialect, options, cursor)
    const next = nextCursor(page)
    if (page.entries.length > 0 || next === undefined || pages === maxEmptyPages) {
      return { entries: await lookAt(wire, dialect, page.entries, options), ...(next !== undefined && { next }) }
    }
    cursor = next
  }
}

/** `token:` what the store gave to go on with, `after:` the last key where it gave nothing. */
function nextCursor({ truncated, token, entries }: ScannedPage): string | undefined {
  if (!truncated) return undefined
  if (token !== undefined) return `token:${token}`
  const last = entries.at(-1)
  if (last === undefined)
    throw new StorageError('The store says that more keys follow, but not how to go on.', { kind: 'unexpected' })
  return `after:${last.key}`
}

async function fetchPage<A>(
  wire: Wire,
  dialect: Dialect<A>,
  options: ListOptions,
  cursor: string | undefined,
): Promise<ScannedPage> {
  const query = { ...shared(dialect, options), ...position(dialect.listing.version, options.startAfter, cursor) }
  const { body } = await wire.send({ method: 'GET', query, ...(options.signal && { signal: options.signal }) })
  return scanPage(body.toString('utf8'), dialect.listing.tokenEncoded)
}

function shared<A>({ listing, limits }: Dialect<A>, { prefix, limit }: ListOptions): Query {
  return {
    'max-keys': Math.min(limit ?? limits.maxListEntries, limits.maxListEntries),
    ...(prefix && { prefix }),
    ...(listing.urlEncoding && { 'encoding-type': 'url' }),
    ...(listing.version === 2 && { 'list-type': 2 }),
  }
}

function position(version: 1 | 2, startAfter: string | undefined, cursor: string | undefined): Query {
  const token = cursor?.startsWith('token:') ? cursor.slice('token:'.length) : undefined
  const after = cursor?.startsWith('after:') ? cursor.slice('after:'.length) : startAfter
  if (version === 1) return { ...((token ?? after) && { marker: token ?? after }) }
  if (token !== undefined) return { 'continuation-token': token }
  return { ...(after && { 'start-after': after }) }
}

/** Size, time and ETag of a link are those of what it points at. */
async function lookAt<A>(
  wire: Wire,
  dialect: Dialect<A>,
  entries: readonly ScannedEntry[],
  { signal }: ListOptions,
): Promise<readonly ListEntry[]> {
  const { lookAtType } = dialect.listing
  if (lookAtType === undefined) return entries
  const follow = async (entry: ListEntry): Promise<ListEntry> => {
    const { size, mtimeMs, etag } = await headObject(wire, dialect, entry.key, signal && { signal })
    return { ...entry, size, mtimeMs, ...(etag && { etag }) }
  }
  const look = async ({ type, ...entry }: ScannedEntry): Promise<ListEntry> =>
    type === lookAtType ? follow(entry).catch(keepIfGone(entry)) : entry
  return Promise.all(entries.map(look))
}

/** A link that points at nothing stays as listed: reading it will fail. */
function keepIfGone(entry: ListEntry): (error: unknown) => ListEntry {
  return (error) => {
    if (isStorageError(error, 'not-found')) return entry
    throw error
  }
}
