/** Jobs whose objects are archived, or never pass through a worker: on real servers and a real Temporal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView } from '../../model/status.ts'
import { startAzblobServer, type AzblobServer } from '../servers/azblob/server.ts'
import { startGcsServer, type GcsServer } from '../servers/gcs/server.ts'
import { startOssServer, startServer } from '../servers/stores/server.ts'
import type { StoreServer } from '../servers/stores/server.ts'
import { startVersitygw } from '../support/versitygw.ts'
import type { Versitygw } from '../support/versitygw.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { listsOf, reportFolder } from './report-lists.ts'
import { readAll } from './s3-bucket.ts'
import { optionsOf, startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

let oss: StoreServer
let s3: Versitygw
let cos: StoreServer
let azure: AzblobServer
let google: GcsServer
let tranship: Tranship
const frozen = Array.from({ length: 20 }, (_, i) => `frozen-${i}`)

beforeAll(async () => {
  oss = await startOssServer({ buckets: [{ name: 'photos' }, { name: 'vault' }], keys: [ossKey], restoreDelayMs: 8_000 })
  s3 = await startVersitygw()
  for (const bucket of ['albums', 'copies']) await s3.makeBucket(bucket)
  const { endpoint, region, accessKeyId, secretAccessKey } = s3
  const s3Address = (bucket: string) => ({ vendor: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey })
  const cosBucket = 'shots-1250000000'
  cos = await startServer('cos', { buckets: [{ name: cosBucket }], keys: [ossKey], restoreDelayMs: 3_000 })
  azure = await startAzblobServer()
  for (const container of ['reels', 'shelf']) await azure.makeContainer(container)
  google = await startGcsServer({ buckets: ['lake', 'pond'] })
  const reels = (container: string) => ({ vendor: 'azblob', endpoint: azure.endpoint, account: azure.account, accountKey: azure.accountKey, container })
  const lake = (bucket: string) => ({ vendor: 'gcs', endpoint: google.endpoint, bucket })
  tranship = await startTranship({
    photos: ossAddress(oss, 'photos'), vault: ossAddress(oss, 'vault'), albums: s3Address('albums'), copies: s3Address('copies'),
    shots: { vendor: 'cos', endpoint: cos.endpoint, region: cos.region, bucket: cosBucket, secretId: ossKey.accessKeyId, secretKey: ossKey.accessKeySecret },
    reels: reels('reels'), shelf: reels('shelf'), lake: lake('lake'), pond: lake('pond'),
  })
  const photos = await tranship.open('photos')
  const metadata = { contentType: 'text/plain', user: { kept: 'yes' } }
  await photos.put('warm', [Buffer.from('warm')], { metadata, tags: { team: 'design' } })
  for (const key of frozen) await photos.put(key, [Buffer.from(key)], { metadata, storageClass: 'Archive' })
  const albums = await tranship.open('albums')
  for (const key of ['a', 'b']) await albums.put(key, [Buffer.from(key)], { metadata, tags: { team: 'design' } })
})
afterAll(async () => {
  await tranship?.stop()
  await s3?.stop()
  await oss?.close()
  await cos?.close()
  await azure?.stop()
  await google?.close()
})

const seen = (job: string, until: (view: JobView) => boolean) => tranship.jobs.follow(job, { everyMs: 100 }, until)

describe('archived objects', () => {
  it('are in the error list where nobody asked to restore them', async () => {
    const view = await tranship.run({ job: 'archives-refused', source: 'photos', destination: 'vault:refused/' })
    expect(view).toMatchObject({ status: 'Failed', completed: { files: 1 }, failed: { files: 20 }, failures: [{ code: 'Archived', files: 20 }] })
  })

  it('are restored and copied when they are ready, over a stop and a start, without a request in between', async () => {
    const job = 'archives-restored'
    await tranship.jobs.create(optionsOf({ job, source: 'photos', destination: 'vault:restored/', restoreDays: 1, restoreWaitMs: 1_000, tags: true }))
    expect(await seen(job, ({ restoring }) => restoring > 0)).toMatchObject({ status: 'Migrating', restoring: 20, completed: { files: 1 } })
    await tranship.jobs.stop(job)
    expect(await seen(job, ({ status }) => status === 'Stopped')).toMatchObject({ restoring: 20 })
    const { operations } = oss.counters.counts()
    expect(operations.RestoreObject).toBe(20)
    await tranship.jobs.start(job)
    const ended = await seen(job, ({ status }) => status !== 'Migrating' && status !== 'Stopped')
    expect(ended).toMatchObject({ status: 'Completed', completed: { files: 21 }, failed: { files: 0 }, restoring: 0 })
    expect(oss.counters.counts().operations.RestoreObject).toBe(20)
    const there = await readAllOss(ossClient(oss, 'vault'))
    for (const key of frozen) expect(there.get(`restored/${key}`)).toMatchObject({ metadata: { user: { kept: 'yes' } } })
    expect(await (await tranship.open('vault')).tagging?.getTags('restored/warm')).toEqual({ team: 'design' })
  }, 120_000)

  it.each([
    ['COS', 'shots', 'ARCHIVE', 1],
    // Azurite brings them back at once, but says so only at the next look.
    ['Azure', 'reels', 'Archive', 0],
  ])('of %s likewise', async (_, source, storageClass, restores) => {
    const from = await tranship.open(source)
    await from.put('warm', [Buffer.from('warm')], { metadata: { user: {} } })
    await from.put('frozen', [Buffer.from('frozen')], { metadata: { user: { kept: 'yes' } }, storageClass })
    const job = `archives-${source}`
    await tranship.jobs.create(optionsOf({ job, source, destination: `vault:${source}/`, restoreDays: 1, restoreWaitMs: 500 }))
    expect(await seen(job, ({ restoring }) => restoring > 0)).toMatchObject({ restoring: 1, completed: { files: 1 } })
    expect(await seen(job, ({ status }) => status !== 'Migrating')).toMatchObject({ status: 'Completed', completed: { files: 2 }, restoring: 0 })
    expect(cos.counters.counts().operations.RestoreObject ?? 0).toBeGreaterThanOrEqual(restores)
    expect(await (await tranship.open('vault')).head(`${source}/frozen`)).toMatchObject({ size: 6, metadata: { user: { kept: 'yes' } } })
  }, 60_000)
})

describe('objects that the store copies itself', () => {
  it('have no CRC-64 where it states none: an empty column, and a count', async () => {
    const job = 'copied-within'
    const view = await tranship.run({ job, source: 'albums', destination: 'copies', serverCopy: true, tags: true })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: 2 }, withoutCrc64: 2 })
    const there = await readAll(s3.client(), 'copies')
    expect(listsOf(there, job, 1).completed.map((row) => row.crc64)).toEqual(['', ''])
    const report = JSON.parse(String(there.get(`${reportFolder}${job}_job.json`)?.bytes)) as { runs: unknown[] }
    expect(report.runs[0]).toMatchObject({ withoutCrc64: 2, unverified: 0, completed: { files: 2 } })
    expect(there.get('a')).toMatchObject({ metadata: { contentType: 'text/plain', user: { kept: 'yes' } } })
    const copies = await tranship.open('copies')
    expect(await copies.tagging?.getTags('a')).toEqual({ team: 'design' })
  })

  it.each([
    ['Azure', 'reels', 'shelf', () => azure.requests.filter(({ copies }) => copies).length],
    ['Cloud Storage', 'lake', 'pond', () => google.requests.filter(({ line }) => line.includes('/rewriteTo/')).length],
  ] as const)('within %s, when asked for: the files, not the report', async (_, source, destination, copies) => {
    const from = await tranship.open(source)
    for (const key of ['own/a', 'own/b ü']) await from.put(key, [Buffer.from(key)], { metadata: { contentType: 'text/css', user: { kept: 'yes' } } })
    const job = `within-${source}`
    const view = await tranship.run({ job, source: `${source}:own/`, destination, serverCopy: true })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: 2 }, failed: { files: 0 }, withoutCrc64: 2 })
    expect(copies()).toBe(2)
    const to = await tranship.open(destination)
    expect(await to.head('b ü')).toMatchObject({ size: 8, metadata: { contentType: 'text/css', user: { kept: 'yes' } } })
  })
})
