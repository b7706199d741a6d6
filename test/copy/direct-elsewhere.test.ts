/** Copies within Azure and within Cloud Storage, which state no CRC-64: only when asked for. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { Pace } from '../../copy/pace.ts'
import { lasting } from '../../model/flow/limit.ts'
import type { JobOptions } from '../../model/job.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startAzblobServer } from '../servers/azblob/server.ts'
import { startGcsServer } from '../servers/gcs/server.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startAzurite } from '../support/azurite.ts'
import { counting, entriesOf, jobOptions, KiB, put, read, rig, someBytes, type Rig } from './support.ts'

const metadata = { contentType: 'text/plain', user: { colour: 'blue' } }
const large = someBytes(200 * KiB, 3)
const asked: Partial<JobOptions> = { serverCopy: true }

interface Bench {
  readonly photos: Storage
  readonly vault: Storage
  /** The same, made to copy large objects in several requests. */
  readonly narrow: Storage
  /** Requests so far that asked the store to copy. */
  copies(): number
  stop(): Promise<void>
}

async function azblob(): Promise<Bench> {
  const server = await startAzblobServer()
  for (const name of ['photos', 'vault']) await server.makeContainer(name)
  const { endpoint, account, accountKey } = server
  const open = (container: string, prefix: string) => openStorage({ vendor: 'azblob', endpoint, account, accountKey, container, prefix })
  const vault = await open('vault', 'out/')
  const narrow: Storage = { ...vault, serverCopy: vault.serverCopy && { ...vault.serverCopy, maxCopyBytes: 64 * KiB } }
  return { photos: await open('photos', 'in/'), vault, narrow, copies: () => server.requests.filter(({ copies }) => copies).length, stop: () => server.stop() }
}

async function gcs(): Promise<Bench> {
  const server = await startGcsServer({ buckets: ['photos', 'vault'], rewriteBytesPerCall: 64 * KiB })
  const open = (bucket: string, prefix: string) => openStorage({ vendor: 'gcs', endpoint: server.endpoint, bucket, prefix })
  const vault = await open('vault', 'out/')
  const copies = (): number => server.requests.filter(({ line }) => line.includes('/rewriteTo/')).length
  return { photos: await open('photos', 'in/'), vault, narrow: vault, copies, stop: () => server.close() }
}

async function fill(photos: Storage): Promise<void> {
  await put(photos, 'a b+c/ü', 'bytes', metadata)
  await photos.put('large', [large], { metadata })
  await put(photos, 'empty', '')
}

const task = async ({ photos, vault }: Bench, more: Partial<Rig> = {}, options = asked): Promise<Rig> =>
  rig({ source: photos, destination: vault, entries: await entriesOf(photos), options: jobOptions({ overwrite: 'always', ...options }), ...more })

describe.each([['Azure', azblob], ['Cloud Storage', gcs]] as const)('within %s', (_, start) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await start()
    await fill(bench.photos)
  })
  afterAll(async () => {
    for (const storage of [bench?.photos, bench?.vault]) await storage?.close()
    await bench?.stop()
  })

  it('objects are copied when asked for, with their metadata, proved by their MD5; no CRC-64 is known', async () => {
    const from = counting(bench.photos)
    const to = counting(bench.vault)
    const { counts, outcomes } = await copyBatch(await task({ ...bench, photos: from.storage, vault: to.storage }, { entries: await entriesOf(bench.photos) }))
    expect(counts).toMatchObject({ completed: { files: 3 }, unverified: 0, withoutCrc64: 3 })
    expect(outcomes.map(({ kind }) => kind)).toEqual(['completed', 'completed', 'completed'])
    expect(from.calls.map(({ operation }) => operation)).not.toContain('get')
    expect(new Set(to.calls.map(({ operation }) => operation))).toEqual(new Set(['copy', 'head']))
    for (const key of ['a b+c/ü', 'large', 'empty']) expect(await read(bench.vault, key)).toEqual(await read(bench.photos, key))
    expect((await bench.vault.head('large')).metadata).toMatchObject(metadata)
  })

  it('nothing is copied so by itself', async () => {
    const before = bench.copies()
    const { counts } = await copyBatch(await task(bench, {}, { serverCopy: undefined }))
    expect([counts.completed.files, counts.withoutCrc64]).toEqual([3, undefined])
    expect(bench.copies()).toBe(before)
  })

  it('no copy is asked for before its bytes are granted', async () => {
    const pace = new Pace(lasting(0))
    const take = vi.spyOn(pace, 'take')
    const entries = (await entriesOf(bench.photos)).filter(({ size }) => size > 0)
    const before = bench.copies()
    const running = copyBatch(await task(bench, { pace, entries }))
    await awaitUntil(() => take.mock.calls.length === entries.length, { what: 'every copy waits for its bytes' })
    expect(bench.copies()).toBe(before)
    pace.set(lasting(null))
    expect((await running).counts.completed.files).toBe(entries.length)
    expect(pace.taken).toBe(entries.reduce((sum, { size }) => sum + size, 0))
  })

  it('a large one takes several requests, of ranges or going on by a token', async () => {
    const entries = (await entriesOf(bench.photos)).filter(({ key }) => key === 'large')
    const before = bench.copies()
    expect((await copyBatch(await task({ ...bench, vault: bench.narrow }, { entries }))).counts).toMatchObject({ completed: { files: 1 }, withoutCrc64: 1 })
    expect(bench.copies() - before).toBe(4)
    expect(await read(bench.vault, 'large')).toEqual(large)
    expect((await bench.vault.head('large')).metadata).toMatchObject(metadata)
  })
})

describe('an Azure that has no such call', () => {
  it('is not asked again: the bytes go the ordinary way', async () => {
    const server = await startAzurite()
    try {
      await server.makeContainer('photos')
      const { endpoint, account, accountKey } = server
      const open = (prefix: string) => openStorage({ vendor: 'azblob', endpoint, account, accountKey, container: 'photos', prefix })
      const [photos, vault] = [await open('in/'), await open('out/')]
      await fill(photos)
      const { storage, calls } = counting(vault)
      const { counts } = await copyBatch(rig({ source: photos, destination: storage, entries: await entriesOf(photos), options: jobOptions(asked) }))
      expect([counts.completed.files, counts.withoutCrc64]).toEqual([3, undefined])
      expect(calls.map(({ operation }) => operation)).toContain('put')
    } finally {
      await server.stop()
    }
  })
})
