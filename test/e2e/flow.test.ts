import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putInParts } from '../chaos/oss-uploads.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
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

/** Six batches and more: each host takes two at a time. Every hundredth object is large, so each batch comes to one when it has copied some 100 MiB. */
const objects = 2_000
const largeEach = 100
const largeBytes = 192 * MiB
const job = 'flowing'
let temporal: TemporalServer
let source: OssProcess
let destination: OssProcess
let client: JobsClient
let terminal: Terminal
const hosts: WorkerHost[] = []

beforeAll(async () => {
  ;[temporal, source, destination] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['photos'] }), startOssProcess({ buckets: ['archive'] })])
  client = connectJobs(temporal.address)
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address })
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
async function setFlow(name: string, limit: number | null, ...args: string[]): Promise<Record<string, unknown>> {
  const askedAtMs = Date.now()
  const { code, answer } = await terminal.json(...args)
  expect([code, answer]).toMatchObject([0, {}])
  stretches.push({ name, limit, askedAtMs, answeredAtMs: Date.now() })
  return answer
}

/** Lets so much time pass since the last limit was answered. */
async function lasting(ms: number, fromMs = stretches.at(-1)?.answeredAtMs ?? 0): Promise<void> {
  await awaitUntil(() => Date.now() >= fromMs + ms, { timeoutMs: ms + 5_000, everyMs: 100 })
}

const taken = async () => trafficOf(await source.traffic(), 'bytesOut')
const partsSent = async (): Promise<number> => (await destination.counts()).operations['UploadPart'] ?? 0

describe('a limited job on three hosts', { timeout: 170_000 }, () => {
  it('keeps to every limit it is given, together and within 5 s, uses it, and outlives a host', async () => {
    const created = await setFlow('20 MiB/s', 20 * MiB, 'create', job, '--from', 'photos', '--to', 'archive', '--max-flow', '20MiB/s', '--time-zone', 'UTC')
    expect(created).toMatchObject({ flow: { version: 1, limitBytesPerSecond: 20 * MiB, rows: [] } })
    const begun = await awaitUntil(async () => (await source.traffic()).find(({ bytesOut }) => bytesOut > MiB)?.second)
    await lasting(22_000, begun * 1_000)

    expect(await setFlow('5 MiB/s, a host is killed', 5 * MiB, 'flow', job, '--max-flow', '5MiB/s')).toMatchObject({ version: 2, limitBytesPerSecond: 5 * MiB, nextChangeAt: null })
    await hosts[0]?.kill()
    await lasting(25_000)

    const partsBefore = await partsSent()
    await setFlow('40 MiB/s, large among small', 40 * MiB, 'flow', job, '--max-flow', '40MiB/s')
    await lasting(22_000)
    const parts = (await partsSent()) - partsBefore

    await setFlow('0', 0, 'flow', job, '--max-flow', '0')
    await lasting(9_000)

    expect(await setFlow('off', null, 'flow', job, '--reset')).toMatchObject({ version: 5, limitBytesPerSecond: null, maxBytesPerSecond: null })
    await lasting(6_500)
    const endMs = Date.now()
    await terminal.json('stop', job)

    const traffic = await taken()
    const lastOf = (i: number, seconds: number): number => mean(secondsBetween(traffic, stretches[i]?.answeredAtMs ?? 0, stretches[i + 1]?.askedAtMs ?? endMs).slice(-seconds))
    const uncapped = lastOf(4, 3)
    const worst = worstTen(traffic, stretches, endMs)
    console.log(table(traffic, stretches, endMs, 5))
    console.log(`This machine's own rate is ${(uncapped / MiB).toFixed(1)} MiB/s. Busiest ten seconds: ${worst.part.toFixed(3)} of what is allowed, from second ${worst.from}. Parts of large objects at 40 MiB/s: ${parts}.`)

    expect(worst.part).toBeLessThanOrEqual(1.1)
    expect(secondsBetween(traffic, (stretches[3]?.answeredAtMs ?? 0) + 5_000, stretches[4]?.askedAtMs ?? 0)).toEqual([0, 0, 0])
    expect(lastOf(0, 6)).toBeGreaterThanOrEqual(0.9 * 20 * MiB)
    expect(lastOf(1, 5)).toBeGreaterThanOrEqual(0.9 * 5 * MiB)
    expect(lastOf(2, 6)).toBeGreaterThanOrEqual(0.9 * Math.min(40 * MiB, 0.8 * uncapped))
    expect(uncapped).toBeGreaterThan(20 * MiB)
    expect(parts).toBeGreaterThan(8)

    await client.jobs.follow(job, { everyMs: 200 }, ({ status }) => status === 'Stopped')
    const view = await client.jobs.status(job)
    expect(view).toMatchObject({ failed: { files: 0 }, changes: [{ what: 'flow 2' }, { what: 'flow 3' }, { what: 'flow 4' }, { what: 'flow 5' }, { what: 'stop' }] })
  })
})
