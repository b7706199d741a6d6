import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Context } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlowInForce } from '../../model/flow/flow.ts'
import { flowWorkflowIdOf, workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import type { StatusMemo } from '../../model/status.ts'
import type { migrationJob } from '../../workflows/migration-job.ts'
import { join, lookAtControl, lookAtJob } from '../../worker/flow/look.ts'
import { awaitUntil } from '../support/await-until.ts'
import { testEnvironment } from '../support/temporal.ts'
import { detailsOf } from './details.ts'
import { optionsOf, simulate, withWorkers } from './simulation.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => { environment = await testEnvironment() })
afterAll(async () => { await environment?.teardown() })

const memoOf = async (job: string): Promise<StatusMemo> =>
  (await environment.client.workflow.getHandle(workflowIdOf(job)).describe()).memo?.['status'] as StatusMemo
const inForce = async (job: string): Promise<FlowInForce | undefined> => (await lookAtControl(environment.client, job))?.flow
const participants = async (job: string): Promise<number> => (await lookAtControl(environment.client, job))?.participants.length ?? 0

/** A host's queue, whose shares live until they are told to end. */
async function withHost<T>(queue: string, body: () => Promise<T>): Promise<T> {
  const share = async (): Promise<void> => {
    const context = Context.current()
    const beat = setInterval(() => context.heartbeat({ seq: 1, claim: 1, want: 1 }), 200)
    await context.cancelled.catch(() => undefined)
    clearInterval(beat)
  }
  const worker = await Worker.create({ connection: environment.nativeConnection, taskQueue: queue, activities: { share }, maxHeartbeatThrottleInterval: 200, shutdownGraceTime: 0 })
  return await worker.runUntil(body)
}

describe('flow control of a job', () => {
  it('is taken as Update and as Signal, running and stopped, counts its versions and says who changed it', async () => {
    const simulation = simulate({ batches: 4, copyMs: 100 })
    const job = 'flow-messages'
    await withWorkers(environment, simulation, async () => {
      const handle = await environment.client.workflow.start<typeof migrationJob>('migrationJob', {
        taskQueue: workflowTaskQueue, workflowId: workflowIdOf(job),
        args: [{ options: optionsOf(job, { flow: ['06:00-12:00=5MB/s'], maxFlow: '20MB/s' }), searchAttributes: false, paused: true }],
      })
      await awaitUntil(async () => (await memoOf(job)).status === 'Stopped')
      expect((await memoOf(job)).flow).toMatchObject({ version: 1, rows: ['06:00-12:00=5MB/s'], maxFlow: '20MB/s' })
      const answer = await handle.executeUpdate('resetFlowControl', { args: [{ rows: ['22:00-6:00 = 0'], by: 'ann@desk' }] })
      expect(answer).toMatchObject({ status: 'Stopped', message: expect.stringContaining('Flow control 2 is set') })
      expect(await lookAtJob(environment.client, job)).toMatchObject({ timeZone: 'UTC', flow: { version: 2, rows: ['22:00-06:00=0'] } })
      await expect(handle.executeUpdate('resetFlowControl', { args: [{ rows: ['06:00-12:00'] }] })).rejects.toMatchObject({ cause: { message: expect.stringContaining('is not a row of flow control') } })
      await handle.signal('resetFlowControl', { rows: ['nonsense'] })
      await handle.signal('resetFlowControl')
      await handle.signal('start', { by: 'ben@desk' })
      const latest = environment.client.workflow.getHandle(workflowIdOf(job))
      await awaitUntil(async () => (await memoOf(job)).status === 'Migrating')
      await latest.signal('resetFlowControl', { rows: [] })
      const memo = await latest.result() as StatusMemo
      expect(memo.flow).toMatchObject({ version: 3, rows: [] })
      expect(memo.flow).not.toHaveProperty('maxFlow')
      expect(memo.changes?.map(({ by, what }) => `${by}: ${what}`)).toEqual(['ann@desk: flow 2', 'ben@desk: start', 'unknown: flow 3'])
    })
  })

  it('says which limit is in force, turns the timetable by itself, and takes the newest that a host has seen', async () => {
    const job = 'flow-turning'
    await withWorkers(environment, simulate({ batches: 0 }), async () => {
      const soon = new Date(Date.now() + 60_000 + 2_000)
      const [from, to] = [soon, new Date(soon.getTime() + 60_000)].map((time) => time.toISOString().slice(11, 16)) as [string, string]
      const flow = { version: 1, setAt: 1_000, rows: [`${from}-${to}=5MB/s`], maxFlow: '20MB/s' }
      await withHost('host-a', async () => {
        await join(environment.client, job, 'UTC', { flow, queue: 'host-a' })
        const first = await awaitUntil(() => inForce(job))
        const turnsAtMs = Math.floor(soon.getTime() / 60_000) * 60_000
        expect(first).toMatchObject({ version: 1, limitBytesPerSecond: 20_000_000, nextChangeAt: turnsAtMs })
        await awaitUntil(async () => (await participants(job)) === 1)
        const details = await detailsOf(environment.client, flowWorkflowIdOf(job))
        expect(details).toContain(`## 20MB/s until ${new Date(turnsAtMs).toISOString()}\nFlow control 1 of **${job}**: ${from}-${to}=5MB/s, else 20MB/s (UTC)`)
        expect(details).toContain('One worker host has it alone.')
        await join(environment.client, job, 'UTC', { flow: { version: 2, setAt: 2_000, rows: [], maxFlow: '7MB/s' } })
        expect(await awaitUntil(async () => { const now = await inForce(job); return now?.version === 2 && now })).toMatchObject({ limitBytesPerSecond: 7_000_000, nextChangeAt: null })
        await join(environment.client, job, 'UTC', { flow })
        await join(environment.client, job, 'UTC', { flow: { version: 3, setAt: 3_000, rows: flow.rows, maxFlow: '9MB/s' } })
        await awaitUntil(async () => (await inForce(job))?.limitBytesPerSecond === 9_000_000)
        await awaitUntil(async () => (await inForce(job))?.limitBytesPerSecond === 5_000_000, { timeoutMs: 75_000 })
        for (const rubbish of ['rubbish', { flow: { version: 9, setAt: 9_000, rows: ['all day'] } }, { flow, queue: 7 }]) await environment.client.workflow.getHandle(flowWorkflowIdOf(job)).signal('join', rubbish)
        await join(environment.client, job, 'UTC', { flow: { version: 4, setAt: 4_000, rows: [], maxFlow: '3MB/s' } })
        await awaitUntil(async () => (await inForce(job))?.limitBytesPerSecond === 3_000_000)
        expect(await detailsOf(environment.client, flowWorkflowIdOf(job))).toContain('## 3MB/s\n')
        expect(await participants(job)).toBe(1)
      })
    })
  }, 120_000)

  it('forgets a host that has gone, lets it join again, and ends by itself once nobody shares', async () => {
    const job = 'flow-ending'
    const flow = { version: 1, setAt: 1_000, rows: [], maxFlow: '20MB/s' }
    await withWorkers(environment, simulate({ batches: 0 }), async () => {
      await withHost('host-b', async () => {
        for (let i = 0; i < 2; i++) await join(environment.client, job, 'UTC', { flow, queue: 'host-b' })
        await awaitUntil(async () => (await participants(job)) === 1)
      })
      await awaitUntil(async () => (await participants(job)) === 0)
      await withHost('host-b', async () => {
        await join(environment.client, job, 'UTC', { flow, queue: 'host-b' })
        await awaitUntil(async () => (await participants(job)) === 1)
      })
      await environment.client.workflow.getHandle(flowWorkflowIdOf(job)).result()
    })
  }, 120_000)
})
