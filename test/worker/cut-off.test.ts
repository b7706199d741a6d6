import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAllOss } from '../e2e/oss-bucket.ts'
import { accountsFor, listsOf } from '../e2e/report-lists.ts'
import { optionsOf } from '../e2e/tranship.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startFreezableProxy, type FreezableProxy } from '../support/freezable-proxy.ts'
import { connectJobs, writeConfig, type JobsClient } from '../support/jobs-client.ts'
import { startOssProcess, type OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost, type WorkerHost } from '../support/worker-host.ts'

const MiB = 1024 ** 2
const second = 1_000
/** Nothing is read any more after 5 s; what was read by then may still be sent. */
const graceMs = 7.5 * second
/** Hosts are told apart at the store by the keys that they use. */
const keys = ['cut-off', 'in-touch'].map((name) => ({ accessKeyId: `${name}-key-id`, accessKeySecret: `${name}-key-secret` }))
const small = Array.from({ length: 12_000 }, (_, i) => `file-${String(i).padStart(5, '0')}`)
let temporal: TemporalServer
let proxy: FreezableProxy
let oss: OssProcess
let client: JobsClient
const hosts: WorkerHost[] = []

async function makeShares(): Promise<Readonly<Record<string, unknown>>> {
  const [files, holes] = [temporaryFolder('small'), temporaryFolder('holes')]
  for (const name of small) await writeFile(join(files, name), name)
  await mkdir(holes, { recursive: true })
  for (let i = 0; i < 3_000; i++) {
    await writeFile(join(holes, `file-${i}`), '')
    await truncate(join(holes, `file-${i}`), MiB)
  }
  return { files: { vendor: 'nas', path: files }, holes: { vendor: 'nas', path: holes } }
}

beforeAll(async () => {
  const shares = await makeShares()
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['free', 'limited'] })])
  await oss.setKeys([...keys, { accessKeyId: 'process-key-id', accessKeySecret: 'process-key-secret' }])
  proxy = await startFreezableProxy(temporal.address)
  client = connectJobs(temporal.address)
  const configs = await Promise.all(keys.map((key) => writeConfig({ ...shares, free: oss.address('free', key), limited: oss.address('limited', key) })))
  const addresses = [proxy.address, temporal.address]
  for (const [i, configPath] of configs.entries()) hosts.push(await startWorkerHost({ address: addresses[i]!, configPath }))
}, 120_000)
afterAll(async () => {
  proxy?.thaw()
  await Promise.all(hosts.map((host) => host.kill()))
  await client?.close()
  await proxy?.stop()
  await oss?.stop()
  await temporal?.stop()
})

/** How many requests each host makes, second by second, and what happened when. */
async function watch(bucket: string, putMs: number) {
  const rules = keys.flatMap(({ accessKeyId }, i) => [
    { id: `${bucket} puts ${i}`, accessKeyId, bucket, operation: 'PutObject', keyPrefix: 'file-', do: { kind: 'latency', ms: putMs } } as const,
    { id: `${bucket} all ${i}`, accessKeyId, bucket, do: { kind: 'latency', ms: 0 } } as const,
  ])
  for (const rule of rules) await oss.setFault(rule)
  const seconds: { readonly atMs: number; readonly counts: readonly number[] }[] = []
  const look = async () => void seconds.push({ atMs: Date.now(), counts: await Promise.all(rules.map(({ id }) => oss.hits(id))) })
  await look()
  const timer = setInterval(() => void look().catch(() => undefined), second / 2)
  const countAt = (what: 'puts' | 'all', host: number, atMs: number): number =>
    seconds.findLast((one) => one.atMs <= atMs)?.counts[2 * host + (what === 'puts' ? 0 : 1)] ?? 0
  return {
    stop: () => clearInterval(timer),
    /** Requests of a host in a time. */
    made: (what: 'puts' | 'all', host: number, fromMs: number, toMs: number) => countAt(what, host, toMs) - countAt(what, host, fromMs),
    table: (fromMs: number): string =>
      keys.map(({ accessKeyId }, host) => {
        const length = Math.floor((Date.now() - fromMs) / second)
        const perSecond = Array.from({ length }, (_, i) => countAt('puts', host, fromMs + (i + 1) * second) - countAt('puts', host, fromMs + i * second))
        return `${accessKeyId.padEnd(16)} ${perSecond.join(' ')}`
      }).join('\n'),
  }
}

type Watch = Awaited<ReturnType<typeof watch>>

const until = async (atMs: number): Promise<void> => void (await awaitUntil(() => Date.now() >= atMs, { timeoutMs: atMs - Date.now() + 10_000 }))

/** Both copy; then one is cut off for so long. Returns when that began and ended. */
async function cutOff(watching: Watch, forMs: number): Promise<readonly [fromMs: number, toMs: number]> {
  const startedAt = Date.now()
  await awaitUntil(() => keys.every((_, host) => watching.made('puts', host, startedAt, Date.now()) > 30), { timeoutMs: 60_000, what: 'both hosts copy' })
  await until(Date.now() + 4 * second)
  const fromMs = Date.now()
  proxy.freeze()
  await until(fromMs + forMs)
  const toMs = Date.now()
  proxy.thaw()
  return [fromMs, toMs]
}

describe('a host that is cut off from Temporal', { timeout: 170_000 }, () => {
  it('stops touching data, another host takes its batches over, and it goes on once it is in touch again', async () => {
    const watching = await watch('free', 700)
    const startedAt = Date.now()
    await client.jobs.create(optionsOf({ job: 'free', source: 'files', destination: 'free' }))
    const [fromMs, toMs] = await cutOff(watching, 20 * second)
    expect(watching.made('puts', 0, fromMs + graceMs, toMs)).toBe(0)
    expect(watching.made('all', 0, fromMs + 12 * second, toMs)).toBe(0)
    expect(watching.made('puts', 1, fromMs + graceMs, toMs)).toBeGreaterThan(50)
    await awaitUntil(() => watching.made('puts', 0, toMs, Date.now()) > 0, { what: 'the host copies again' })
    const view = await client.jobs.follow('free', { everyMs: 200 })
    watching.stop()
    console.log(`puts a second; cut off from second ${Math.round((fromMs - startedAt) / second)} to ${Math.round((toMs - startedAt) / second)}\n${watching.table(startedAt)}`)
    expect(view).toMatchObject({ status: 'Completed', completed: { files: small.length }, failed: { files: 0 }, skipped: { files: 0 } })
    const there = await readAllOss(oss.client('free'))
    for (const name of small) expect(String(there.get(name)?.bytes)).toBe(name)
    expect(accountsFor(listsOf(there, 'free', 1), small)).toBe(true)
  })

  it('under a limit ends what it uses within 5 s, never exceeds it together with those who take its part, and gets a part again', async () => {
    const limit = 12
    const watching = await watch('limited', 0)
    const startedAt = Date.now()
    await client.jobs.create(optionsOf({ job: 'limited', source: 'holes', destination: 'limited', maxFlow: `${limit}MiB/s` }))
    const [fromMs, toMs] = await cutOff(watching, 24 * second)
    expect(watching.made('puts', 0, fromMs + graceMs, toMs)).toBe(0)
    expect(watching.made('puts', 1, toMs - 6 * second, toMs)).toBeGreaterThan(0.85 * limit * 6)
    await awaitUntil(() => watching.made('puts', 0, toMs, Date.now()) > limit, { what: 'the host has a part again' })
    await client.jobs.stop('limited')
    watching.stop()
    console.log(`MiB a second, ${limit} allowed; cut off from second ${Math.round((fromMs - startedAt) / second)} to ${Math.round((toMs - startedAt) / second)}\n${watching.table(startedAt)}`)
    for (let atMs = startedAt; atMs + 10 * second < Date.now(); atMs += second) {
      const sum = watching.made('puts', 0, atMs, atMs + 10 * second) + watching.made('puts', 1, atMs, atMs + 10 * second)
      expect(sum).toBeLessThanOrEqual(1.1 * limit * 10 + 2)
    }
  })
})
