import { describe, expect, it } from 'vitest'
import { decide, type Comparison, type Seen } from '../../model/decision.ts'

const md5 = (digit: string) => digit.repeat(32)
const at = (mtimeMs: number, more: Partial<Seen> = {}): Seen => ({ size: 10, mtimeMs, ...more })
const store: Comparison = { rule: 'when-different', resolutionMs: 1_000, mtimeKept: false, mtimeInMetadata: false, contentTypes: false }
const types: Comparison = { ...store, contentTypes: true }
const folder: Comparison = { ...store, mtimeKept: true }
const folderFromStore: Comparison = { ...folder, mtimeInMetadata: true }

type Row = readonly [why: string, source: Seen, destination: Seen | null, comparison: Comparison, expected: string]
const table: readonly Row[] = [
  ['nothing there', at(5_000), null, store, 'copy'],
  ['nothing there, never', at(5_000), null, { ...store, rule: 'never' }, 'copy'],
  ['same size, destination later', at(5_000), at(9_000), store, 'same'],
  ['size differs', at(5_000, { size: 11 }), at(9_000), store, 'copy'],
  ['source newer', at(9_000), at(5_000), store, 'copy'],
  ['source newer within the resolution', at(5_900), at(5_000), store, 'same'],
  ['source newer by a tick of the resolution', at(6_000), at(5_999), store, 'copy'],
  ['MD5s differ, destination later', at(5_000, { etag: md5('a') }), at(9_000, { etag: md5('b') }), store, 'copy'],
  ['MD5s equal, source newer', at(9_000, { etag: md5('a') }), at(5_000, { etag: md5('A') }), store, 'same'],
  ['MD5s equal, types count', at(9_000, { etag: md5('a') }), at(5_000, { etag: md5('a') }), types, 'compare-content-types'],
  ['an ETag of parts is no MD5', at(5_000, { etag: `${md5('a')}-3` }), at(9_000, { etag: md5('b') }), store, 'same'],
  ['otherwise the same, types count', at(5_000), at(9_000), types, 'compare-content-types'],
  ['newer needs no look at types', at(9_000), at(5_000), types, 'copy'],
  ['time kept and equal', at(5_000), at(5_400), folder, 'same'],
  ['time kept, source older', at(5_000), at(9_000), folder, 'copy'],
  ['time kept, source newer', at(9_000), at(5_000), folder, 'copy'],
  ['time kept, perhaps in metadata', at(9_000), at(5_000), folderFromStore, 'compare-kept-mtime'],
  ['time perhaps in metadata, but size differs', at(9_000, { size: 1 }), at(5_000), folderFromStore, 'copy'],
  ['never', at(9_000, { size: 1 }), at(5_000), { ...store, rule: 'never' }, 'exists'],
  ['always', at(5_000), at(9_000), { ...store, rule: 'always' }, 'copy'],
  ['if-newer: newer', at(9_000), at(5_000), { ...store, rule: 'if-newer' }, 'copy'],
  ['if-newer: older, size differs', at(5_000, { size: 1 }), at(9_000), { ...store, rule: 'if-newer' }, 'not-newer'],
  ['if-newer: the same time', at(5_000), at(5_000), { ...store, rule: 'if-newer' }, 'not-newer'],
]

describe('the overwrite rule', () => {
  it.each(table)('%s', (_why, source, destination, comparison, expected) => {
    const decision = decide(source, destination, comparison)
    expect(decision.kind === 'skip' ? decision.reason : decision.kind).toBe(expected)
  })
})
