/** A source of any number of small objects that nobody has to store: keys, sizes and bytes follow from a number. */
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { StorageError } from '../../storage/error.ts'
import type { ListEntry, ObjectInfo, Storage } from '../../storage/storage.ts'

const pageSize = 1_000
const mtimeMs = Date.UTC(2026, 0, 1)
const bytes = Buffer.from('generated '.repeat(20))
const pattern = /^many\/\d{5}\/file-(\d{8})\.bin$/

export const sizeOf = (i: number): number => 16 + (i % 100)
/** In key order. */
export const keyOf = (i: number): string => `many/${String(Math.floor(i / 1_000)).padStart(5, '0')}/file-${String(i).padStart(8, '0')}.bin`

/** The last that does not come after `key`, which may be any; -1: none. */
function lastUpTo(key: string, count: number): number {
  let [first, end] = [0, count]
  while (first < end) {
    const middle = (first + end) >> 1
    if (keyOf(middle) <= key) first = middle + 1
    else end = middle
  }
  return first - 1
}

export function generatedSource(count: number): Storage {
  const { list: _list, head: _head, get: _get, serverCopy: _copy, archive: _archive, tagging: _tagging, acl: _acl, ...memory } = openMemory()
  const entryOf = (i: number): ListEntry => ({ key: keyOf(i), size: sizeOf(i), mtimeMs, etag: `generated-${i}` })
  const find = (key: string): ObjectInfo => {
    const i = Number(pattern.exec(key)?.[1] ?? -1)
    if (i < 0 || i >= count) throw new StorageError(`There is no ${key}.`, { kind: 'not-found' })
    return { ...entryOf(i), metadata: { contentType: 'text/plain', user: {} }, hashes: {} }
  }
  return {
    ...memory,
    list: async ({ cursor, startAfter, limit = pageSize } = {}) => {
      const after = lastUpTo(cursor ?? startAfter ?? '', count)
      const entries = Array.from({ length: Math.max(0, Math.min(limit, pageSize, count - after - 1)) }, (_, i) => entryOf(after + 1 + i))
      const last = entries.at(-1)
      return after + entries.length < count - 1 && last ? { entries, next: last.key } : { entries }
    },
    head: async (key) => find(key),
    get: async (key, sink, { onInfo } = {}) => {
      const info = find(key)
      onInfo?.(info)
      await sink(bytes.subarray(0, info.size))
      return info
    },
  }
}
