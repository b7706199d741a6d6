import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putInParts } from '../chaos/oss-uploads.ts'
import { awaitUntil } from '../support/await-until.ts'
import { connectJobs, writeConfig } from '../support/jobs-client.ts'
import type { JobsClient } from '../support/jobs-client.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost } from '../support/worker-host.ts'
import type { WorkerHost } from '../support/worker-host.ts'
import { mean, MiB, secondsBetween, table, trafficOf, worstTen, type Stretch } from '../support/measured-flow.ts'
import { eachOf } from './s3-bucket.ts'
import { optionsOf } from './tranship.ts'

/** Six batches and more: each host takes two at a time. Every hundredth object is large, so each batch comes to one when it has copied some 100 MiB. */
const objects = 2_000
const largeEach = 100
const largeBytes = 192 * MiB
const job = 'flowing'
/** Where the machine cannot do more than a limit, so much of what it can is asked for: its rate changes with what else it has to do. */
const mostOf = 0.8
let temporal: TemporalServer
let source: OssProcess
let destination: OssProcess
let client: JobsClient
const hosts: WorkerHost[] = []

beforeAll(async () => {
  ;[temporal, source, destination] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['photos'] }), startOssProcess({ buckets: ['archive'] })])
  client = connectJobs(temporal.address)
  const configPath = await writeConfig({ photos: source.address('photos', { prefix: 'objects/' }), archive: destination.address('archive') })
  const { address } = temporal
  await fill()
  for (let i = 0; i < 3; i++) hosts.push(await startWorkerHost({ address, configPath, processes: 1 }))
  await source.resetCounts()
}, 300_000)
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.kill()))
  await client?.close()
  await Promise.all([source?.stop(), destination?.stop()])
  await temporal?.stop()
})

/** The server copies within itself: all small objects are one, and so are all large ones. */
async function fill(): Promise<void> {
  const bucket = source.client('photos')
  await bucket.put('small', randomBytes(MiB))
  await putInParts(bucket, 'large', randomBytes(largeBytes))
  const keys = Array.from({ length: objects }, (_, i) => ({ key: `objects/${String(i).padStart(4, '0')}`, from: i % largeEach === largeEach - 1 ? 'large' : 'small' }))
  await eachOf(keys, async ({ key, from }) => void (await bucket.copy(key, from)))
}

const stretches: Stretch[] = []
async function under(name: string, limit: number | null, set: () => Promise<unknown>): Promise<void> {
  const askedAtMs = Date.now()
  await set()
  stretches.push({ name, limit, askedAtMs, answeredAtMs: Date.now() })
  expect((await client.jobs.status(job)).flow).toMatchObject({ version: stretches.length, limitBytesPerSecond: limit })
}
const resetTo = (maxFlow: string) => () => client.jobs.resetFlow(job, { rows: [], maxFlow })

/** Lets so much time pass since the last limit was answered. */
async function lasting(ms: number, fromMs = stretches.at(-1)?.answeredAtMs ?? 0): Promise<void> {
  await awaitUntil(() => Date.now() >= fromMs + ms, { timeoutMs: ms + 5_000, everyMs: 100 })
}

const taken = async () => trafficOf(await source.traffic(), 'bytesOut')
const partsSent = async (): Promise<number> => (await destination.counts()).operations['UploadPart'] ?? 0

describe('a limited job on three hosts', { timeout: 240_000 }, () => {
  it('keeps to every limit it is given, together and within 5 s, uses it, and outlives a host', async () => {
    await under('20 MiB/s', 20 * MiB, () => client.jobs.create(optionsOf({ job, source: 'photos', destination: 'archive', maxFlow: '20MiB/s' })))
    const begun = await awaitUntil(async () => (await source.traffic()).find(({ bytesOut }) => bytesOut > MiB)?.second)
    await lasting(22_000, begun * 1_000)

    await under('5 MiB/s, a host is killed', 5 * MiB, resetTo('5MiB/s'))
    await hosts[0]?.kill()
    await lasting(25_000)

    const partsBefore = await partsSent()
    await under('40 MiB/s, large among small', 40 * MiB, resetTo('40MiB/s'))
    await lasting(22_000)
    const parts = (await partsSent()) - partsBefore

    await under('0', 0, resetTo('0'))
    await lasting(9_000)

    await under('off', null, () => client.jobs.resetFlow(job, { rows: [] }))
    await lasting(6_500)
    const endMs = Date.now()
    await client.jobs.stop(job)

    const traffic = await taken()
    const lastOf = (i: number, seconds: number): number => mean(secondsBetween(traffic, stretches[i]?.answeredAtMs ?? 0, stretches[i + 1]?.askedAtMs ?? endMs).slice(-seconds))
    const uncapped = lastOf(4, 3)
    const worst = worstTen(traffic, stretches, endMs)
    console.log(table(traffic, stretches, endMs, 5))
    console.log(`This machine's own rate is ${(uncapped / MiB).toFixed(1)} MiB/s. Busiest ten seconds: ${worst.part.toFixed(3)} of what is allowed, from second ${worst.from}. Parts of large objects at 40 MiB/s: ${parts}.`)

    expect(worst.part).toBeLessThanOrEqual(1.1)
    const held = secondsBetween(traffic, (stretches[3]?.answeredAtMs ?? 0) + 5_000, stretches[4]?.askedAtMs ?? 0)
    expect([held.length >= 3, Math.max(...held)]).toEqual([true, 0])
    for (const [i, mebibytes, seconds] of [[0, 20, 6], [1, 5, 5], [2, 40, 6]] as const) expect(lastOf(i, seconds), stretches[i]?.name).toBeGreaterThanOrEqual(0.9 * Math.min(mebibytes * MiB, mostOf * uncapped))
    expect(uncapped).toBeGreaterThan(5 * MiB)
    expect(parts).toBeGreaterThan(8)

    await client.jobs.follow(job, { everyMs: 200 }, ({ status }) => status === 'Stopped')
    const view = await client.jobs.status(job)
    expect(view).toMatchObject({ failed: { files: 0 }, changes: [{ what: 'flow 2' }, { what: 'flow 3' }, { what: 'flow 4' }, { what: 'flow 5' }, { what: 'stop' }] })
  })
})
