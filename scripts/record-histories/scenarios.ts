/** The lives of jobs that are recorded. Each is named after what happens to it, and so is its job. */
import { workflowIdOf } from '../../model/job.ts'
import type { JobPhase, JobStatus, JobView } from '../../model/status.ts'
import { optionsOf } from '../../test/e2e/tranship.ts'
import { awaitUntil } from '../../test/support/await-until.ts'
import { fill } from '../figures/rig.ts'
import type { Rig } from '../figures/rig.ts'

export interface Scenario {
  readonly name: string
  /** On a server that wants to continue as new early. */
  readonly shortHistories?: boolean
  play(rig: Rig, job: string): Promise<void>
}

const files = 2_500
const slowMs = 400
const MiB = 1024 ** 2

export const fillSource = (rig: Rig): Promise<void> => fill(rig, '', files)

export const scenarios: readonly Scenario[] = [
  { name: 'completed', play: async (rig, job) => {
    await withHost(rig, async () => {
      await create(rig, job)
      await handleOf(rig, job).signal('nonsense', {})
      await end(rig, job, 'Completed')
    })
  } },
  { name: 'create-failed', play: async (rig, job) => {
    await withHost(rig, () => rig.client.jobs.create(optionsOf({ job, source: 'photos', destination: 'nowhere' })))
  } },
  { name: 'stopped-and-rested', play: async (rig, job) => {
    await withHost(rig, () => slowly(rig, job, async () => {
      await create(rig, job)
      await halfway(rig, job)
      await rig.client.jobs.stop(job)
      await until(rig, job, 'Stopped')
      await rig.client.jobs.start(job)
    }))
  } },
  { name: 'failed-and-retried', play: async (rig, job) => {
    await rig.destination.setFault({ id: 'denied', operation: 'PutObject', keyPrefix: `${job}/0001/file-00010`, do: { kind: 'error', code: 'AccessDenied' } })
    await withHost(rig, async () => {
      await create(rig, job)
      await end(rig, job, 'Failed')
      await rig.destination.removeFault('denied')
      await rig.client.jobs.retry(job)
      await end(rig, job, 'Completed')
    })
  } },
  { name: 'cancelled', play: async (rig, job) => {
    await withHost(rig, async () => {
      await slow(rig, job)
      await create(rig, job)
      await halfway(rig, job)
      await handleOf(rig, job).cancel()
      await handleOf(rig, job).result().catch(() => undefined)
    })
  } },
  { name: 'blocked', play: async (rig, job) => {
    await withHost(rig, () => slowly(rig, job, async () => {
      await create(rig, job)
      await halfway(rig, job)
      await rig.destination.setKeys([{ accessKeyId: 'process-key-id', accessKeySecret: 'rotated' }])
      await until(rig, job, 'Migrating', 'blocked')
      await rig.destination.setKeys([{ accessKeyId: 'process-key-id', accessKeySecret: 'process-key-secret' }])
      await rig.client.jobs.start(job)
    }))
  } },
  { name: 'worker-killed-and-rested', play: async (rig, job) => {
    const lost = await rig.startHost()
    await slow(rig, job)
    await create(rig, job)
    await halfway(rig, job)
    await lost.kill()
    await handleOf(rig, job).signal('stop', {})
    await withHost(rig, async () => {
      await until(rig, job, 'Stopped')
      await handleOf(rig, job).signal('start', {})
      await end(rig, job, 'Completed')
    })
  } },
  { name: 'blocked-and-rested', play: async (rig, job) => {
    await withHost(rig, () => slowly(rig, job, async () => {
      await create(rig, job)
      await halfway(rig, job)
      await rig.destination.setKeys([{ accessKeyId: 'process-key-id', accessKeySecret: 'rotated' }])
      await until(rig, job, 'Migrating', 'blocked')
      await rig.client.jobs.stop(job)
      await until(rig, job, 'Stopped')
      await rig.destination.setKeys([{ accessKeyId: 'process-key-id', accessKeySecret: 'process-key-secret' }])
      await rig.client.jobs.start(job)
    }))
  } },
  { name: 'large-object', play: async (rig, job) => {
    const source = rig.source.client('photos')
    await source.put('large/film.bin', Buffer.alloc(40 * MiB))
    await withHost(rig, async () => {
      await rig.client.jobs.create(optionsOf({ job, source: 'photos:large/', destination: `archive:${job}/`, largeBytes: 16 * MiB, serverCopy: false }))
      await end(rig, job, 'Completed')
    })
    await source.delete('large/film.bin')
  } },
  { name: 'continued-as-new', shortHistories: true, play: async (rig, job) => {
    await withHost(rig, () => slowly(rig, job, () => create(rig, job)))
  } },
]

/** A worker host for as long as `body` runs; other scenarios begin with none. */
async function withHost(rig: Rig, body: () => Promise<unknown>): Promise<void> {
  const host = await rig.startHost()
  await body()
  await host.drain()
}

/** Batches last, so that something can happen to them; then the job is followed to its end. */
async function slowly(rig: Rig, job: string, body: () => Promise<unknown>): Promise<void> {
  await slow(rig, job)
  await body()
  await end(rig, job, 'Completed')
}

const slow = (rig: Rig, job: string): Promise<void> =>
  rig.destination.setFault({ id: job, operation: 'PutObject', keyPrefix: `${job}/0`, do: { kind: 'latency', ms: slowMs } })

const create = (rig: Rig, job: string): Promise<JobView> => rig.client.jobs.create(optionsOf({ job, source: 'photos', destination: `archive:${job}/` }))

const halfway = (rig: Rig, job: string): Promise<unknown> => awaitUntil(async () => (await rig.destination.hits(job)) > 400)

async function until(rig: Rig, job: string, status: JobStatus, phase?: JobPhase): Promise<void> {
  await awaitUntil(async () => {
    const view = await rig.client.jobs.status(job)
    return view.status === status && (phase === undefined || view.phase === phase)
  }, { timeoutMs: 90_000, what: `${job} is ${status}` })
}

async function end(rig: Rig, job: string, status: JobStatus): Promise<void> {
  const view = await rig.client.jobs.follow(job)
  if (view.status !== status) throw new Error(`${job} is ${view.status}: ${JSON.stringify(view)}`)
}

const handleOf = ({ client }: Rig, job: string) => client.client.workflow.getHandle(workflowIdOf(job))
