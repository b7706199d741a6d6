/** Files to migrate: thousands of small ones, odd keys, zero bytes, objects of many parts, metadata of every kind. */
import { createHash, randomBytes } from 'node:crypto'
import type { Metadata } from '../../storage/storage.ts'

export interface TestFile {
  readonly key: string
  readonly bytes: Buffer
  readonly metadata: Metadata
}

const MiB = 1024 ** 2

/** Keys that a folder and every store can hold. */
export const oddKeys = [
  'sp ace.txt', 'ünïcödé.txt', 'e\u0301-nfd.txt', '\u00e9-nfc.txt', 'emoji-😀/🚀.bin', '日本/資料.txt', 'plus+percent%25hash#.txt', '%uFF08.txt', '%46.txt',
  'quote\'s "double" &amp; <tag>.txt', 'comma,semicolon;equals=.csv', 'line\nbreak.txt', 'back\\slash.txt', 'star*question?.txt', 'dot.', '.hidden',
  'trailing space ', ' leading', 'deep/er/and/deeper/still/file', 'a.b/c', 'a-b', 'a', 'tab\there.txt', `${'long'.repeat(60)}.txt`,
]

/** Keys that only object stores can hold. */
export const storeOnlyKeys = ['double//slash', 'folder-marker/', 'dots/../up', './dot', `${'k'.repeat(200)}/${'l'.repeat(200)}/${'m'.repeat(200)}/${'n'.repeat(200)}/${'o'.repeat(150)}`]

export const metadataKinds: readonly Metadata[] = [
  { contentType: 'text/plain; charset=utf-8', user: {} },
  { contentType: 'image/png', cacheControl: 'max-age=60, public', user: { owner: 'ann', 'two-words': 'x y' } },
  { contentType: 'application/json', contentEncoding: 'gzip', user: {} },
  { contentType: 'text/html', contentDisposition: 'attachment; filename="a b.html"', contentLanguage: 'de', user: { note: 'grüße 世界' } },
  { contentType: 'application/octet-stream', expires: 'Wed, 21 Oct 2037 07:28:00 GMT', user: { big: 'v'.repeat(1_500) } },
]

export interface FileOptions {
  /** Keys too that folders cannot hold. */
  readonly storeOnly?: boolean
  /** Some vendors' own clients cannot sign other metadata. */
  readonly asciiMetadata?: boolean
  readonly largeBytes?: readonly number[]
}

export function testFiles(count: number, options: FileOptions = {}): TestFile[] {
  const { storeOnly = false, asciiMetadata = false, largeBytes = [25 * MiB + 7, 16 * MiB, 8 * MiB + 1] } = options
  const kinds = asciiMetadata ? metadataKinds.filter(isAscii) : metadataKinds
  const keys = [...oddKeys, ...(storeOnly ? storeOnlyKeys : [])]
  const files = Array.from({ length: count }, (_, i) => fileOf(keys[i] ?? `many/${i % 97}/file-${i}.bin`, i % 10 === 0 ? 0 : 50 + (i % 3_000), kinds[i % kinds.length] as Metadata))
  return [...files, ...largeBytes.map((size, i) => fileOf(`large/${i}.bin`, size, kinds[i % kinds.length] as Metadata))]
}

const isAscii = (metadata: Metadata): boolean => /^[\x20-\x7e]*$/.test(JSON.stringify(metadata))

function fileOf(key: string, size: number, metadata: Metadata): TestFile {
  return { key, bytes: key.endsWith('/') ? Buffer.alloc(0) : randomBytes(size), metadata }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
