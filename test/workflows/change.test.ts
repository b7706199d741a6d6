import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historiesOf, payloadsOf } from '../../scripts/figures/history.ts'
import { workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import type { StatusMemo } from '../../model/status.ts'
import type { MigrationInput, migrationJob } from '../../workflows/migration-job.ts'
import { awaitUntil } from '../support/await-until.ts'
import { testEnvironment } from '../support/temporal.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { optionsOf, simulate, withWorkers } from './simulation.ts'

let server: TemporalServer
let environment: TestWorkflowEnvironment
beforeAll(async () => {
  server = await startTemporalServer()
  environment = await testEnvironment(server.address)
})
afterAll(async () => {
  await environment?.teardown()
  await server?.stop()
})

const begin = (options: JobOptions, more: Partial<MigrationInput> = {}) =>
  environment.client.workflow.start<typeof migrationJob>('migrationJob', {
    taskQueue: workflowTaskQueue, workflowId: workflowIdOf(options.job), args: [{ options, searchAttributes: true, ...more }],
  })
const latest = (job: string) => environment.client.workflow.getHandle(workflowIdOf(job))
const describeJob = (job: string) => latest(job).describe()
const memoOf = async (job: string): Promise<StatusMemo> => (await describeJob(job)).memo?.['status'] as StatusMemo
const changesOf = ({ changes = [] }: StatusMemo): string[] => changes.map(({ by, what }) => `${by}: ${what}`)

describe('a job that is changed', { timeout: 60_000 }, () => {
  it('has the new window in flight at once, wider or narrower, and no longer chooses one itself', async () => {
    const simulation = simulate({ batches: 60, copyMs: 500 })
    await withWorkers(environment, simulation, async () => {
      const handle = await begin(optionsOf('window', { window: 4 }))
      await awaitUntil(() => simulation.copying() === 4)
      expect(await handle.executeUpdate('change', { args: [{ window: 9, by: 'ann@desk' }] })).toMatchObject({ status: 'Migrating', message: 'The new window counts at once.' })
      await awaitUntil(() => simulation.copying() === 9)
      await handle.signal('change', { window: 2, by: 'ben@desk' })
      await awaitUntil(() => simulation.copying() <= 2)
      const before = simulation.told.copyBatch.length
      await awaitUntil(() => simulation.told.copyBatch.length > before + 4)
      expect(simulation.copying()).toBeLessThanOrEqual(2)
      await handle.executeUpdate('change', { args: [{ window: 40 }] })
      const memo = await handle.result()
      expect(memo).toMatchObject({ status: 'Completed', counts: { completed: { files: 6_000 } }, changed: { window: 40 } })
      expect(changesOf(memo)).toEqual(['ann@desk: window 9', 'ben@desk: window 2', 'unknown: window 40'])
    })
    expect(simulation.most()).toBeLessThanOrEqual(40)
  })

  it('copies under the new overwrite rule at once: what is in flight begins its next generation', async () => {
    const simulation = simulate({ batches: 6, copyMs: 3_000 })
    await withWorkers(environment, simulation, async () => {
      const handle = await begin(optionsOf('overwrite', { overwrite: 'always' }))
      await awaitUntil(() => simulation.copying() === 6)
      await handle.executeUpdate('change', { args: [{ overwrite: 'never' }] })
      expect(await handle.result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 600 } } })
    })
    expect(simulation.told.copyBatch.map(({ overwrite }) => overwrite)).toEqual([...Array(6).fill('always'), ...Array(6).fill('never')])
  })

  it('tells each activity what was changed while it was stopped, over continue-as-new, the report and a retry', async () => {
    const simulation = simulate({ batches: 3, failing: 2, copyMs: 1_000 })
    const changed = { overwrite: 'if-newer', include: ['**/*.jpg'], exclude: [], minSize: 10, priority: 2 } as const
    await withWorkers(environment, simulation, async () => {
      await begin(optionsOf('stopped', { exclude: ['**/*.tmp'], maxSize: 1_000 }), { paused: true })
      await awaitUntil(async () => (await memoOf('stopped')).status === 'Stopped')
      const answer = await latest('stopped').executeUpdate('change', { args: [{ ...changed, maxSize: null }] })
      expect(answer).toMatchObject({ status: 'Stopped', message: expect.stringContaining('The filters count for what is listed from now on.') })
      expect(await memoOf('stopped')).toMatchObject({ changed, changes: [{ by: 'unknown' }] })
      const { runId } = await describeJob('stopped')
      await latest('stopped').signal('start', {})
      await awaitUntil(() => simulation.copying() > 0)
      await latest('stopped').signal('stop', {})
      await awaitUntil(async () => (await memoOf('stopped')).status === 'Stopped' && (await describeJob('stopped')).runId !== runId)
      await latest('stopped').signal('start', {})
      await awaitUntil(async () => (await memoOf('stopped')).status === 'Failed')
      expect(await latest('stopped').executeUpdate('change', { args: [{ window: 3 }] })).toMatchObject({ status: 'Failed' })
      await latest('stopped').executeUpdate('retry', { args: [{}] })
      await latest('stopped').result()
    })
    const { listBatches, copyBatch, writeReport } = simulation.told
    expect([listBatches.length, writeReport.length]).toEqual([3, 2])
    expect(copyBatch.length).toBeGreaterThan(4)
    for (const options of [...listBatches, ...copyBatch, ...writeReport]) {
      expect(options).toMatchObject(changed)
      expect(options).not.toHaveProperty('maxSize')
    }
    expect(writeReport.map(({ window }) => window)).toEqual([undefined, 3])
  })

  it('queues its batches under its own name and priority, also those that wait already', async () => {
    const simulation = simulate({ batches: 2, copyMs: 3_000 })
    await withWorkers(environment, simulation, async () => {
      const handle = await begin(optionsOf('priority'))
      await awaitUntil(() => simulation.copying() === 2)
      await handle.signal('change', { priority: 1 })
      await handle.result()
    })
    const events = (await historiesOf(environment.client, 'priority')).flatMap(({ events: all }) => all ?? [])
    const scheduled = events.flatMap(({ activityTaskScheduledEventAttributes: activity }) => (activity?.activityType?.name === 'copyBatch' ? [activity.priority] : []))
    expect(scheduled).toMatchObject([3, 3, 1, 1].map((priorityKey) => ({ priorityKey, fairnessKey: 'priority' })))
  })

  it('refuses what makes no sense without an event, and notes and ignores a bad signal', async () => {
    const simulation = simulate({ batches: 1 })
    await withWorkers(environment, simulation, async () => {
      const handle = await begin(optionsOf('refusing'), { paused: true })
      await awaitUntil(async () => (await describeJob('refusing')).runId !== handle.firstExecutionRunId)
      await handle.executeUpdate('stop', { args: [{}] })
      const { historyLength } = await describeJob('refusing')
      const refusals: [unknown, string][] = [[{ window: 500 }, 'from 1 to 200'], [{ windw: 5 }, 'no field "windw"'], [{}, 'takes one of window'], [{ include: ['['] }, 'is not a glob'], [7, 'not 7']]
      for (const [message, words] of refusals)
        await expect(handle.executeUpdate('change', { args: [message] })).rejects.toMatchObject({ cause: { message: expect.stringContaining(words) } })
      expect((await describeJob('refusing')).historyLength).toBe(historyLength)
      for (const [message] of refusals) await handle.signal('change', message)
      const details = await awaitUntil(async () => {
        const { currentDetails = '' } = (await handle.query('__temporal_workflow_metadata')) as { currentDetails?: string }
        return currentDetails.includes('not 7') && currentDetails
      })
      for (const [, words] of refusals) expect(details).toContain(words)
      expect(await memoOf('refusing')).not.toHaveProperty('changed')
      await handle.signal('change', { exclude: ['**/*.tmp'], by: 'ann@desk' })
      await handle.signal('start', {})
      const last = await latest('refusing').result() as StatusMemo
      expect(changesOf(last)).toEqual(['ann@desk: exclude **/*.tmp', 'unknown: start'])
    })
  })

  it('shows who changed what in the very memo that shows the change', async () => {
    const simulation = simulate({ batches: 2, copyMs: 20_000 })
    await withWorkers(environment, simulation, async () => {
      const handle = await begin(optionsOf('at-once'))
      await awaitUntil(() => simulation.copying() === 2)
      await handle.signal('stop', { by: 'ann@desk' })
      await awaitUntil(async () => (await memoOf('at-once')).status === 'Stopped')
      await handle.terminate()
    })
    const stopping = (await memosOf('at-once')).filter(({ phase }) => phase === 'stopping')
    expect(stopping.length).toBeGreaterThan(0)
    for (const memo of stopping) expect(changesOf(memo)).toEqual(['ann@desk: stop'])
  })
})

/** Every memo that the job has published, the first one first. */
async function memosOf(job: string): Promise<StatusMemo[]> {
  const events = (await historiesOf(environment.client, job)).flatMap(({ events: all }) => all ?? [])
  const modified = events.flatMap((event) => event.workflowPropertiesModifiedEventAttributes ?? [])
  return [...payloadsOf(modified)].map((data) => JSON.parse(Buffer.from(data).toString()) as StatusMemo)
}
