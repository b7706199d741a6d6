import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJobs, type Jobs } from '../../client/jobs.ts'
import { workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import type { StatusMemo } from '../../model/status.ts'
import type { migrationJob } from '../../workflows/migration-job.ts'
import { awaitUntil } from '../support/await-until.ts'
import { testEnvironment } from '../support/temporal.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { detailsOf } from './details.ts'
import { optionsOf, simulate, withWorkers } from './simulation.ts'

let environment: TestWorkflowEnvironment
let jobs: Jobs
let server: TemporalServer
beforeAll(async () => {
  server = await startTemporalServer()
  environment = await testEnvironment(server.address)
  jobs = createJobs({ client: environment.client, searchAttributes: async () => true, by: 'test@here' })
})
afterAll(async () => {
  await environment?.teardown()
  await server?.stop()
})

const handleOf = (job: string) => environment.client.workflow.getHandle<typeof migrationJob>(workflowIdOf(job))
const memoOf = async (job: string): Promise<StatusMemo> => (await handleOf(job).describe()).memo?.['status'] as StatusMemo
const eventsOf = async (job: string): Promise<number> => (await handleOf(job).fetchHistory()).events?.length ?? 0

/** A job that rests: nothing but what it is sent makes an event. */
async function stoppedJob(options: JobOptions): Promise<void> {
  await environment.client.workflow.start<typeof migrationJob>('migrationJob', {
    taskQueue: workflowTaskQueue, workflowId: workflowIdOf(options.job), args: [{ options, searchAttributes: true, paused: true }],
  })
  await awaitUntil(async () => (await memoOf(options.job)).status === 'Stopped')
  await awaitUntil(() => detailsOf(environment.client, workflowIdOf(options.job)))
}

interface RawPayload {
  readonly encoding?: string
  readonly data: string | Uint8Array
}

/** What the Web UI sends: bytes and the encoding that was chosen there. */
async function signalRaw(job: string, signalName: string, { encoding, data }: RawPayload): Promise<void> {
  const payload = { ...(encoding !== undefined && { metadata: { encoding: Buffer.from(encoding) } }), data: Buffer.from(data) }
  await environment.connection.workflowService.signalWorkflowExecution({
    namespace: 'default', workflowExecution: { workflowId: workflowIdOf(job) }, signalName, input: { payloads: [payload] },
  })
}

const json = (data: string): RawPayload => ({ encoding: 'json/plain', data })

describe('a signal as it is typed in the Web UI', () => {
  it('is obeyed, and the summary there says in words how the job stands and who changed what', async () => {
    const simulation = simulate({ batches: 60, copyMs: 400 })
    const job = 'typed-signals'
    const details = () => detailsOf(environment.client, workflowIdOf(job))
    await withWorkers(environment, simulation, async () => {
      await stoppedJob(optionsOf(job, { type: 'incremental', times: 3, intervalMs: 3_600_000 }))
      expect(await details()).toContain('## Stopped · listing\n**here → there**, run 1 of 3')
      await signalRaw(job, 'resetFlowControl', json('{"rows": ["00:00-12:00=5MB/s", "12:00-24:00=6MB/s"], "by": "ann@desk"}'))
      await signalRaw(job, 'start', json('{"by": "ben"}'))
      await awaitUntil(async () => (await memoOf(job)).phase === 'copying')
      const running = await awaitUntil(async () => { const text = await details(); return text?.includes('· copying') && text })
      expect(running).toMatch(/- Flow control 1: 00:00-12:00=5MB\/s, 12:00-24:00=6MB\/s \(UTC\)\n- Limit in force: [56]MB\/s until \d{4}-\d\d-\d\dT(00|12):00:00\.000Z\n/)
      expect(running).toMatch(/### Changes\n- \S+Z ann@desk: flow 1\n- \S+Z ben: start\n/)
      await signalRaw(job, 'stop', json('{}'))
      await awaitUntil(async () => (await memoOf(job)).status === 'Stopped')
      const stopped = await awaitUntil(async () => { const text = await details(); return text?.includes('## Stopped · copying') && text })
      expect(stopped).toMatch(/- \S+Z unknown: stop\n/)
      expect(stopped).not.toContain('Limit in force')
      await signalRaw(job, 'resetFlowControl', json('{"rows": [], "maxFlow": "0"}'))
      await signalRaw(job, 'start', json('null'))
      await awaitUntil(async () => (await details())?.includes('- Limit in force: 0, nothing flows'))
      await awaitUntil(async () => (await memoOf(job)).nextRunAt !== undefined)
      expect(await awaitUntil(async () => { const text = await details(); return text?.includes('Next run: ') && text })).toContain('## Migrating · waiting\n**here → there**, run 1 of 3\nNext run: ')
      await handleOf(job).terminate()
    })
  })

  it('is ignored where it cannot be understood, in whatever encoding, and noted; the job goes on', async () => {
    const bad: readonly (readonly [signal: string, RawPayload, noted: string])[] = [
      ['stop', json('"now"'), 'Signal stop was ignored: stop takes {}, not "now".'],
      ['stop', json('["now"]'), 'stop takes {}, not ["now"].'],
      ['start', json('{"by": 7}'), 'start: by must be a text.'],
      ['retry', json('{"onyl": "Forbidden"}'), 'retry has no field "onyl"; it takes by and only.'],
      ['resetFlowControl', json('{}'), '[] removes all rows.'],
      ['resetFlowControl', json('{"rows": "06:00-12:00=5MB/s"}'), 'rows must be a list of texts'],
      ['resetFlowControl', json('{"rows": ["06:00-12:00=-5MB/s"]}'), '"-5MB/s" is not a rate'],
      ['nonsense', json('{}'), 'A signal "nonsense" is not known here; there are stop,'],
      ['stop', json('{"half'), 'Signal stop was ignored: stop: what was sent could not be read as JSON; send {}.'],
      ['stop', { encoding: 'json/plain', data: new Uint8Array([0xff, 0xfe, 0]) }, 'stop: what was sent could not be read'],
      ['start', { encoding: 'binary/plain', data: 'start' }, 'start: what was sent could not be read'],
      ['start', { encoding: 'binary/plain', data: '' }, 'start: what was sent could not be read'],
      ['retry', { encoding: 'binary/encrypted', data: 'gibberish' }, 'retry: what was sent could not be read'],
      ['resetFlowControl', { encoding: 'json/protobuf', data: '{"rows": []}' }, 'resetFlowControl: what was sent could not be read'],
      ['resetFlowControl', { data: '{"rows": []}' }, 'resetFlowControl: what was sent could not be read'],
    ]
    const job = 'untyped-signals'
    await withWorkers(environment, simulate({ batches: 2 }), async () => {
      await stoppedJob(optionsOf(job))
      for (const [signal, payload] of bad) await signalRaw(job, signal, payload)
      await awaitUntil(async () => (await detailsOf(environment.client, workflowIdOf(job)))?.match(/^- (Signal|A signal) /gm)?.length === bad.length)
      const details = await detailsOf(environment.client, workflowIdOf(job))
      for (const [, , noted] of bad) expect(details).toContain(noted)
      expect(await memoOf(job)).toMatchObject({ status: 'Stopped', counts: { completed: { files: 0 } } })
      expect(await memoOf(job)).not.toHaveProperty('changes')
      await handleOf(job).signal('start', {})
      expect(await handleOf(job).result()).toMatchObject({ status: 'Completed', counts: { completed: { files: 200 } } })
    })
  })
})

describe('an Update that is refused', () => {
  const job = 'refusing'
  let working: Promise<void>
  let end = (): void => undefined
  beforeAll(async () => {
    working = withWorkers(environment, simulate({ batches: 1 }), () => new Promise((resolve) => { end = resolve }))
    await stoppedJob(optionsOf(job))
  })
  afterAll(async () => {
    await handleOf(job).terminate()
    end()
    await working
  })

  it.each<[name: string, argument: unknown, code: string, sentence: string]>([
    ['resetFlowControl', { rows: ['06:00-12:00=-5MB/s'] }, 'InvalidParameters', 'In the row "06:00-12:00=-5MB/s": "-5MB/s" is not a rate'],
    ['resetFlowControl', { rows: ['06:00-12:00=5000TB/s'] }, 'InvalidParameters', 'lies outside 1 kB/s to 1 TB/s'],
    ['resetFlowControl', { rows: [], maxFlow: '1e99MB/s' }, 'InvalidParameters', 'is not a rate'],
    ['resetFlowControl', { rows: [], maxFlow: 5 }, 'InvalidParameters', 'maxFlow must be a text'],
    ['resetFlowControl', { rows: ['06:00-12:00=5MB/s', '11:00-13:00=1MB/s'] }, 'InvalidParameters', 'The rows 06:00-12:00 and 11:00-13:00 overlap'],
    ['resetFlowControl', { rows: ['25:00-26:00=5MB/s'] }, 'InvalidParameters', 'begins at no time of day'],
    ['resetFlowControl', { rows: [], timeZone: 'Mars/Olympus' }, 'InvalidParameters', 'resetFlowControl has no field "timeZone"'],
    ['resetFlowControl', undefined, 'InvalidParameters', 'resetFlowControl takes {"rows": ["06:00-12:00=5MB/s"]}'],
    ['stop', { by: 'ann', force: true }, 'InvalidParameters', 'stop has no field "force"'],
    ['start', 'now', 'InvalidParameters', 'start takes {}, not "now".'],
    ['retry', {}, 'InvalidJobStatusForCurrentOperation', 'The job is Stopped: failed files can be retried once its run has ended.'],
  ])('%s %j, leaves no event', async (name, argument, code, sentence) => {
    const before = await eventsOf(job)
    const refused = handleOf(job).executeUpdate<unknown, [unknown]>(name, { args: [argument] })
    await expect(refused).rejects.toMatchObject({ cause: { type: code, message: expect.stringContaining(sentence) } })
    expect(await eventsOf(job)).toBe(before)
  })

})

it('a job whose run is over, or that is closed, is neither started nor stopped: that has its code, a sentence and no event', async () => {
  const job = 'over'
  const code = 'InvalidJobStatusForCurrentOperation'
  await withWorkers(environment, simulate({ batches: 2, failing: 3 }), async () => {
    await environment.client.workflow.start<typeof migrationJob>('migrationJob', {
      taskQueue: workflowTaskQueue, workflowId: workflowIdOf(job), args: [{ options: optionsOf(job), searchAttributes: true }],
    })
    await awaitUntil(async () => (await memoOf(job)).phase === 'waiting')
    await detailsOf(environment.client, workflowIdOf(job))
    const waiting = await eventsOf(job)
    await expect(jobs.start(job)).rejects.toMatchObject({ code, message: 'The job is Failed: there is nothing to start.' })
    await expect(jobs.stop(job)).rejects.toMatchObject({ code, message: 'The job is Failed: there is nothing to stop.' })
    await expect(jobs.resetFlow(job, { rows: ['6-7=1'] })).rejects.toMatchObject({ code: 'InvalidParameters', message: expect.stringContaining('is not a row of flow control') })
    expect(await eventsOf(job)).toBe(waiting)

    await handleOf(job).executeUpdate('retry', { args: [{}] })
    await handleOf(job).result()
    const closed = await eventsOf(job)
    for (const act of [jobs.start, jobs.stop, (name: string) => jobs.resetFlow(name, { rows: [] })]) await expect(act(job)).rejects.toMatchObject({ code, message: 'The job "over" is Completed: it is over.' })
    expect(await eventsOf(job)).toBe(closed)
  })
})
