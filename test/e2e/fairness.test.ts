import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowIdOf } from '../../model/job.ts'
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
import { optionsOf } from './tranship.ts'

/** One copy process takes two batches at a time: 8 of the large job's 10 wait. */
const large = 10_000
const medium = 2_000
let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let host: WorkerHost

beforeAll(async () => {
  const folder = temporaryFolder('share')
  await Promise.all([fill(join(folder, 'large'), large), fill(join(folder, 'medium'), medium), fill(join(folder, 'small'), 10)])
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive'] })])
  client = connectJobs(temporal.address)
  const configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive') })
  host = await startWorkerHost({ address: temporal.address, configPath })
  await oss.setFault({ id: 'slow', operation: 'PutObject', bucket: 'archive', keyPrefix: 'large', do: { kind: 'latency', ms: 100 } })
}, 120_000)
afterAll(async () => {
  await host?.kill()
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

async function fill(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++) await writeFile(join(folder, `file-${i}`), '')
}

/** The large job's whole window is in the queue, and its first batches are being copied. */
async function beginLarge(job: string): Promise<void> {
  const before = await oss.hits('slow')
  await client.jobs.create(optionsOf({ job, source: 'share:large/', destination: `archive:large-${job}/` }))
  await awaitUntil(async () => (await oss.hits('slow')) > before + 200)
}

/** How many files of the large job were accounted for when this one ended. */
async function doneBeside(other: string, job: string, files: number): Promise<number> {
  const over = await client.jobs.follow(job, { everyMs: 100 })
  expect(over).toMatchObject({ status: 'Completed', completed: { files } })
  const beside = await client.jobs.status(other)
  expect(beside).toMatchObject({ status: 'Migrating' })
  return beside.completed.files
}

const end = (job: string): Promise<unknown> => client.client.workflow.getHandle(workflowIdOf(job)).terminate()

describe('two jobs on two slots', () => {
  it('take turns: ten files do not wait for the window of a large job that began before', async () => {
    await beginLarge('large')
    await client.jobs.create(optionsOf({ job: 'small', source: 'share:small/', destination: 'archive:small/' }))
    const done = await doneBeside('large', 'small', 10)
    console.log(`ten files were copied when ${done} of ${large} of the large job were`)
    expect(done).toBeLessThan(large / 2)
    await end('large')
  })

  it('go by priority, also one that is changed while its batches wait', async () => {
    await beginLarge('first')
    await client.jobs.create(optionsOf({ job: 'urgent', source: 'share:medium/', destination: 'archive:large-urgent/', priority: 5 }))
    await awaitUntil(async () => (await client.jobs.status('urgent')).listed.complete)
    const { code } = await openTerminal({ TEMPORAL_ADDRESS: temporal.address }).json('change', 'urgent', '--priority', '1')
    expect(code).toBe(0)
    const done = await doneBeside('first', 'urgent', medium)
    console.log(`${medium} urgent files were copied when ${done} of ${large} of the job before were`)
    expect(done).toBeLessThan(large / 2)
    await end('first')
  })
})
