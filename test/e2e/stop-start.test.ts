import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowIdOf } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { openUploads, putInParts } from '../chaos/oss-uploads.ts'
import { openTerminal } from '../cli/terminal.ts'
import { awaitUntil } from '../support/await-until.ts'
import { connectJobs, writeConfig } from '../support/jobs-client.ts'
import type { JobsClient } from '../support/jobs-client.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost } from '../support/worker-host.ts'
import type { WorkerHost } from '../support/worker-host.ts'
import { pendingOf } from '../workflows/pending.ts'
import { readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from './report-lists.ts'
import { optionsOf } from './tranship.ts'

const MiB = 1024 ** 2
const count = 3_500
const keys = Array.from({ length: count }, (_, i) => `many/${i % 50}/file-${i}.txt`)
let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let configPath: string
let host: WorkerHost

beforeAll(async () => {
  const folder = temporaryFolder('share')
  await Promise.all(Array.from({ length: 50 }, (_, i) => mkdir(join(folder, 'many', String(i)), { recursive: true })))
  for (const key of keys) await writeFile(join(folder, key), key)
  const buckets = ['archive', 'copy', 'photos', 'vault', 'killed']
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets })])
  client = connectJobs(temporal.address)
  const addresses = Object.fromEntries(buckets.map((bucket) => [bucket, oss.address(bucket)]))
  configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, ...addresses })
  host = await startHost()
})
afterAll(async () => {
  await host?.kill()
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

const startHost = (): Promise<WorkerHost> => startWorkerHost({ address: temporal.address, configPath })
const untilStopped = (job: string): Promise<JobView> => client.jobs.follow(job, { everyMs: 50 }, ({ status }) => status === 'Stopped')
const finished = (job: string): Promise<JobView> => client.jobs.follow(job, { everyMs: 200 })

/** The server has answered all that it was asked, and is asked no more: to be seen only by looking for a while. */
async function expectSilence(): Promise<void> {
  const { total, statuses } = await oss.counts()
  expect(Object.values(statuses).reduce((sum, number) => sum + number, 0)).toBe(total)
  await delay(2_000)
  expect((await oss.counts()).total).toBe(total)
}

async function expectAll(job: string, bucket: string): Promise<void> {
  const there = await readAllOss(oss.client(bucket))
  for (const key of keys) expect(String(there.get(key)?.bytes)).toBe(key)
  expect(accountsFor(listsOf(there, job, 1), keys)).toBe(true)
  expect(leftOvers(there)).toEqual([])
}

describe('a job that is stopped', { timeout: 120_000 }, () => {
  it('among thousands of small files is Stopped once nothing is asked of the store, for as long as one likes, without a worker too', async () => {
    await oss.setFault({ id: 'puts', operation: 'PutObject', bucket: 'archive', keyPrefix: 'many/', do: { kind: 'latency', ms: 250 } })
    await client.jobs.create(optionsOf({ job: 'small', source: 'share', destination: 'archive' }))
    await awaitUntil(async () => (await oss.hits('puts')) > 500)
    const askedAt = Date.now()
    expect((await client.jobs.stop('small')).message).toContain('The job stops')
    expect((await client.jobs.stop('small')).message).toMatch(/is (stopping|stopped) already/)
    await untilStopped('small')
    const tookMs = Date.now() - askedAt
    await expectSilence()
    expect((await client.jobs.stop('small')).message).toContain('is stopped already')

    await host.kill()
    const sent = await oss.hits('puts')
    const terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address })
    const { code, answer } = await terminal.json('status', 'small')
    expect([code, answer]).toMatchObject([0, { status: 'Stopped', reason: null, completed: { files: sent }, failed: { files: 0 } }])

    host = await startHost()
    await expectSilence()
    expect((await client.jobs.start('small')).message).toContain('The job goes on')
    expect((await client.jobs.start('small')).message).toContain('is running already')
    expect(await finished('small')).toMatchObject({ status: 'Completed', completed: { files: count }, skipped: { files: 0 }, failed: { files: 0 } })
    const again = (await oss.hits('puts')) - count
    console.log(`stopped in ${tookMs} ms after ${sent} of ${count} files; ${again} were sent again`)
    expect(again).toBe(0)
    await expectAll('small', 'archive')
  })

  it('while it lists goes on listing, and every file is sent once', async () => {
    await oss.setFault({ id: 'pages', operation: 'ListObjectsV2', bucket: 'archive', skip: 1, do: { kind: 'latency', ms: 2_000 } })
    await oss.setFault({ id: 'copies', operation: 'PutObject', bucket: 'copy', keyPrefix: 'many/', do: { kind: 'latency', ms: 1 } })
    await client.jobs.create(optionsOf({ job: 'listing', source: 'archive', destination: 'copy', serverCopy: false }))
    await awaitUntil(async () => (await oss.hits('pages')) >= 2)
    await client.jobs.stop('listing')
    expect(await untilStopped('listing')).toMatchObject({ listed: { complete: false } })
    await expectSilence()
    await client.jobs.start('listing')
    expect(await finished('listing')).toMatchObject({ status: 'Completed', completed: { files: count }, skipped: { files: 0 }, failed: { files: 0 } })
    expect(await oss.hits('copies')).toBe(count)
    await expectAll('listing', 'copy')
  })

  it('is Stopped within 20 s although a worker host was killed in the middle of its batches, and leaves nothing that waits', async () => {
    const lost = await startHost()
    await oss.setFault({ id: 'killed', operation: 'PutObject', bucket: 'killed', keyPrefix: 'many/', do: { kind: 'latency', ms: 500 } })
    await client.jobs.create(optionsOf({ job: 'killed', source: 'share', destination: 'killed' }))
    await awaitUntil(async () => (await oss.hits('killed')) > 600)
    await lost.kill()
    const askedAt = Date.now()
    await client.jobs.stop('killed')
    await untilStopped('killed')
    const tookMs = Date.now() - askedAt
    const sent = await oss.hits('killed')
    console.log(`stopped ${tookMs} ms after a host was killed and ${sent} of ${count} files were sent`)
    expect(tookMs).toBeLessThan(20_000)
    expect(sent).toBeLessThan(count)
    await expectSilence()
    expect(await pendingOf(client.client, workflowIdOf('killed'))).toEqual([])
    await oss.removeFault('killed')
    await client.jobs.start('killed')
    expect(await finished('killed')).toMatchObject({ status: 'Completed', completed: { files: count }, skipped: { files: 0 }, failed: { files: 0 } })
    await expectAll('killed', 'killed')
  })

  it('within a large object goes on with the parts that are missing', async () => {
    const bytes = randomBytes(200 * MiB)
    await putInParts(oss.client('photos'), 'large.bin', bytes)
    await oss.resetCounts()
    await oss.setFault({ id: 'parts', operation: 'UploadPart', bucket: 'vault', do: { kind: 'latency', ms: 4_000 } })
    await client.jobs.create(optionsOf({ job: 'large', source: 'photos', destination: 'vault', serverCopy: false }))
    await awaitUntil(async () => (await oss.hits('parts')) >= 8)
    await client.jobs.stop('large')
    await untilStopped('large')
    await expectSilence()
    const before = await partsOf(oss.client('vault'), 'large.bin')
    expect(before).toBeGreaterThanOrEqual(8)
    expect(before).toBeLessThan(25)

    await oss.removeFault('parts')
    await client.jobs.start('large')
    expect(await finished('large')).toMatchObject({ status: 'Completed', completed: { files: 1, bytes: bytes.length } })
    const { operations } = await oss.counts()
    console.log(`stopped after ${before} of 25 parts; ${operations['UploadPart']} were sent in all`)
    expect(operations).toMatchObject({ UploadPart: 25, InitiateMultipartUpload: 1, ListParts: expect.any(Number) })
    expect(((await oss.client('vault').get('large.bin')).content as Buffer).equals(bytes)).toBe(true)
    expect(await openUploads(oss.client('vault'))).toEqual([])
  })
})

async function partsOf(store: OSS, key: string): Promise<number> {
  const { uploads } = (await store.listUploads({ 'max-uploads': 10 }, {})) as unknown as { uploads: { name: string; uploadId: string }[] }
  const { uploadId = '' } = uploads.find(({ name }) => name === key) ?? {}
  const { parts } = await store.listParts(key, uploadId, { 'max-parts': 100 } as OSS.ListPartsQuery, {})
  return [parts].flat().length
}
