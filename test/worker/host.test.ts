import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readAllOss } from '../e2e/oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from '../e2e/report-lists.ts'
import { optionsOf } from '../e2e/tranship.ts'
import { awaitUntil } from '../support/await-until.ts'
import { connectJobs, writeConfig } from '../support/jobs-client.ts'
import type { JobsClient } from '../support/jobs-client.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { freePort, temporaryFolder } from '../support/processes.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost } from '../support/worker-host.ts'
import type { WorkerHost } from '../support/worker-host.ts'

const count = 3_500
const keys = Array.from({ length: count }, (_, i) => `many/${i % 50}/file-${i}.txt`)
const buckets = ['drained', 'slow', 'killed']
let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let configPath: string
const hosts: WorkerHost[] = []

beforeAll(async () => {
  const folder = temporaryFolder('share')
  await Promise.all(Array.from({ length: 50 }, (_, i) => mkdir(join(folder, 'many', String(i)), { recursive: true })))
  for (const key of keys) await writeFile(join(folder, key), key)
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets })])
  client = connectJobs(temporal.address)
  const addresses = Object.fromEntries(buckets.map((bucket) => [bucket, oss.address(bucket)]))
  configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, ...addresses })
})
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.kill()))
})
afterAll(async () => {
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

async function startHost(processes = 2): Promise<WorkerHost> {
  const host = await startWorkerHost({ address: temporal.address, configPath, processes })
  hosts.push(host)
  return host
}

const childrenOf = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
/** What the host started, without the watchers that the tests put beside it. */
const copiersOf = ({ pid }: WorkerHost): number[] =>
  childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('copier'))

async function begin(bucket: string, putMs = 250): Promise<void> {
  await oss.setFault({ id: bucket, operation: 'PutObject', bucket, keyPrefix: 'many/', do: { kind: 'latency', ms: putMs } })
  await client.jobs.create(optionsOf({ job: `to-${bucket}`, source: 'share', destination: bucket }))
}

/** In the middle of batches, once so many files were sent. */
async function drainAt(host: WorkerHost, signal: 'SIGTERM' | 'SIGINT', sent: number): Promise<void> {
  await awaitUntil(async () => (await oss.hits('drained')) > sent)
  const copiers = copiersOf(host)
  expect(copiers.length).toBe(2)
  const askedAt = Date.now()
  expect(await host.drain(signal)).toBe(0)
  const tookMs = Date.now() - askedAt
  console.log(`${signal}: drained in ${tookMs} ms, after ${await oss.hits('drained')} of ${count} files`)
  expect(tookMs).toBeLessThan(8_000)
  expect(copiers.filter(isAlive)).toEqual([])
  expect(host.output()).toContain('Drained.')
  expect(await oss.hits('drained')).toBeLessThan(count)
}

/** How many files were sent more than once. */
async function finish(bucket: string): Promise<number> {
  const view = await client.jobs.follow(`to-${bucket}`, { everyMs: 200 })
  expect(view).toMatchObject({ status: 'Completed', completed: { files: count }, skipped: { files: 0 }, failed: { files: 0 } })
  const there = await readAllOss(oss.client(bucket))
  for (const key of keys) expect(String(there.get(key)?.bytes)).toBe(key)
  expect(accountsFor(listsOf(there, `to-${bucket}`, 1), keys)).toBe(true)
  expect(leftOvers(there)).toEqual([])
  return (await oss.hits(bucket)) - count
}

describe('a worker host', { timeout: 120_000 }, () => {
  it('drains by SIGTERM and by Ctrl-C within seconds, and others go on without sending a file again', async () => {
    await startHost().then(async (host) => {
      await begin('drained')
      await drainAt(host, 'SIGTERM', 500)
    })
    await drainAt(await startHost(), 'SIGINT', 1_200)
    await startHost()
    expect(await finish('drained')).toBe(0)
  })

  it('is not waited for while a page or a report is on its way: another host lists and writes them', async () => {
    await startHost(1)
    const slow = { operation: 'PutObject', bucket: 'slow', times: 1, do: { kind: 'latency', ms: 30_000 } } as const
    await oss.setFault({ ...slow, id: 'ledger', keyPrefix: 'aliyun_mgw_import_report/.ledger/' })
    await oss.setFault({ ...slow, id: 'report', keyPrefix: 'aliyun_mgw_import_report/to-slow@1_total_list' })
    await begin('slow', 0)
    for (const id of ['ledger', 'report']) {
      await awaitUntil(async () => (await oss.hits(id)) === 1)
      const host = hosts.at(-1) as WorkerHost
      const askedAt = Date.now()
      const draining = host.drain()
      await startHost(1)
      expect(await draining).toBe(0)
      expect(Date.now() - askedAt).toBeLessThan(20_000)
    }
    expect(await finish('slow')).toBe(0)
  })

  it('replaces a copy process that is killed -9, and the job ends right', async () => {
    const host = await startHost()
    await begin('killed')
    await awaitUntil(async () => (await oss.hits('killed')) > 700)
    const [victim, other] = copiersOf(host) as [number, number]
    process.kill(victim, 'SIGKILL')
    const replaced = await awaitUntil(() => copiersOf(host).length === 2 && !copiersOf(host).includes(victim) && copiersOf(host))
    expect(replaced).toContain(other)
    const again = await finish('killed')
    console.log(`kill -9 of one copy process of two: ${again} of ${count} files were sent again`)
    expect(again).toBeLessThan(count / 2)
    expect(host.output()).not.toMatch(/error/i)
    expect(await host.drain()).toBe(0)
  })

  it('says in one sentence that there is no Temporal where it was told, and ends with 3', async () => {
    const address = `127.0.0.1:${await freePort('127.0.0.1')}`
    const program = join(import.meta.dirname, '../../bin/tranship.js')
    const run = promisify(execFile)(process.execPath, [program, 'worker', '--address', address, '--config', configPath], { cwd: dirname(configPath) })
    const { code, stdout, stderr } = (await run.catch((error: unknown) => error)) as { code?: number; stdout: string; stderr: string }
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain(`Temporal at ${address} does not answer`)
    expect(stderr).not.toContain('    at ')
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
  })
})
