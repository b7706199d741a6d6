/** Copies within the store. The same promises on a memory store, and on real servers of OSS and S3. */
import OSS from 'ali-oss'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import type { JobOptions } from '../../model/job.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Call } from '../../storage/layers/intercept.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startOssServer, startServer, type StoreServer } from '../servers/stores/server.ts'
import { startVersitygw, type Versitygw } from '../support/versitygw.ts'
import { counting, entriesOf, failing, fault, first, jobOptions, KiB, losingAnswers, put, read, rig, someBytes, type Rig } from './support.ts'

const within: Partial<JobOptions> = { serverCopy: true }
const metadata = { contentType: 'text/plain', user: { colour: 'blue' } }
const large = someBytes(200 * KiB, 3)

let source: Storage
let destination: Storage
beforeEach(async () => {
  source = openMemory()
  destination = openMemory({ limits: { maxPutBytes: 64 * KiB, minPartBytes: 16 * KiB } })
  await put(source, 'small', 'bytes', metadata)
  await put(source, 'large', large, metadata)
  await put(source, 'empty', '')
})

const task = async (to: Storage, options: Partial<JobOptions> = within, more: Partial<Rig> = {}): Promise<Rig> =>
  rig({ source, destination: to, entries: await entriesOf(source), options: jobOptions(options), ...more })

const operationsOf = (calls: readonly Call[]): string[] => [...new Set(calls.map(({ operation }) => operation))].sort()

describe('where both ends are one store', () => {
  it('no byte passes through: small files are copied at once, large ones in ranges, with their metadata', async () => {
    const { storage, calls } = counting(destination)
    const from = counting(source)
    let moved = 0
    const batch = await task(storage, within, { onProgress: ({ movedBytes }) => void (moved = movedBytes) })
    const { counts, outcomes } = await copyBatch({ ...batch, source: from.storage })
    expect(counts).toMatchObject({ completed: { files: 3 }, unverified: 0 })
    expect(operationsOf(calls)).toEqual(['complete', 'copy', 'copyPart', 'create'])
    expect(operationsOf(from.calls)).toEqual(['head'])
    expect(await read(destination, 'large')).toEqual(large)
    for (const key of ['small', 'large']) {
      expect((await destination.head(key)).metadata).toEqual(metadata)
      expect(outcomes.find((one) => one.key === key)).toMatchObject({ crc64: (await source.head(key)).hashes.crc64 })
    }
    expect(moved).toBe(large.length + 5)
  })

  it('that states CRC-64 it happens by itself, elsewhere when asked for, and never when refused', async () => {
    const used = async (to: Storage, serverCopy: boolean | undefined) => {
      const { storage, calls } = counting(to)
      await copyBatch(await task(storage, { serverCopy, overwrite: 'always' }))
      return calls.some(({ operation }) => operation === 'copy')
    }
    const silent: Storage = { ...destination, abilities: { ...destination.abilities, statedHashes: ['md5'] } }
    expect(await used(destination, undefined)).toBe(true)
    expect(await used(destination, false)).toBe(false)
    expect(await used(silent, undefined)).toBe(false)
    expect(await used(silent, true)).toBe(true)
  })

  it('classes, tags and rights go as they do otherwise', async () => {
    await source.put('tagged', [Buffer.from('x')], { metadata, tags: { a: '1' }, acl: 'public-read', storageClass: 'Standard' })
    await copyBatch(await task(destination, { ...within, tags: true, acl: true, storageClassMap: { Standard: 'IA' } }))
    expect(await destination.head('tagged')).toMatchObject({ storageClass: 'IA' })
    expect(await destination.tagging?.getTags('tagged')).toEqual({ a: '1' })
    expect(await destination.acl?.getAcl('tagged')).toBe('public-read')
    await copyBatch(await task(destination, { ...within, overwrite: 'always' }))
    expect(await destination.tagging?.getTags('tagged')).toEqual({})
  })

  it.each(['forbidden', 'no-bucket', 'invalid'] as const)('but it says %s, the batch goes the ordinary way and no file fails', async (kind) => {
    const { storage, calls } = counting(failing(destination, ({ operation }) => (operation.startsWith('copy') ? fault(kind) : undefined)))
    const result = await copyBatch(await task(storage))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 3 }, failed: { files: 0 } } })
    expect(await read(destination, 'large')).toEqual(large)
    expect(await destination.multipart?.listUploads('large')).toEqual([])
    const after = calls.slice(calls.findLastIndex(({ operation }) => operation.startsWith('copy')))
    expect(operationsOf(after)).toEqual(expect.arrayContaining(['putPart']))
  })

  it('an upload of ranges too large to fetch is begun anew where the store stops copying', async () => {
    const entries = (await entriesOf(source)).filter(({ key }) => key === 'large')
    const wide = openMemory({ limits: { maxPutBytes: 128 * KiB, minPartBytes: 16 * KiB } })
    const stop = new AbortController()
    const cutting = counting(failing(wide, first(0, 'copyPart', fault('forbidden'))))
    const halted = failing(cutting.storage, ({ operation }) => {
      if (operation === 'copyPart') stop.abort()
      return undefined
    })
    const cut = await copyBatch({ ...(await task(halted)), entries, cut: stop.signal })
    expect(cut.done).toBe(false)
    const refusing = failing(wide, ({ operation }) => (operation === 'copyPart' ? fault('forbidden') : undefined))
    const ended = await copyBatch({ ...(await task(refusing)), entries, previous: cut })
    expect(ended).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(await read(wide, 'large')).toEqual(large)
  })

  it('a call that fails for a moment is repeated, one whose answer was lost is found done', async () => {
    const shaky = failing(destination, first(1, 'copy', fault('unavailable')))
    expect((await copyBatch(await task(shaky))).counts.completed.files).toBe(3)
    destination = openMemory()
    const lossy = losingAnswers(destination, first(1, 'copy', fault('network')))
    expect(await copyBatch(await task(lossy))).toMatchObject({ counts: { completed: { files: 3 }, unverified: 0 } })
  })

  it('a source that changes meanwhile is looked at again, one that is gone is said to be', async () => {
    let changed = false
    const racing: Storage = {
      ...source,
      head: async (key, options) => {
        const info = await source.head(key, options)
        if (key === 'small' && !changed) {
          changed = true
          await put(source, 'small', 'other bytes')
        }
        return info
      },
    }
    const entries = await entriesOf(source)
    await copyBatch({ ...(await task(destination)), source: racing, entries })
    expect(String(await read(destination, 'small'))).toBe('other bytes')
    await source.delete('small')
    const { outcomes } = await copyBatch({ ...(await task(destination, { ...within, overwrite: 'always' })), entries })
    expect(outcomes.find(({ key }) => key === 'small')).toMatchObject({ kind: 'failed', code: 'SourceGone' })
  })

  it('what somebody else has put there is left alone', async () => {
    await put(destination, 'small', 'somebody else was here')
    const { outcomes } = await copyBatch(await task(destination))
    expect(outcomes.find(({ key }) => key === 'small')).toMatchObject({ kind: 'failed', code: 'DestinationNewer' })
    expect(String(await read(destination, 'small'))).toBe('somebody else was here')
  })

  it.each([
    ['of another size', 'SizeMismatch', { hashes: {} }],
    ['with another checksum', 'ChecksumMismatch', { hashes: { crc64: '1' } }],
  ])('a copy %s fails, and is removed', async (_, code, stated) => {
    const entries = (await entriesOf(source)).filter(({ key }) => key === 'small')
    const lying: Storage = {
      ...destination,
      serverCopy: destination.serverCopy && {
        ...destination.serverCopy,
        copy: async (_source, key, options) => ({ ...(await destination.put(key, [Buffer.from('other')].slice(code === 'SizeMismatch' ? 1 : 0), options)), ...stated }),
      },
    }
    expect((await copyBatch({ ...(await task(lying)), entries })).failures).toEqual({ [code]: 1 })
    await expect(destination.head('small')).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('on an OSS server', () => {
  const key = { accessKeyId: 'id', accessKeySecret: 'secret' }
  const blind = { accessKeyId: 'blind', accessKeySecret: 'secret', buckets: ['archive'] }
  let server: StoreServer
  let photos: Storage
  let archive: Storage
  const opened: Storage[] = []
  const open = async (bucket: string, keys = key) => {
    const storage = await openStorage({ vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket, ...keys })
    opened.push(storage)
    return storage
  }
  beforeAll(async () => {
    server = await startOssServer({ buckets: [{ name: 'photos' }, { name: 'archive' }], keys: [key, blind] })
    photos = await open('photos')
    archive = await open('archive')
    await put(photos, 'a b+c/ü', 'bytes', metadata)
    await photos.put('large', [large], { metadata })
  })
  afterAll(async () => {
    for (const storage of opened) await storage.close()
    await server?.close()
  })
  const copied = async (to: Storage, options: Partial<JobOptions> = {}) => {
    server.counters.reset()
    const result = await copyBatch(rig({ source: photos, destination: to, entries: await entriesOf(photos), options: jobOptions({ serverCopy: undefined, overwrite: 'always', ...options }) }))
    return { result, operations: server.counters.counts().operations }
  }

  it('objects are copied by themselves, proved by CRC-64, with the right metadata', async () => {
    const { result, operations } = await copied(archive)
    expect(result.counts).toMatchObject({ completed: { files: 2 }, unverified: 0 })
    expect(operations).toMatchObject({ CopyObject: 2, HeadObject: 2 })
    expect(operations).not.toHaveProperty('GetObject')
    expect(operations).not.toHaveProperty('PutObject')
    expect(await read(archive, 'a b+c/ü')).toEqual(Buffer.from('bytes'))
    expect((await archive.head('a b+c/ü')).metadata).toMatchObject(metadata)
  })

  it('large ones in ranges', async () => {
    const narrow: Storage = { ...archive, serverCopy: archive.serverCopy && { ...archive.serverCopy, maxCopyBytes: 100 * KiB } }
    const { result, operations } = await copied(narrow)
    expect(result.counts).toMatchObject({ completed: { files: 2 }, unverified: 0 })
    expect(operations).toMatchObject({ UploadPartCopy: 2, CompleteMultipartUpload: 1, CopyObject: 1 })
    expect(await read(archive, 'large')).toEqual(large)
  })

  it('a key that reaches only one end is not tried; a right that is missing costs no file', async () => {
    const reader = await open('archive', blind)
    expect((await copied(reader, { serverCopy: true })).operations).not.toHaveProperty('CopyObject')
    server.faults.add({ id: 'no', operation: 'CopyObject', do: { kind: 'error', code: 'AccessDenied', status: 403 } })
    const { result, operations } = await copied(archive)
    expect(result.counts).toMatchObject({ completed: { files: 2 }, failed: { files: 0 } })
    expect(operations).toMatchObject({ PutObject: 1, UploadPart: 2 })
    server.faults.remove('no')
  })

  it("a link's target is copied, not the link", async () => {
    const options = { endpoint: server.endpoint, region: `oss-${server.region}`, bucket: 'photos', ...key, sldEnable: true, authorizationV4: true }
    const sdk = new OSS(options) as OSS & { putSymlink(name: string, target: string, options: object): Promise<unknown> }
    await sdk.putSymlink('link', 'large', {})
    await copied(archive)
    expect(await read(archive, 'link')).toEqual(large)
    expect(await archive.head('link')).not.toHaveProperty('isLink')
    await photos.delete('link')
  })
})

describe('on a COS server', () => {
  const login = { accessKeyId: 'id', accessKeySecret: 'secret' }
  let server: StoreServer
  let photos: Storage
  let vault: Storage
  const open = (bucket: string) =>
    openStorage({ vendor: 'cos', endpoint: server.endpoint, region: server.region, bucket, secretId: login.accessKeyId, secretKey: login.accessKeySecret })
  beforeAll(async () => {
    const buckets = ['photos-1250000000', 'vault-1250000000']
    server = await startServer('cos', { buckets: buckets.map((name) => ({ name })), keys: [login], restoreDelayMs: 0 })
    photos = await open('photos-1250000000')
    vault = await open('vault-1250000000')
    await put(photos, 'a b+c/ü', 'bytes', metadata)
    await photos.put('large', [someBytes(2 * 1024 * KiB)], { metadata })
    await photos.put('frozen', [Buffer.from('later')], { metadata, storageClass: 'ARCHIVE' })
  })
  afterAll(async () => {
    for (const storage of [photos, vault]) await storage?.close()
    await server?.close()
  })

  it('objects are restored and copied by themselves, large ones in ranges, proved by CRC-64', async () => {
    const narrow: Storage = { ...vault, serverCopy: vault.serverCopy && { ...vault.serverCopy, maxCopyBytes: 1024 * KiB } }
    const task = { source: photos, destination: narrow, entries: await entriesOf(photos), options: jobOptions({ serverCopy: undefined, restoreDays: 1 }) }
    const asked = await copyBatch(rig(task))
    expect(asked).toMatchObject({ done: false, restoringFiles: 1, counts: { completed: { files: 2 }, unverified: 0 } })
    expect(await copyBatch(rig({ ...task, previous: asked }))).toMatchObject({ done: true, counts: { completed: { files: 3 }, unverified: 0 } })
    const { operations } = server.counters.counts()
    // One copy is tried and refused: that it is archived comes out then.
    expect(operations).toMatchObject({ RestoreObject: 1, CopyObject: 3, UploadPartCopy: 2, CompleteMultipartUpload: 1 })
    expect(operations).not.toHaveProperty('GetObject')
    expect(await read(vault, 'frozen')).toEqual(Buffer.from('later'))
    expect(await vault.head('a b+c/ü')).toMatchObject({ metadata, hashes: { crc64: (await photos.head('a b+c/ü')).hashes.crc64 } })
  })

  it('where only whole objects can be copied a large one goes the ordinary way', async () => {
    const { copyPart: _, ...whole } = vault.serverCopy ?? {}
    const plain = { ...vault, serverCopy: { ...whole, maxCopyBytes: 1024 * KiB } } as Storage
    server.counters.reset()
    const entries = (await entriesOf(photos)).filter(({ key }) => key === 'large')
    const { counts } = await copyBatch(rig({ source: photos, destination: plain, entries, options: jobOptions({ serverCopy: undefined, overwrite: 'always' }) }))
    expect(counts).toMatchObject({ completed: { files: 1 }, unverified: 0 })
    expect(server.counters.counts().operations).not.toHaveProperty('UploadPartCopy')
  })
})

describe('on an S3 server', () => {
  let server: Versitygw
  let photos: Storage
  let archive: Storage
  beforeAll(async () => {
    server = await startVersitygw()
    for (const bucket of ['photos', 'archive']) await server.makeBucket(bucket)
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    photos = await openStorage({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: 'photos', prefix: 'in/' })
    archive = await openStorage({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: 'archive', prefix: 'out/' })
    await put(photos, 'a b+c/ü', 'bytes', metadata)
    await photos.put('large', [large, someBytes(5 * 1024 * KiB)], { metadata })
  })
  afterAll(async () => {
    await photos?.close()
    await archive?.close()
    await server?.stop()
  })

  it('objects are copied when asked for, proved by their MD5; ranges by their size alone; no CRC-64 is known', async () => {
    const narrow: Storage = { ...archive, serverCopy: archive.serverCopy && { ...archive.serverCopy, maxCopyBytes: 5 * 1024 * KiB } }
    const { storage, calls } = counting(narrow)
    const { counts, outcomes } = await copyBatch(rig({ source: photos, destination: storage, entries: await entriesOf(photos), options: jobOptions(within) }))
    expect(counts).toMatchObject({ completed: { files: 2 } })
    expect(operationsOf(calls)).toEqual(expect.arrayContaining(['copy', 'copyPart', 'complete']))
    expect(operationsOf(calls)).not.toContain('put')
    expect(outcomes.find(({ key }) => key === 'a b+c/ü')).toMatchObject({ verified: true, crc64: '' })
    expect(outcomes.find(({ key }) => key === 'large')).toMatchObject({ crc64: '' })
    expect(counts.withoutCrc64).toBe(2)
    expect((await archive.head('large')).size).toBe(large.length + 5 * 1024 * KiB)
    expect((await archive.head('large')).metadata).toMatchObject(metadata)
    expect(await read(archive, 'large')).toEqual(await read(photos, 'large'))
  })
})
