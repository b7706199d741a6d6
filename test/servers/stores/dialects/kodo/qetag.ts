import { createHash } from 'node:crypto'
import { MiB } from '../../options.ts'
import { chunksOf } from '../../send.ts'
import type { Blobs } from '../../store/blobs.ts'
import type { StoredObject } from '../../store/model.ts'

const blockBytes = 4 * MiB
const known = new WeakMap<StoredObject['body'], string>()

/** Qiniu's hash: SHA-1 of blocks of 4 MiB, and of their SHA-1s where there are several. Worked out when it is asked for. */
export function qetag(blobs: Blobs, { body, size }: Pick<StoredObject, 'body' | 'size'>): string {
  const before = known.get(body)
  if (before !== undefined) return before
  const blocks: Buffer[] = []
  for (let first = 0; first < size || first === 0; first += blockBytes) {
    const sha1 = createHash('sha1')
    for (const chunk of chunksOf(blobs, { blobs: body, first, length: Math.min(blockBytes, size - first) })) sha1.update(chunk)
    blocks.push(sha1.digest())
  }
  const [only] = blocks
  const single = blocks.length === 1 && only !== undefined
  const digest = single ? only : createHash('sha1').update(Buffer.concat(blocks)).digest()
  const hash = Buffer.concat([Buffer.from([single ? 0x16 : 0x96]), digest]).toString('base64url')
  known.set(body, hash)
  return hash
}
