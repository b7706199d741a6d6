import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { optionsOf } from '../e2e/tranship.ts'
import { accountsFor, leftOvers, listsOf } from '../e2e/report-lists.ts'
import { readAllOss } from '../e2e/oss-bucket.ts'
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
import { putsBefore, watchPuts } from './puts.ts'
import { openUploads, putInParts } from './oss-uploads.ts'

const MiB = 1024 ** 2
const partBytes = 8 * MiB
/** A batch keeps what it did every 3 seconds, and a checkpoint takes a moment: a crash may cost what was done since. */
const checkpointMs = 5_000
const requestsInFlight = 128

let temporal: TemporalServer
let destination: OssProcess
let client: JobsClient
const hosts: WorkerHost[] = []

beforeAll(async () => {
  ;[temporal, destination] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive', 'vault'] })])
  client = connectJobs(temporal.address)
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.kill()))
})
afterAll(async () => {
  await client?.close()
  await destination?.stop()
  await temporal?.stop()
})

async function startHost(configPath: string): Promise<WorkerHost> {
  const host = await startWorkerHost({ address: temporal.address, configPath })
  hosts.push(host)
  return host
}

/** 4,000 small files, some empty, and one of several parts that sorts among them. */
function smallAndLarge(): Map<string, Buffer> {
  const small = Array.from({ length: 4_000 }, (_, i) => [`many/${i % 40}/file ${i}.bin`, randomBytes(i % 17 === 0 ? 0 : 20 + (i % 2_000))] as const)
  return new Map([...small, ['many/20/large.bin', randomBytes(5 * partBytes + 12_345)]])
}

async function writeAll(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [key, bytes] of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
  }
}

describe('a crash', () => {
  it('of the worker, then of Temporal, in the middle of batches costs seconds of work and no file', { timeout: 170_000 }, async () => {
    const files = smallAndLarge()
    const folder = temporaryFolder('source')
    await writeAll(folder, files)
    await destination.setFault({ id: 'slow', operation: 'PutObject', keyPrefix: 'many/', do: { kind: 'latency', ms: 300 } })
    const config = await writeConfig({ share: { vendor: 'nas', path: folder, mountPoint: 'nas.example.com' }, archive: destination.address('archive') })
    const puts = watchPuts(() => destination.hits('slow'))

    const first = await startHost(config)
    await client.jobs.create(optionsOf({ job: 'crashed', source: 'share', destination: 'archive' }))
    await awaitUntil(() => puts.count() >= 1_400, { timeoutMs: 60_000 })
    await first.kill()
    const lost = putsBefore(puts, checkpointMs) + requestsInFlight
    const inVain = puts.count()
    expect(inVain).toBeLessThan(files.size)

    await startHost(config)
    await awaitUntil(() => puts.count() >= inVain + 700, { timeoutMs: 60_000 })
    await temporal.kill()
    await temporal.restart()

    const view = await client.jobs.follow('crashed', { everyMs: 200 })
    const copiedAgain = (await puts.stop()) - (files.size - 1)
    console.log(`crash: ${copiedAgain} of ${files.size} objects were sent again; the last ${checkpointMs} ms before the kill sent ${lost - requestsInFlight}`)
    expect(view).toMatchObject({ status: 'Completed', completed: { files: files.size }, skipped: { files: 0 }, failed: { files: 0 } })
    expect(view.listed.files).toBe(view.completed.files + view.skipped.files + view.failed.files)
    expect(copiedAgain).toBeLessThanOrEqual(lost)

    const there = await readAllOss(destination.client('archive'))
    for (const [key, bytes] of files) expect(there.get(key)?.bytes.equals(bytes), key).toBe(true)
    expect(there.size).toBe(files.size + 5)
    expect(accountsFor(listsOf(there, 'crashed', 1), [...files.keys()])).toBe(true)
    expect(leftOvers(there)).toEqual([])
    expect(await openUploads(destination.client('archive'))).toEqual([])
  })

  it('of the worker in the middle of a large object goes on at the first missing part', { timeout: 120_000 }, async () => {
    const source = await startOssProcess({ buckets: ['photos'] })
    const bytes = randomBytes(25 * partBytes + 777)
    await putInParts(source.client('photos'), 'large.bin', bytes)
    await source.resetCounts()
    await destination.resetCounts()
    await destination.setFault({ id: 'parts', operation: 'UploadPart', bucket: 'vault', do: { kind: 'latency', ms: 1_500 } })
    await destination.setFault({ id: 'checkpoints', operation: 'PutObject', bucket: 'vault', keyPrefix: 'aliyun_mgw_import_report/.ledger/', do: { kind: 'latency', ms: 1 } })
    const config = await writeConfig({ photos: source.address('photos'), vault: destination.address('vault') })

    const first = await startHost(config)
    await client.jobs.create(optionsOf({ job: 'large', source: 'photos', destination: 'vault', serverCopy: false }))
    await awaitUntil(async () => (await destination.hits('parts')) > 8, { timeoutMs: 60_000 })
    const checkpoints = await destination.hits('checkpoints')
    await awaitUntil(async () => (await destination.hits('checkpoints')) >= checkpoints + 2)
    await first.kill()
    expect(await openUploads(destination.client('vault'))).toEqual(['large.bin'])

    await startHost(config)
    const view = await client.jobs.follow('large', { everyMs: 200 })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: 1, bytes: bytes.length } })
    const read = (await source.counts()).bytesOut
    const { operations } = await destination.counts()
    console.log(`crash: ${read - bytes.length} of ${bytes.length} bytes were read again, ${operations['UploadPart']} parts sent for 26`)
    expect(operations['ListParts']).toBeGreaterThanOrEqual(1)
    expect(operations['InitiateMultipartUpload']).toBe(1)
    expect(read).toBeLessThan(bytes.length + 17 * partBytes)
    const { content } = await destination.client('vault').get('large.bin')
    expect((content as Buffer).equals(bytes)).toBe(true)
    expect(await openUploads(destination.client('vault'))).toEqual([])
    await source.stop()
  })
})
