import type { Context } from '../context.ts'
import { startHashes } from '../hashes.ts'
import { hashesOf, stated, type Received } from '../receive.ts'
import { chunksOf } from '../send.ts'
import type { StoredObject } from '../store/model.ts'

/** Stores a range of a stored object anew, with its own hashes. */
export async function reread(
  context: Context,
  source: StoredObject,
  range: { first: number; length: number },
): Promise<Received> {
  const { blobs } = context.store
  const hashes = await startHashes(hashesOf(context))
  const writer = blobs.create()
  for (const chunk of chunksOf(blobs, { blobs: source.body, ...range })) {
    writer.write(chunk)
    hashes.update(chunk)
  }
  return { body: [writer.finish()], size: range.length, ...stated(context, hashes.digest()) }
}
