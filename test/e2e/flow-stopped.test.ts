import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
import { flowWorkflowIdOf, workflowIdOf } from '../../model/job.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { pendingOf } from '../workflows/pending.ts'
import { mean, MiB, secondsBetween, table, trafficOf, worstTen, type Stretch } from '../support/measured-flow.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const job = 'reset-while-stopped'
const limit = 3 * MiB
let temporal: TemporalServer
let oss: OssProcess
let tranship: Tranship
let terminal: Terminal

beforeAll(async () => {
  const folder = temporaryFolder('share')
  for (let i = 0; i < 2_000; i++) {
    const file = join(folder, `object-${i}`)
    await writeFile(file, '')
    await truncate(file, MiB / 4)
  }
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive'] })])
  tranship = await startTranship({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive') }, temporal.address)
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address })
}, 120_000)
afterAll(async () => {
  await tranship?.stop()
  await oss?.stop()
  await temporal?.stop()
})

const run = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, answer } = await terminal.json(...args)
  expect([code, answer]).toMatchObject([0, {}])
  return answer
}
const sent = async () => trafficOf(await oss.traffic(), 'bytesIn')
const flowStatus = async (): Promise<string> => (await tranship.client.workflow.getHandle(flowWorkflowIdOf(job)).describe()).status.name

it('Stop, wait until it is stopped, reset flow control, set rows, Start: the new limit is kept; and a job that stays stopped leaves nothing that waits', { timeout: 150_000 }, async () => {
  await run('create', job, '--from', 'share', '--to', 'archive', '--max-flow', '8MiB/s', '--time-zone', 'UTC')
  await awaitUntil(async () => Math.max(0, ...(await sent()).values()) > MiB)
  expect(await flowStatus()).toBe('RUNNING')
  expect(await run('stop', job, '--wait')).toMatchObject({ status: 'Stopped' })
  const stoppedAtMs = Date.now()
  expect(await pendingOf(tranship.client, workflowIdOf(job))).toEqual([])
  await awaitUntil(async () => (await flowStatus()) === 'COMPLETED', { timeoutMs: 60_000, everyMs: 500 })

  expect(await run('flow', job, '--reset')).toMatchObject({ version: 2, limitBytesPerSecond: null, rows: [] })
  expect(await run('flow', job, '--flow', '00:00-12:00=3MiB/s', '--flow', '12:00-24:00=3MiB/s')).toMatchObject({ version: 3, limitBytesPerSecond: limit })
  expect(await run('status', job)).toMatchObject({ status: 'Stopped', flow: { version: 3 } })
  expect(await pendingOf(tranship.client, workflowIdOf(job))).toEqual([])
  const askedAtMs = Date.now()
  expect(secondsBetween(await sent(), stoppedAtMs + 1_000, askedAtMs).filter((bytes) => bytes > 0)).toEqual([])

  await run('start', job)
  const stretches: Stretch[] = [{ name: 'rows of 3 MiB/s', limit, askedAtMs, answeredAtMs: Date.now() }]
  await awaitUntil(() => Date.now() > (stretches[0]?.answeredAtMs ?? 0) + 21_000, { timeoutMs: 30_000 })
  const traffic = await sent()
  console.log(table(traffic, stretches, Date.now(), 5))
  expect(worstTen(traffic, stretches, Date.now()).part).toBeLessThanOrEqual(1.1)
  expect(mean(secondsBetween(traffic, Date.now() - 6_000, Date.now()))).toBeGreaterThanOrEqual(0.9 * limit)
  expect(await run('stop', job, '--wait')).toMatchObject({
    status: 'Stopped', failed: { files: 0 }, changes: [{ what: 'stop' }, { what: 'flow 2' }, { what: 'flow 3' }, { what: 'start' }, { what: 'stop' }],
  })
})
