/** Everything a measurement needs: a Temporal server, two OSS servers that count, a worker host in processes of its own. */
import { randomBytes } from 'node:crypto'
import { optionsOf } from '../../test/e2e/tranship.ts'
import { connectJobs, writeConfig } from '../../test/support/jobs-client.ts'
import type { JobsClient } from '../../test/support/jobs-client.ts'
import { startOssProcess } from '../../test/support/oss-process.ts'
import type { OssProcess } from '../../test/support/oss-process.ts'
import { startTemporalServer } from '../../test/support/temporal-server.ts'
import type { TemporalServer } from '../../test/support/temporal-server.ts'
import { startWorkerHost } from '../../test/support/worker-host.ts'
import type { WorkerHost } from '../../test/support/worker-host.ts'
import { workflowIdOf } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { openStorage } from '../../storage/open.ts'
import { putMany, smallKeys } from './fill.ts'

export interface Rig {
  readonly temporal: TemporalServer
  readonly source: OssProcess
  readonly destination: OssProcess
  readonly client: JobsClient
  readonly configPath: string
  startHost(): Promise<WorkerHost>
  stop(): Promise<void>
}

export async function startRig(dynamicConfig: Readonly<Record<string, unknown>> = {}): Promise<Rig> {
  const [temporal, source, destination] = await Promise.all([
    startTemporalServer({ dynamicConfig }), startOssProcess({ buckets: ['photos'] }), startOssProcess({ buckets: ['archive'] }),
  ])
  const client = connectJobs(temporal.address)
  const configPath = await writeConfig({ photos: source.address('photos'), archive: destination.address('archive') })
  const hosts: WorkerHost[] = []
  return {
    temporal, source, destination, client, configPath,
    async startHost() {
      const host = await startWorkerHost({ address: temporal.address, configPath })
      hosts.push(host)
      return host
    },
    async stop() {
      await Promise.all(hosts.map((host) => host.kill()))
      await client.close()
      await Promise.all([source.stop(), destination.stop(), temporal.stop()])
    },
  }
}

/** Puts `count` small objects into the source: see `smallKeys`. */
export async function fill({ source }: Rig, prefix: string, count: number): Promise<void> {
  const storage = await openStorage(source.address('photos') as unknown as Parameters<typeof openStorage>[0])
  const bytes = randomBytes(4_096)
  await putMany(storage, smallKeys(count, prefix), (i) => [bytes.subarray(0, 64 + (i % 1_000))])
  await storage.close()
}

export interface Migration {
  readonly view: JobView
  /** At both servers, ledger, listing, checks and report included. */
  readonly requests: number
  readonly operations: Readonly<Record<string, number>>
  readonly seconds: number
}

/** Migrates what lies below `prefix`, to a folder of the job's own, and counts what that costs. */
export async function migrate(rig: Rig, job: string, prefix: string, more: Partial<JobOptions> = {}): Promise<Migration> {
  const { source, destination, client: { jobs } } = rig
  await Promise.all([source.resetCounts(), destination.resetCounts()])
  const startedAt = Date.now()
  await jobs.create(optionsOf({ job, source: prefix === '' ? 'photos' : `photos:${prefix}`, destination: `archive:${job}/`, ...more }))
  const view = await jobs.follow(job, { everyMs: 500 })
  const [read, written] = await Promise.all([source.counts(), destination.counts()])
  const operations: Record<string, number> = {}
  for (const [name, count] of Object.entries(read.operations)) operations[`source ${name}`] = count
  for (const [name, count] of Object.entries(written.operations)) operations[`destination ${name}`] = count
  return { view, requests: read.total + written.total, operations, seconds: (Date.now() - startedAt) / 1_000 }
}

export const workflowOf = ({ client }: Rig, job: string) => client.client.workflow.getHandle(workflowIdOf(job))
