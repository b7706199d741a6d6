import type { ListOptions, ListPage } from '../../storage.ts'
import { limits } from './limits.ts'
import { scanPage } from './listing.ts'
import type { Wire } from './wire.ts'

/** One page, by Azure's own marker. Metadata comes along because only that tells folders from blobs. */
export async function listBlobs({ send }: Wire, options: ListOptions = {}): Promise<ListPage> {
  const { prefix, cursor, limit = limits.maxListEntries, signal } = options
  const query = {
    restype: 'container',
    comp: 'list',
    include: 'metadata',
    maxresults: String(Math.min(limit, limits.maxListEntries)),
    ...(prefix && { prefix }),
    ...(cursor !== undefined && { marker: cursor }),
  }
  const { body } = await send({ method: 'GET', query, signal })
  return scanPage(body.toString('utf8'))
}
