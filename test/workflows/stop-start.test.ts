import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { ApplicationFailure, Context } from '@temporalio/activity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { noTally, type StatusMemo } from '../../model/status.ts'
import { workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import type { migrationJob } from '../../workflows/migration-job.ts'
import { replay } from '../replay/replay.ts'
import { awaitUntil } from '../support/await-until.ts'
import { testEnvironment, workflowBundleCode } from '../support/temporal.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { endsOfActivities, type End } from './ends-of-activities.ts'
import { pendingOf } from './pending.ts'
import { counts, optionsOf, simulate, withControl, withWorkers } from './simulation.ts'

let environment: TestWorkflowEnvironment
let server: TemporalServer
beforeAll(async () => {
  server = await startTemporalServer()
  environment = await testEnvironment(server.address)
})
afterAll(async () => {
  await environment?.teardown()
  await server?.stop()
})

const begin = (options: JobOptions) =>
  environment.client.workflow.start<typeof migrationJob>('migrationJob', {
    taskQueue: workflowTaskQueue, workflowId: workflowIdOf(options.job), args: [{ options, searchAttributes: true }],
  })
/** The run of the job's workflow that is open now. */
const latest = (job: string) => environment.client.workflow.getHandle<typeof migrationJob>(workflowIdOf(job))
const memoOf = async (job: string): Promise<StatusMemo> => (await latest(job).describe()).memo?.['status'] as StatusMemo
const send = (job: string, name: 'stop' | 'start' | 'retry'): Promise<{ status: string; message: string }> => latest(job).executeUpdate(name, { args: [{ by: 'test' }] })

async function untilStopped(job: string, withinMs = 10_000): Promise<StatusMemo> {
  await awaitUntil(async () => (await memoOf(job)).status === 'Stopped', { timeoutMs: withinMs, everyMs: 20, what: `${job} is Stopped` })
  expect(await pendingOf(environment.client, workflowIdOf(job))).toEqual([])
  return await memoOf(job)
}

interface Gate {
  readonly opened: Promise<void>
  open(): void
}
function gate(): Gate {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open: () => open() }
}

/** Beats until the activity is cut, or `dead` resolves: then it hangs like one whose worker died, until `over`. */
async function copyUntilCut(dead: Promise<void>, over: Promise<void>, details?: unknown): Promise<void> {
  const context = Context.current()
  const beat = (): void => context.heartbeat(details)
  const beating = setInterval(beat, 200)
  beat()
  const died = await Promise.race([context.cancelled.catch(() => false), dead.then(() => true)])
  clearInterval(beating)
  if (died) await over
}

const never = new Promise<void>(() => undefined)
const part = { done: false, counts: counts(10), failures: {}, outcomes: { generation: 0, attempt: 1 }, queuedMs: 1_000 }

describe('a job is stopped', { timeout: 90_000 }, () => {
  it('while its addresses are checked: nothing is listed or copied before it is started', async () => {
    const simulation = simulate({ batches: 3 })
    const [checking, mayEnd] = [gate(), gate()]
    let listed = 0
    const activities: Activities = {
      ...simulation.activities,
      checkJob: async (input) => {
        checking.open()
        await mayEnd.opened
        return await simulation.activities.checkJob(input)
      },
      listBatches: async (input) => {
        listed += 1
        return await simulation.activities.listBatches(input)
      },
    }
    const job = 'stop-checking'
    await withWorkers(environment, { activities }, async () => {
      await begin(optionsOf(job))
      await checking.opened
      expect(await send(job, 'stop')).toMatchObject({ status: 'Migrating', message: expect.stringContaining('The job stops') })
      await awaitUntil(async () => (await memoOf(job)).phase === 'stopping')
      mayEnd.open()
      await untilStopped(job)
      expect([listed, simulation.copied.size]).toEqual([0, 0])
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 300 } } })
    })
  })

  it('while its report is written: a full job ends with it, one with a run to come stops after it', async () => {
    const simulation = simulate({ batches: 3 })
    const mayEnd = new Map(['stop-last-report', 'stop-report'].map((job) => [job, gate()]))
    const writing = new Set<string>()
    const activities: Activities = {
      ...simulation.activities,
      mergeBatches: async (input) => ({ ...(await simulation.activities.mergeBatches({ ...input, context: { ...input.context, run: 2 } })), counts: counts(300) }),
      writeReport: async (input) => {
        const { job } = input.context.options
        writing.add(job)
        await mayEnd.get(job)?.opened
        return await simulation.activities.writeReport(input)
      },
    }
    await withWorkers(environment, { activities }, async () => {
      await begin(optionsOf('stop-last-report'))
      await begin(optionsOf('stop-report', { type: 'incremental', times: 2, intervalMs: 100 }))
      await awaitUntil(() => writing.size === 2)
      expect(await send('stop-last-report', 'stop')).toMatchObject({ message: 'The report is being written: the run ends with it.' })
      expect(await send('stop-report', 'stop')).toMatchObject({ message: expect.stringContaining('The job stops') })
      for (const { open } of mayEnd.values()) open()
      expect(await latest('stop-last-report').result()).toMatchObject({ status: 'Completed', lists: ['stop-last-report@1_total_list'] })
      expect(await untilStopped('stop-report')).toMatchObject({ phase: 'waiting', run: 1, lists: ['stop-report@1_total_list'] })
      await send('stop-report', 'start')
      expect(await latest('stop-report').result()).toMatchObject({ status: 'Completed', run: 2 })
    })
  })

  it('while it waits for its next run, for weeks too: no timer runs, and the run that is overdue begins with the start', async () => {
    const simulation = simulate({ batches: 1 })
    const job = 'stop-scheduled'
    await withWorkers(environment, simulation, async () => {
      await begin(optionsOf(job, { type: 'sync', every: 'day', atMs: Date.now() + 3_000 }))
      await awaitUntil(async () => (await memoOf(job)).nextRunAt !== undefined)
      expect(await pendingOf(environment.client, workflowIdOf(job))).toEqual([expect.stringContaining('timer')])
      await send(job, 'stop')
      const { nextRunAt = 0 } = await untilStopped(job)
      await awaitUntil(() => Date.now() > nextRunAt)
      expect([await memoOf(job), simulation.copied.size]).toMatchObject([{ status: 'Stopped' }, 0])
      await send(job, 'start')
      await awaitUntil(async () => (await memoOf(job)).lists.length > 0)
      expect(simulation.copied.size).toBe(1)
      await latest(job).terminate()
    })
  })

  it('while failed files wait for a retry there is nothing to stop or start; within the retry there is', async () => {
    const simulation = simulate({ batches: 3, failing: 4 })
    const [copying, dead] = [gate(), gate()]
    const activities: Activities = {
      ...simulation.activities,
      copyBatch: async (input) => {
        if (input.context.run === 1 || input.generation > 0) return await simulation.activities.copyBatch(input)
        copying.open()
        await copyUntilCut(dead.opened, never)
        return { ...part, counts: counts(1) }
      },
    }
    const job = 'stop-waiting'
    await withWorkers(environment, { activities }, async () => {
      await begin(optionsOf(job))
      await awaitUntil(async () => (await memoOf(job)).phase === 'waiting')
      for (const name of ['stop', 'start'] as const) await expect(send(job, name)).rejects.toMatchObject({ cause: { type: 'InvalidJobStatusForCurrentOperation' } })
      for (const name of ['stop', 'start'] as const) await latest(job).signal(name, {})
      await send(job, 'retry')
      await copying.opened
      await send(job, 'stop')
      expect(await untilStopped(job)).toMatchObject({ run: 2, counts: { completed: { files: 1 } } })
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', run: 2, counts: { completed: { files: 4 }, failed: { files: 0 } } })
    })
  })

  it('while an address is at fault: no wait goes on, and the start looks at the address at once', async () => {
    const simulation = simulate({ batches: 30, blockedAfter: 5 })
    let checks = 0
    const activities: Activities = {
      ...simulation.activities,
      checkJob: async (input) => {
        if (++checks === 3) throw ApplicationFailure.nonRetryable('the check itself went wrong')
        return await simulation.activities.checkJob(input)
      },
    }
    const job = 'stop-blocked'
    const blockedAgain = (least: number) => awaitUntil(async () => checks >= least && (await memoOf(job)).phase === 'blocked')
    await withWorkers(environment, { activities }, async () => {
      await begin(optionsOf(job))
      await blockedAgain(1)
      await send(job, 'stop')
      expect(await untilStopped(job)).toMatchObject({ reason: { code: 'DestAddrAccessKeyInvalid' } })
      expect(checks).toBe(1)
      await send(job, 'start')
      await blockedAgain(2)
      await send(job, 'start')
      await blockedAgain(3)
      expect(await memoOf(job)).toMatchObject({ status: 'Migrating', reason: { code: 'DestAddrAccessKeyInvalid' } })
      await send(job, 'stop')
      await untilStopped(job)
      simulation.mend()
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 3_000 }, failed: { files: 0 } }, reason: null })
    })
  })

  it('and started in bursts, by whatever is sent, and counts every file once', async () => {
    const simulation = simulate({ batches: 60, copyMs: 100 })
    const job = 'stop-bursts'
    await withWorkers(environment, simulation, async () => {
      await begin(optionsOf(job))
      const names = ['stop', 'start', 'stop', 'stop', 'resetFlowControl', 'start', 'start', 'retry', 'nonsense', 'stop']
      for (let i = 0; i < 20; i++) await latest(job).signal(names[i % names.length] ?? '', names[i % names.length] === 'resetFlowControl' ? { rows: [], maxFlow: `${i + 1}MB/s` } : {})
      await untilStopped(job)
      expect(await send(job, 'stop')).toMatchObject({ message: 'The job is stopped already.' })
      await send(job, 'start')
      expect(await send(job, 'start')).toMatchObject({ message: 'The job is running already.' })
      const memo = await latest(job).result()
      expect(memo).toMatchObject({ status: 'Completed', counts: { completed: { files: 6_000 }, failed: { files: 0 } }, flow: { version: 2, maxFlow: '15MB/s' } })
    })
    expect([...simulation.copied.values()]).toEqual(Array.from({ length: 60 }, () => 100))
  })
})

describe('a stop, however its batches end', { timeout: 90_000 }, () => {
  const endsOf = async (job: string, runId: string): Promise<Map<string, End>> => {
    const ends = await endsOfActivities(environment.client, workflowIdOf(job), runId)
    return new Map(ends.map((end) => [end.input.batch ? `batch ${end.input.batch.n}` : `${end.type} ${end.input.call ?? ''}`, end]))
  }

  it('with a part of the batch, at once where it waits to be tried again, or as a failure, is a stop and costs no file', async () => {
    const simulation = simulate({ batches: 3 })
    const started = new Set<number>()
    const activities: Activities = {
      ...simulation.activities,
      copyBatch: async (input) => {
        if (input.generation > 0) return await simulation.activities.copyBatch(input)
        started.add(input.batch.n)
        if (input.batch.n === 1) throw ApplicationFailure.create({ message: 'the network is away', nextRetryDelay: '1h' })
        await copyUntilCut(never, never)
        if (input.batch.n === 2) throw ApplicationFailure.create({ message: 'the ledger is away' })
        return part
      },
    }
    const job = 'stop-outcomes'
    await withWorkers(environment, { activities }, async () => {
      const { firstExecutionRunId } = await begin(optionsOf(job))
      await awaitUntil(() => started.size === 3)
      await awaitUntil(async () => (await latest(job).describe()).raw.pendingActivities?.some(({ attempt, state }) => attempt === 2 && state === scheduled))
      await send(job, 'stop')
      expect(await untilStopped(job)).toMatchObject({ reason: null, counts: { completed: { files: 10 }, failed: { files: 0 } } })
      const ends = await endsOf(job, firstExecutionRunId)
      expect([0, 1, 2].map((n) => ends.get(`batch ${n}`))).toMatchObject([
        { cancelled: true, how: 'completed' }, { cancelled: true, how: 'cancelled' }, { cancelled: true, how: 'failed' },
      ])
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', reason: null, counts: { completed: { files: 300 }, failed: { files: 0 } } })
    })
  })

  it('before anybody has taken them is Stopped at once, and copied once somebody does', async () => {
    const simulation = simulate({ batches: 5 })
    const job = 'stop-untaken'
    const { firstExecutionRunId } = await withControl(environment, simulation, async () => {
      const handle = await begin(optionsOf(job))
      await awaitUntil(async () => (await handle.describe()).raw.pendingActivities?.length === 5)
      await send(job, 'stop')
      await untilStopped(job)
      return handle
    })
    expect([...(await endsOf(job, firstExecutionRunId)).values()].filter(({ type }) => type === 'copyBatch').map(({ how }) => how)).toEqual(Array.from({ length: 5 }, () => 'cancelled'))
    await withWorkers(environment, simulation, async () => {
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 500 } } })
    })
  })

  it('with their worker dead is Stopped within 20 s, and goes on after what they last told; also where another worker has just taken one over', async () => {
    const simulation = simulate({ batches: 60 })
    const [early, late, over] = [gate(), gate(), gate()]
    const running = new Set<string>()
    const previous = new Map<number, unknown>()
    const activities: Activities = {
      ...simulation.activities,
      copyBatch: async (input) => {
        const { batch: { n }, generation } = input
        if (generation > 0) previous.set(n, input.previous)
        if (generation > 0 || n > 1) return await simulation.activities.copyBatch(input)
        const { attempt } = Context.current().info
        running.add(`${n}, attempt ${attempt}`)
        await copyUntilCut(n === 0 ? late.opened : attempt === 1 ? early.opened : never, over.opened, { outcomes: { generation: 0, attempt: 70 + n } })
        return part
      },
      listBatches: async (input) => {
        if (input.call !== 4) return await simulation.activities.listBatches(input)
        await copyUntilCut(late.opened, over.opened)
        return { batches: [], excluded: noTally }
      },
    }
    const job = 'stop-dead'
    await withWorkers(environment, { activities }, async () => {
      const { firstExecutionRunId } = await begin(optionsOf(job, { window: 4 }))
      await awaitUntil(() => running.has('0, attempt 1') && running.has('1, attempt 1') && simulation.copied.size === 40)
      early.open()
      await awaitUntil(() => running.has('1, attempt 2'))
      late.open()
      const diedAt = Date.now()
      await send(job, 'stop')
      expect(await untilStopped(job, 20_000)).toMatchObject({ reason: null, counts: { completed: { files: 4_010 }, failed: { files: 0 } } })
      console.log(`Stopped ${Date.now() - diedAt} ms after the worker died`)
      const ends = await endsOf(job, firstExecutionRunId)
      expect([ends.get('batch 0'), ends.get('batch 1'), ends.get('listBatches 4')]).toMatchObject([
        { cancelled: true, how: 'timed-out' }, { cancelled: true, how: 'completed', attempt: 2 }, { cancelled: true, how: 'timed-out' },
      ])
      over.open()
      await send(job, 'start')
      expect(await latest(job).result()).toMatchObject({ status: 'Completed', reason: null, counts: { completed: { files: 6_000 }, failed: { files: 0 } } })
    })
    expect(previous.get(0)).toEqual({ generation: 0, attempt: 70 })
  })
})

/** Temporal's PendingActivityState. */
const scheduled = 1

it('a job that is stopped is started by a worker of another version, which replays nothing of what was done before', { timeout: 120_000 }, async () => {
  const { code, sourceMap } = await workflowBundleCode()
  const other = { sourceMap, code: code.replace(/this\.listing = true;/, '$&\n        await (0, _temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.condition)(() => false, 10);') }
  expect(other.code).not.toBe(code)
  const simulation = simulate({ batches: 130, copyMs: 100 })
  const job = 'stop-upgrade'
  const runId = await withWorkers(environment, simulation, async () => {
    const { firstExecutionRunId } = await begin(optionsOf(job))
    await awaitUntil(() => simulation.copied.size > 20)
    await send(job, 'stop')
    await untilStopped(job)
    return firstExecutionRunId
  })
  const before = await environment.client.workflow.getHandle(workflowIdOf(job), runId).fetchHistory()
  expect(String(await replay(other, before))).toMatch(/[Nn]ondeterminism|DeterminismViolation/)
  expect(simulation.copied.size).toBeLessThan(130)
  await withWorkers(environment, simulation, async () => {
    await latest(job).signal('start', {})
    expect(await latest(job).result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 13_000 }, failed: { files: 0 } } })
  }, other)
  expect([...simulation.copied.values()].every((files) => files === 100)).toBe(true)
})
