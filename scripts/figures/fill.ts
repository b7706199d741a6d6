/** Fills a store for a measurement. */
import { eachOf } from '../../model/each-of.ts'
import type { Body, Storage } from '../../storage/storage.ts'

const putsAtOnce = 64

/** `prefix/0000/file-0000000.bin` and on, a thousand a folder. */
export const smallKeys = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(Math.floor(i / 1_000)).padStart(4, '0')}/file-${String(i).padStart(7, '0')}.bin`)

export async function putMany(storage: Storage, keys: readonly string[], bodyOf: (i: number) => Body | Promise<Body>): Promise<void> {
  await eachOf(keys.entries(), putsAtOnce, async ([i, key]) => {
    await storage.put(key, await bodyOf(i), { metadata: { contentType: 'application/octet-stream', user: {} } })
  })
}
