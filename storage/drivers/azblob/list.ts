import type { ListOptions, ListPage } from '../../storage.ts'
import type { Client } from './client.ts'
import { limits } from './limits.ts'
import { scanPage } from './listing.ts'

/** One page, by Azure's own marker. Metadata comes along because only that tells folders from blobs. */
export async function listBlobs({ call, send }: Client, options: ListOptions = {}): Promise<ListPage> {
  const { prefix, cursor, limit = limits.maxListEntries, signal } = options
  const query = {
    restype: 'container',
    comp: 'list',
    include: 'metadata',
    maxresults: String(Math.min(limit, limits.maxListEntries)),
    ...(prefix && { prefix }),
    ...(cursor !== undefined && { marker: cursor }),
  }
  return await call('container', async () => {
    const { body } = await send({ method: 'GET', key: '', query, about: 'container', signal })
    return scanPage(body.toString('utf8'))
  })
}
