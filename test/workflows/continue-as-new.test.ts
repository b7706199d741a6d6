import { Context } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flowWorkflowIdOf, workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import { newJobState } from '../../model/job-state.ts'
import { withListed } from '../../model/run-state.ts'
import type { StatusMemo } from '../../model/status.ts'
import type { migrationJob } from '../../workflows/migration-job.ts'
import { join, lookAtControl } from '../../worker/flow/look.ts'
import { awaitUntil } from '../support/await-until.ts'
import { testEnvironment } from '../support/temporal.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { optionsOf, simulate, withWorkers } from './simulation.ts'

let server: TemporalServer
let environment: TestWorkflowEnvironment
beforeAll(async () => {
  server = await startTemporalServer({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 50 } })
  environment = await testEnvironment(server.address)
})
afterAll(async () => {
  await environment?.teardown()
  await server?.stop()
})

describe('a job whose history is cut short again and again', () => {
  it('loses and repeats nothing', async () => {
    const simulation = simulate({ batches: 230, copyMs: 20, failing: 3 })
    const memo = await withWorkers(environment, simulation, async () => {
      const options = optionsOf('long-job')
      const handle = await environment.client.workflow.start<typeof migrationJob>('migrationJob', {
        taskQueue: workflowTaskQueue, workflowId: workflowIdOf('long-job'), args: [{ options, searchAttributes: true }],
      })
      const first = handle.firstExecutionRunId
      const latest = environment.client.workflow.getHandle(workflowIdOf('long-job'))
      const failed = await awaitUntil(async () => {
        const now = await latest.describe()
        return (now.memo?.['status'] as StatusMemo | undefined)?.status === 'Failed' ? now : undefined
      }, { timeoutMs: 50_000 })
      expect(failed.runId).not.toBe(first)
      await latest.executeUpdate('retry', { args: [{}] })
      return await latest.result()
    })
    expect(memo).toMatchObject({ status: 'Completed', run: 2, counts: { completed: { files: 3 } } })
    expect([...simulation.copied]).toHaveLength(230)
    expect(simulation.merged.size).toBe(230)
  })

  it('keeps its flow control, and the hosts that share it join again', async () => {
    const [job, queue] = ['long-flow', 'host-of-long-flow']
    const flowOf = (version: number) => ({ version, setAt: version, rows: [], maxFlow: `${version}MB/s` })
    const share = async (): Promise<void> => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat({ seq: 1, claim: 1, want: 1 }), 200)
      await context.cancelled.catch(() => undefined)
      clearInterval(beat)
    }
    const host = await Worker.create({ connection: environment.nativeConnection, taskQueue: queue, activities: { share }, maxHeartbeatThrottleInterval: 200, shutdownGraceTime: 0 })
    await withWorkers(environment, simulate({ batches: 0 }), () => host.runUntil(async () => {
      const runs = new Set<string>()
      for (let version = 1; version <= 30; version++) {
        await awaitUntil(async () => {
          await join(environment.client, job, 'UTC', { flow: flowOf(version), queue })
          const seen = await lookAtControl(environment.client, job)
          return seen?.flow.version === version && seen.flow.limitBytesPerSecond === version * 1_000_000
        })
        runs.add((await environment.client.workflow.getHandle(flowWorkflowIdOf(job)).describe()).runId)
      }
      expect(runs.size).toBeGreaterThan(1)
      await awaitUntil(async () => {
        await join(environment.client, job, 'UTC', { flow: flowOf(1), queue })
        const seen = await lookAtControl(environment.client, job)
        return seen?.participants.length === 1 && seen.flow.version === 30
      }, { everyMs: 1_000 })
    }))
  })

  it('carries less than 100 KiB, also with the widest window', () => {
    const state = newJobState(optionsOf('wide-job', { window: 200 }), 'e'.repeat(36), 0, false)
    const many = Array.from({ length: 250 }, (_, i) => ({ n: 1_000_000 + i, listAttempt: 3, files: 1_000, bytes: 1024 ** 3 }))
    state.run = withListed(state.run, { batches: many, position: { call: 9_999, attempt: 2 }, excluded: { files: 0, bytes: 0 } })
    expect(JSON.stringify(state).length).toBeLessThan(100 * 1024)
  })
})
