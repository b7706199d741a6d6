import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTerminal } from '../cli/terminal.ts'
import type { TrafficSecond } from '../servers/stores/counters.ts'
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

const MiB = 1024 ** 2
/** Five batches: each host takes two at a time. Nobody writes these bytes: the files are holes. */
const objects = 5_000
let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let hosts: WorkerHost[]

beforeAll(async () => {
  const folder = temporaryFolder('share')
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < objects; i++) {
    const file = join(folder, `object-${i}`)
    await writeFile(file, '')
    await truncate(file, MiB)
  }
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive'] })])
  client = connectJobs(temporal.address)
  const configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive') })
  hosts = await Promise.all([1, 2].map(() => startWorkerHost({ address: temporal.address, configPath, processes: 1 })))
}, 120_000)
afterAll(async () => {
  await Promise.all((hosts ?? []).map((host) => host.kill()))
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

/** Bytes that reached the destination in each of these seconds of the server's clock; its own are left out. */
async function secondsBetween(fromMs: number, toMs: number): Promise<number[]> {
  const traffic = new Map((await oss.traffic()).map(({ second, bytesIn }: TrafficSecond) => [second, bytesIn]))
  const [from, to] = [Math.ceil(fromMs / 1_000), Math.floor(toMs / 1_000)]
  return Array.from({ length: to - from }, (_, i) => traffic.get(from + i) ?? 0)
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
const busiest = (seconds: readonly number[], width: number): number =>
  Math.max(...seconds.map((_, i) => sumOf(seconds.slice(i, i + width))).slice(0, Math.max(1, seconds.length - width + 1)))

const later = async (ms: number): Promise<void> => {
  const at = Date.now() + ms
  await awaitUntil(() => Date.now() >= at, { timeoutMs: ms + 5_000, everyMs: 100 })
}

describe('a limited job on two hosts', { timeout: 150_000 }, () => {
  it('keeps to its limit together, to a new one within 5 s, and runs freely once there is none', async () => {
    const terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address })
    const created = await terminal.json('create', 'flowing', '--from', 'share', '--to', 'archive', '--max-flow', '20MiB/s', '--time-zone', 'UTC')
    expect([created.code, created.answer]).toMatchObject([0, { flow: { version: 1, limitBytesPerSecond: 20 * MiB, rows: [] } }])
    const begun = await awaitUntil(async () => (await oss.traffic()).find(({ bytesIn }) => bytesIn > MiB)?.second)
    await later(begun * 1_000 + 27_000 - Date.now())
    const high = await secondsBetween(begun * 1_000, Date.now())
    console.log(`20 MiB/s: ${high.map((bytes) => (bytes / MiB).toFixed(1)).join(' ')}`)
    expect(busiest(high, 10)).toBeLessThanOrEqual(10 * 20 * MiB * 1.1)
    expect(sumOf(high.slice(15, 25))).toBeGreaterThanOrEqual(10 * 20 * MiB * 0.9)

    const { code, answer } = await terminal.json('flow', 'flowing', '--max-flow', '5MiB/s')
    expect([code, answer]).toMatchObject([0, { version: 2, limitBytesPerSecond: 5 * MiB, maxBytesPerSecond: 5 * MiB, timeZone: 'UTC', nextChangeAt: null }])
    const resetAt = Date.now()
    await later(resetAt + 21_000 - Date.now())
    const low = await secondsBetween(resetAt + 5_000, Date.now())
    console.log(`5 MiB/s, from the sixth second on: ${low.map((bytes) => (bytes / MiB).toFixed(1)).join(' ')}`)
    expect(busiest(low, 10)).toBeLessThanOrEqual(10 * 5 * MiB * 1.1)
    expect(sumOf(low.slice(-10))).toBeGreaterThanOrEqual(10 * 5 * MiB * 0.9)

    expect((await terminal.json('flow', 'flowing', '--reset')).answer).toMatchObject({ version: 3, limitBytesPerSecond: null, maxBytesPerSecond: null })
    const freedAt = Date.now()
    const free = await awaitUntil(async () => {
      const seconds = await secondsBetween(freedAt, Date.now())
      return Math.max(...seconds) > 20 * MiB ? seconds : undefined
    })
    console.log(`without a limit: ${free.map((bytes) => (bytes / MiB).toFixed(1)).join(' ')}`)
    await client.jobs.stop('flowing')
    await awaitUntil(async () => (await client.jobs.status('flowing')).changes.length === 3)
    const view = await client.jobs.status('flowing')
    expect(view).toMatchObject({ failed: { files: 0 }, changes: [{ what: 'flow 2' }, { what: 'flow 3' }, { by: 'test@here', what: 'stop' }] })
  })
})
