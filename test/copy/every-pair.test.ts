/** What is kept of a file's metadata, from every kind of source to every kind of destination; and names, before any byte is sent. */
import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { mapStored } from '../../copy/stored.ts'
import { openStorage } from '../../storage/open.ts'
import type { Metadata, Storage } from '../../storage/storage.ts'
import { counting, jobOptions, noMetadata, put, rig } from './support.ts'

const keys = { region: 'r', bucket: 'bucket', accessKeyId: 'id' }
const open = {
  s3: () => openStorage({ vendor: 's3', ...keys, endpoint: 'http://s3.invalid', secretAccessKey: 'x' }),
  oss: () => openStorage({ vendor: 'oss', ...keys, endpoint: 'http://oss.invalid', accessKeySecret: 'x' }),
  nas: () => openStorage({ vendor: 'nas', path: '/nowhere' }),
}
type Kind = keyof typeof open

const headers = { contentType: 'text/html', cacheControl: 'no-cache', contentEncoding: 'gzip', contentDisposition: 'inline', contentLanguage: 'de', expires: 'Wed, 21 Oct 2065 07:28:00 GMT' }
const modified = { mtimeMs: 1_700_000_000_250, storageClass: 'Standard' }

interface Case {
  readonly from: Kind
  readonly to: Kind
  readonly user: Record<string, string>
  readonly kept: Record<string, string>
  readonly dropped?: readonly string[]
  readonly mtimeMs?: number
  readonly keepMtime?: boolean
}

const mtime = '1700000000.25'
const cases: readonly Case[] = [
  { from: 's3', to: 's3', user: { owner: 'Zoë', under_score: '1' }, kept: { owner: 'Zoë', under_score: '1' } },
  { from: 's3', to: 's3', user: { spaces: ' at the ends ' }, kept: { spaces: ' at the ends ' } },
  { from: 's3', to: 's3', user: { big: 'x'.repeat(2_048) }, kept: {}, dropped: ['big'] },
  { from: 's3', to: 's3', user: {}, kept: { mtime }, keepMtime: true },
  { from: 's3', to: 'oss', user: { owner: 'Zoë', 'with-hyphen': '1' }, kept: { owner: 'Zoë', 'with-hyphen': '1' } },
  { from: 's3', to: 'oss', user: { under_score: '1', spaces: ' at the ends ', owner: 'x' }, kept: { owner: 'x' }, dropped: ['under_score', 'spaces'] },
  { from: 's3', to: 'nas', user: { owner: 'x' }, kept: {}, dropped: ['owner'], mtimeMs: modified.mtimeMs },
  { from: 's3', to: 'nas', user: { mtime: '1600000000' }, kept: {}, mtimeMs: 1_600_000_000_000 },
  { from: 'oss', to: 's3', user: { owner: 'Zoë', mtime: '1600000000' }, kept: { owner: 'Zoë', mtime: '1600000000' } },
  { from: 'oss', to: 's3', user: { big: 'x'.repeat(3_000), small: '1' }, kept: { small: '1' }, dropped: ['big'] },
  { from: 'oss', to: 'oss', user: { big: 'x'.repeat(3_000) }, kept: { big: 'x'.repeat(3_000) } },
  { from: 'oss', to: 'nas', user: { owner: 'x', mtime: '1600000000' }, kept: {}, dropped: ['owner'], mtimeMs: 1_600_000_000_000 },
  { from: 'nas', to: 's3', user: {}, kept: { mtime } },
  { from: 'nas', to: 'oss', user: {}, kept: { mtime } },
  { from: 'nas', to: 'nas', user: {}, kept: {}, mtimeMs: modified.mtimeMs },
]

describe('metadata', () => {
  it.each(cases)('$from to $to: of $user the destination keeps $kept', async ({ from, to, user, kept, dropped = [], mtimeMs, keepMtime = false }) => {
    const [source, destination] = [await open[from](), await open[to]()]
    const info = { ...modified, metadata: { ...(from === 'nas' ? {} : headers), user } }
    const options = jobOptions({ metadataPolicy: 'drop', keepMtime })
    const stored = mapStored({ source, destination, options }, info)
    const content: Partial<Metadata> = from === 'nas' || to === 'nas' ? {} : headers
    expect(stored).toEqual({ metadata: { ...content, user: kept }, mtimeMs, storageClass: undefined, dropped })
    if (dropped.length > 0) {
      const failing = () => mapStored({ source, destination, options: jobOptions({ keepMtime }) }, info)
      expect(failing).toThrow(expect.objectContaining({ code: 'MetadataUnsupported', message: expect.stringContaining(dropped.map((name) => `"${name}"`).join(', ')) }))
    }
    await Promise.all([source.close(), destination.close()])
  })

  it('is looked at for every pair there is', () => {
    const kinds = Object.keys(open)
    expect(new Set(cases.map(({ from, to }) => `${from} ${to}`)).size).toBe(kinds.length ** 2)
  })
})

describe('names', () => {
  it.each([
    ['oss', '/leading', /begins with/],
    ['oss', 'x'.repeat(1_024), /1024 bytes/],
    ['s3', 'x'.repeat(1_025), /1025 bytes/],
    ['nas', 'a//b', /"\/\/"/],
    ['nas', 'a/../b', /not the name of a file/],
    ['nas', 'n'.repeat(256), /255 bytes/],
  ] as const)('that %s cannot hold fail as KeyUnsupported before any byte is read: %s', async (kind, key, why) => {
    const memory = await openStorage({ vendor: 'memory', store: crypto.randomUUID() })
    await put(memory, 'something', 'x', noMetadata)
    const { storage, calls } = counting(memory)
    const destination: Storage = await open[kind]()
    const { outcomes } = await copyBatch(rig({ source: storage, destination, entries: [{ key, size: 1, mtimeMs: 0, destination: null }] }))
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'failed', code: 'KeyUnsupported', description: expect.stringMatching(why) })])
    expect(calls).toEqual([])
    await destination.close()
  })
})
