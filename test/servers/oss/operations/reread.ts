import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { startCrc64 } from '../crc64.ts'
import type { Received } from '../receive.ts'
import { chunksOf } from '../send.ts'
import type { StoredObject } from '../store/model.ts'

/** Stores a range of a stored object anew, with its own hashes. */
export async function reread(
  { store }: Context,
  source: StoredObject,
  range: { first: number; length: number },
): Promise<Received> {
  const crc = await startCrc64()
  const writer = store.blobs.create()
  const md5 = createHash('md5')
  for (const chunk of chunksOf(store.blobs, { blobs: source.body, ...range })) {
    writer.write(chunk)
    md5.update(chunk)
    crc.update(chunk)
  }
  return { body: [writer.finish()], size: range.length, etag: md5.digest('hex').toUpperCase(), crc64: String(crc.digest()) }
}
