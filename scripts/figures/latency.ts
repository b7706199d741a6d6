/** How long a signal takes until the job's memo shows it, while many batches are in flight: started, beating, copying real files. */
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from '@temporalio/worker'
import { createCopyActivities } from '../../activities/index.ts'
import { JobPaces } from '../../copy/job-paces.ts'
import { lasting } from '../../model/flow/limit.ts'
import { copyTaskQueue, workflowIdOf } from '../../model/job.ts'
import type { StatusMemo } from '../../model/status.ts'
import { optionsOf } from '../../test/e2e/tranship.ts'
import { awaitUntil } from '../../test/support/await-until.ts'
import { connectWorker, createControlWorker, createDependencies } from '../../worker/workers.ts'
import { installRuntime } from '../../worker/runtime.ts'
import type { Rig } from './rig.ts'
import { workflowOf } from './rig.ts'

const rounds = 5
const startedState = 2

/** Milliseconds from signal to memo, one a round, of a job over the whole source: it must have so many batches. */
export async function signalLatencies(rig: Rig, inFlight: number): Promise<number[]> {
  installRuntime()
  const settings = { server: { namespace: 'default', connection: { address: rig.temporal.address } }, configPath: rig.configPath }
  const connection = await connectWorker(settings.server)
  const dependencies = createDependencies(settings)
  const control = await createControlWorker(connection, settings.server, dependencies)
  const paces = new JobPaces((job) => paces.allow({ job, allowance: lasting(null), lostAtMs: Infinity }))
  const copy = await Worker.create({
    connection, namespace: 'default', taskQueue: copyTaskQueue, activities: createCopyActivities(dependencies, paces),
    maxConcurrentActivityTaskExecutions: inFlight, maxHeartbeatThrottleInterval: '1s', defaultHeartbeatThrottleInterval: '1s',
  })
  for (const keyPrefix of ['latency/a/', 'latency/b/']) {
    await rig.destination.setFault({ id: keyPrefix.replaceAll('/', '-'), operation: 'PutObject', keyPrefix, do: { kind: 'latency', ms: 5_000 } })
  }
  const measured = await copy.runUntil(() => control.runUntil(() => measure(rig, inFlight)))
  await connection.close()
  return measured
}

async function measure(rig: Rig, inFlight: number): Promise<number[]> {
  const job = 'latency'
  const { jobs } = rig.client
  await jobs.create(optionsOf({ job, source: 'photos', destination: `archive:${job}/`, window: inFlight }))
  const measured: number[] = []
  for (let round = 0; round < rounds; round++) {
    await awaitUntil(async () => (await running(rig, job)) >= inFlight, { timeoutMs: 180_000, everyMs: 250, what: `${inFlight} batches are in flight` })
    await delay(heartbeatsSpreadMs)
    measured.push(await stopAndLook(rig, job))
    await awaitUntil(async () => (await memoOf(rig, job)).status === 'Stopped', { timeoutMs: 60_000 })
    await jobs.start(job)
  }
  await rig.client.client.workflow.getHandle(workflowIdOf(job)).terminate()
  return measured
}

/** Heartbeats begin together: let them spread and go on for a while. */
const heartbeatsSpreadMs = 6_000

async function stopAndLook(rig: Rig, job: string): Promise<number> {
  const sentAt = performance.now()
  await workflowOf(rig, job).signal('stop', {})
  await awaitUntil(async () => shown(await memoOf(rig, job)), { everyMs: 10 })
  return performance.now() - sentAt
}

const shown = ({ phase, status }: StatusMemo): boolean => phase === 'stopping' || status === 'Stopped'

async function memoOf(rig: Rig, job: string): Promise<StatusMemo> {
  const { memo } = await workflowOf(rig, job).describe()
  return memo?.['status'] as StatusMemo
}

async function running(rig: Rig, job: string): Promise<number> {
  const { raw } = await workflowOf(rig, job).describe()
  return (raw.pendingActivities ?? []).filter(({ state }) => state === startedState).length
}
