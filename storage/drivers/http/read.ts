import { StorageError } from '../../error.ts'
import type { GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import { Enough, NoLength, Reading } from './reading.ts'
import type { Row } from './row.ts'
import type { Sizes } from './size.ts'
import type { Web } from './web.ts'

/** A long body without length is read twice: to count it, and to give it. */
export async function getUrl(web: Web, sizes: Sizes, row: Row, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  try {
    return await readOnce(web, sizes, row, sink, options)
  } catch (error) {
    if (!(error instanceof NoLength)) throw error
    await sizes.measure(row.url, options)
    return await readOnce(web, sizes, row, sink, options).catch((again: unknown) => {
      throw again instanceof NoLength ? new StorageError('The file has no length, and is another one at each look.', { kind: 'premature-end' }) : again
    })
  }
}

async function readOnce(web: Web, sizes: Sizes, row: Row, sink: Sink, options: GetOptions): Promise<ObjectInfo> {
  const { signal } = options
  const reading = new Reading(row, sizes, sink, options)
  const onAnswer = (status: number, headers: Parameters<Reading['begin']>[1]): Sink => reading.begin(status, headers)
  try {
    const { headers } = await web.send({ method: 'GET', url: row.url, headers: toHeaders(options), onAnswer, ...(signal && { signal }) })
    await reading.flush(headers)
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return reading.end()
}

/** A weak ETag never matches. */
function toHeaders({ range, ifMatch }: GetOptions): string[] {
  return [
    ...(range === undefined ? [] : ['range', `bytes=${range.first}-${range.last}`]),
    ...(ifMatch === undefined || ifMatch.startsWith('W/') ? [] : ['if-match', `"${ifMatch}"`]),
  ]
}
