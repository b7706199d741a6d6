import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openNas } from '../../storage/drivers/nas/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { entriesOf, jobOptions, keysOf, KiB, put, read, rig, someBytes } from './support.ts'

let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranship-copy-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function folder(): Promise<{ path: string; storage: Storage }> {
  const path = join(root, `f${++count}`)
  await mkdir(path)
  return { path, storage: openNas({ vendor: 'nas', path }) }
}

const copyAll = async (source: Storage, destination: Storage, options = jobOptions()) =>
  await copyBatch(rig({ source, destination, options, entries: await entriesOf(source, 'not-looked') }))

const mtimeMs = 1_700_000_000_250

describe('folders and stores', () => {
  it('keep the modified time of a file on its way to a store and back', async () => {
    const [from, back] = [await folder(), await folder()]
    const store = openMemory()
    await writeFile(join(from.path, 'a'), 'content')
    await utimes(join(from.path, 'a'), mtimeMs / 1_000, mtimeMs / 1_000)
    expect(await copyAll(from.storage, store)).toMatchObject({ counts: { completed: { files: 1 } } })
    expect((await store.head('a')).metadata.user).toEqual({ mtime: '1700000000.25' })
    expect(await copyAll(store, back.storage)).toMatchObject({ counts: { completed: { files: 1 }, unverified: 1 } })
    expect((await stat(join(back.path, 'a'))).mtimeMs).toBe(mtimeMs)
    expect(await copyAll(store, back.storage)).toMatchObject({ counts: { skipped: { files: 1 } } })
    expect(await copyAll(from.storage, store)).toMatchObject({ counts: { skipped: { files: 1 } } })
  })

  it('copy a file between folders again when its time differs at all', async () => {
    const [from, to] = [await folder(), await folder()]
    await writeFile(join(from.path, 'a'), 'newer')
    await copyAll(from.storage, to.storage)
    await writeFile(join(from.path, 'a'), 'older')
    await utimes(join(from.path, 'a'), 1_000, 1_000)
    expect(await copyAll(from.storage, to.storage)).toMatchObject({ counts: { completed: { files: 1 } } })
    expect(await readFile(join(to.path, 'a'), 'utf8')).toBe('older')
    expect(await copyAll(from.storage, to.storage)).toMatchObject({ counts: { skipped: { files: 1 } } })
  })

  it('list what is no file, and make empty folders only when asked', async () => {
    const { path, storage } = await folder()
    await mkdir(join(path, 'empty'))
    await writeFile(join(path, 'file'), 'x')
    await symlink('file', join(path, 'link'))
    const store = openMemory()
    const { outcomes } = await copyAll(storage, store)
    expect(outcomes).toMatchObject([
      { key: 'empty/', reason: 'not-a-file' },
      { key: 'link', reason: 'symlink' },
      { key: 'file', kind: 'completed' },
    ])
    await copyAll(storage, store, jobOptions({ emptyDirectories: true }))
    expect(await keysOf(store)).toEqual(['empty/', 'file'])
  })

  it('turn zero-byte `name/` objects into folders, once', async () => {
    const store = openMemory()
    for (const key of ['dir/', 'dir/a', 'dir/sub/b', 'dir/sub/']) await put(store, key, key.endsWith('/') ? '' : key)
    const { path, storage } = await folder()
    expect(await copyAll(store, storage)).toMatchObject({ done: true, failures: {}, counts: { failed: { files: 0 } } })
    expect((await stat(join(path, 'dir/sub'))).isDirectory()).toBe(true)
    expect(await copyAll(store, storage)).toMatchObject({ counts: { skipped: { files: 4 } } })
  })

  it('bring files of many parts to a folder whole', async () => {
    const store = openMemory()
    await put(store, 'large', someBytes(700 * KiB + 1))
    const { path, storage } = await folder()
    await copyAll(store, storage)
    expect(await readFile(join(path, 'large'))).toEqual(someBytes(700 * KiB + 1))
  })

  it('fail what a folder cannot hold, and only that', async () => {
    const store = openMemory()
    for (const key of ['a', 'a/b', 'x//y', '../up']) await put(store, key, key)
    await put(store, 'tagged', 'x', { contentType: 'text/plain', user: { owner: 'zoe' } })
    const { storage } = await folder()
    const result = await copyAll(store, storage)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 } }, failures: { KeyUnsupported: 3, MetadataUnsupported: 1 } })
    const drop = await copyAll(store, (await folder()).storage, jobOptions({ metadataPolicy: 'drop' }))
    expect(drop.outcomes.find(({ key }) => key === 'tagged')).toMatchObject({ kind: 'completed', dropped: ['owner'] })
  })
})

describe('stores', () => {
  it('get a modified time only when asked', async () => {
    const source = openMemory({ now: () => mtimeMs })
    await put(source, 'a', 'x')
    const [plain, keeping] = [openMemory(), openMemory()]
    await copyAll(source, plain)
    await copyAll(source, keeping, jobOptions({ keepMtime: true }))
    expect([(await plain.head('a')).metadata.user, (await keeping.head('a')).metadata.user]).toEqual([{}, { mtime: '1700000000.25' }])
  })

  it('store objects of a class as the map says', async () => {
    const source = openMemory()
    await source.put('a', [Buffer.from('x')], { metadata: { user: {} }, storageClass: 'IA' })
    const destination = openMemory()
    await copyAll(source, destination, jobOptions({ storageClassMap: { IA: 'Cold' } }))
    expect((await destination.head('a')).storageClass).toBe('Cold')
  })

  it('are overwritten where only the content type differs, unless that is not compared', async () => {
    const [source, destination] = [openMemory(), openMemory()]
    await put(source, 'a', 'x', { contentType: 'text/html', user: {} })
    await put(destination, 'a', 'x', { contentType: 'text/plain', user: {} })
    expect(await copyAll(source, destination, jobOptions({ compareContentType: false }))).toMatchObject({ counts: { skipped: { files: 1 } } })
    expect(await copyAll(source, destination)).toMatchObject({ counts: { completed: { files: 1 } } })
    expect((await destination.head('a')).metadata.contentType).toBe('text/html')
    expect((await read(destination, 'a')).toString()).toBe('x')
  })
})
