import type { ListOptions, ListPage } from '../../storage.ts'
import { entryFields, parseJson, toEntry, type ObjectResource } from './info.ts'
import type { Wire } from './wire.ts'

export const maxListEntries = 1000

/** A page of `objects.list`. Google leaves both out where there is nothing to say. */
interface ObjectsPage {
  readonly items?: readonly ObjectResource[]
  readonly nextPageToken?: string
}

export async function listObjects({ paths, send }: Wire, options: ListOptions = {}): Promise<ListPage> {
  const { prefix, startAfter, cursor, limit = maxListEntries, signal } = options
  const query = {
    maxResults: Math.min(limit, maxListEntries),
    fields: `nextPageToken,items(${entryFields})`,
    ...(prefix && { prefix }),
    ...(cursor === undefined ? startAfter && { startOffset: startAfter } : { pageToken: cursor }),
  }
  const { body } = await send({ method: 'GET', path: paths.objects, query, about: 'bucket', ...(signal && { signal }) })
  const { items = [], nextPageToken } = parseJson<ObjectsPage>(body)
  // startOffset includes the key itself, which then comes first.
  const held = cursor === undefined && startAfter && items[0]?.name === startAfter ? items.slice(1) : items
  return { entries: held.map(toEntry), ...(nextPageToken && { next: nextPageToken }) }
}
