/** Large objects on two worker hosts, each of which reaches the destination through a proxy of its own that sees its parts. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { historiesOf } from '../../scripts/figures/history.ts'
import type { JobOptions } from '../../model/job.ts'
import { readAllOss } from '../e2e/oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from '../e2e/report-lists.ts'
import { optionsOf } from '../e2e/tranship.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startCountingProxy, type CountingProxy } from '../support/counting-proxy.ts'
import { connectJobs, writeConfig } from '../support/jobs-client.ts'
import type { JobsClient } from '../support/jobs-client.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost } from '../support/worker-host.ts'
import type { WorkerHost } from '../support/worker-host.ts'
import { openUploads } from './oss-uploads.ts'

const MiB = 1024 ** 2
const partBytes = 8 * MiB
const parts = 13
const size = (parts - 1) * partBytes + 12_345
const largeBytes = 32 * MiB
const film = 'films/the-long-one.mxf'
const folder = temporaryFolder('share')

let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let a: Door
let b: Door
const hosts: WorkerHost[] = []

/** The destination as one host sees it. */
interface Door {
  readonly proxy: CountingProxy
  readonly configPath: string
  /** Of parts that its host began to send, and of ledger files of parts. */
  sent: number[]
  ledgerParts: number
}

async function openDoor(): Promise<Door> {
  const proxy = await startCountingProxy(oss.endpoint)
  const configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive', { endpoint: proxy.endpoint }) })
  const door: Door = { proxy, configPath, sent: [], ledgerParts: 0 }
  proxy.onRequest = (method, url) => {
    const number = /[?&]partNumber=(\d+)/.exec(url)?.[1]
    if (method === 'PUT' && number !== undefined) door.sent.push(Number(number))
    if (method === 'PUT' && url.includes('.parts-')) door.ledgerParts++
  }
  return door
}

beforeAll(async () => {
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive'] })])
  client = connectJobs(temporal.address)
  await mkdir(join(folder, 'films'), { recursive: true })
  ;[a, b] = [await openDoor(), await openDoor()]
  for (const door of [a, b]) await startHost(door)
})
afterEach(async () => {
  for (const id of ['parts', 'later', 'begin']) await oss.removeFault(id)
})
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.kill()))
  await Promise.all([a, b].map((door) => door?.proxy.stop()))
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

/** A file that is mostly a hole, with something else at each part's beginning. */
async function writeFilm(): Promise<void> {
  const file = await open(join(folder, film), 'w')
  for (let at = 0; at < size; at += partBytes) await file.write(randomBytes(4_096), 0, Math.min(4_096, size - at), at)
  await file.truncate(size)
  await file.close()
}

async function startHost({ configPath }: Door): Promise<void> {
  hosts.push(await startWorkerHost({ address: temporal.address, configPath }))
}

async function begin(job: string, more: Partial<JobOptions> = {}): Promise<void> {
  await writeFilm()
  await oss.resetCounts()
  await client.jobs.create(optionsOf({ job, source: 'share', destination: 'archive', overwrite: 'always', largeBytes, ...more }))
}

const operations = async (): Promise<Readonly<Record<string, number>>> => (await oss.counts()).operations
const slowParts = (ms: number) => oss.setFault({ id: 'parts', operation: 'UploadPart', do: { kind: 'latency', ms } })

/** The one file of the job is there as it is now, in one list, and nothing is left over. */
async function expectWhole(job: string): Promise<void> {
  const view = await client.jobs.follow(job, { everyMs: 200 })
  expect(view).toMatchObject({ status: 'Completed', listed: { files: 1 }, completed: { files: 1, bytes: size }, failed: { files: 0 } })
  const there = await readAllOss(oss.client('archive'))
  expect(there.get(film)?.bytes.equals(await readFile(join(folder, film)))).toBe(true)
  expect(accountsFor(listsOf(there, job, 1), [film])).toBe(true)
  expect(leftOvers(there)).toEqual([])
  expect(await openUploads(oss.client('archive'))).toEqual([])
}

describe('a large object on two workers', () => {
  it('is begun anew, once, when its source changes meanwhile', async () => {
    await slowParts(1_000)
    await begin('changed')
    await awaitUntil(async () => ((await operations())['UploadPart'] ?? 0) > 4, { timeoutMs: 60_000 })
    await writeFilm()
    await oss.removeFault('parts')
    await expectWhole('changed')
    expect(await operations()).toMatchObject({ InitiateMultipartUpload: 2, CompleteMultipartUpload: 1 })
  })

  it('keeps to its flow limit, stops at a piece, goes on where it was, and leaves no upload of which it never learnt', async () => {
    await oss.setFault({ id: 'begin', operation: 'InitiateMultipartUpload', times: 1, do: { kind: 'lose-answer' } })
    const mostBytes = 10 * MiB
    await begin('slowly', { maxFlow: '10MiB/s' })
    await awaitUntil(async () => ((await operations())['UploadPart'] ?? 0) >= 3, { timeoutMs: 60_000 })
    const askedAt = Date.now()
    await client.jobs.stop('slowly')
    const stopped = await client.jobs.follow('slowly', { everyMs: 100 }, (view) => view.status === 'Stopped')
    expect(Date.now() - askedAt).toBeLessThan(20_000)
    expect(stopped).toMatchObject({ status: 'Stopped', completed: { files: 0 } })
    const { UploadPart: atStop = 0 } = await operations()
    expect(atStop).toBeLessThan(parts)
    expect(await openUploads(oss.client('archive'))).toEqual([film])
    expect((await operations())['UploadPart']).toBe(atStop)
    await client.jobs.start('slowly')
    await expectWhole('slowly')
    const seconds = (await oss.traffic()).map(({ bytesIn }) => bytesIn)
    console.log(`large object at 10 MiB/s: ${seconds.map((bytes) => (bytes / MiB).toFixed(1)).join(' ')}; ${(await operations())['UploadPart']} parts sent for ${parts}`)
    const busiest = Math.max(...seconds.map((_, i) => seconds.slice(i, i + 10).reduce((sum, bytes) => sum + bytes, 0)))
    expect(busiest).toBeLessThanOrEqual(10 * mostBytes * 1.1 + 2 * partBytes)
    expect(await operations()).toMatchObject({ InitiateMultipartUpload: 2, CompleteMultipartUpload: 1 })
    expect((await operations())['UploadPart']).toBeLessThanOrEqual(parts + 4)
  })

  it('is sent by both; when one is killed the other goes on from the ledger and the parts that the store lists', async () => {
    for (const door of [a, b]) Object.assign(door, { sent: [], ledgerParts: 0 })
    await slowParts(1_000)
    await oss.setFault({ id: 'later', operation: 'UploadPart', skip: 8, do: { kind: 'latency', ms: 6_000 } })
    await begin('shared')
    const isInTheMiddle = (door: Door): boolean => door.ledgerParts > 0 && door.sent.length > 4
    await awaitUntil(() => isInTheMiddle(a) && b.ledgerParts > 0, { timeoutMs: 90_000 })
    await hosts[0]?.kill()
    const lost = a.sent.length
    for (const id of ['parts', 'later']) await oss.removeFault(id)
    await expectWhole('shared')

    const again = a.sent.length + b.sent.length - parts
    console.log(`large object: ${lost} parts begun by the killed worker, ${b.sent.length} by the other; ${again} of ${parts} (${(again * partBytes) / MiB} of ${Math.round(size / MiB)} MiB) sent again`)
    expect(new Set([...a.sent, ...b.sent]).size).toBe(parts)
    expect(again).toBeGreaterThan(0)
    expect(again).toBeLessThan(lost)
    expect(await operations()).toMatchObject({ InitiateMultipartUpload: 1, CompleteMultipartUpload: 1 })
    expect((await operations())['ListParts']).toBeGreaterThanOrEqual(1)
    const histories = await historiesOf(client.client, 'shared')
    const payloads = JSON.stringify(histories, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value))
    expect(payloads).toContain('copyParts')
    expect(payloads).not.toContain('the-long-one')
  })
})
