import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView } from '../../model/status.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { readAllOss } from './oss-bucket.ts'
import { accountsFor, listsOf } from './report-lists.ts'
import { optionsOf, startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const buckets = ['more', 'synced', 'emptied']
let oss: OssProcess
let tranship: Tranship
let terminal: Terminal
const folders = new Map(buckets.map((name) => [name, temporaryFolder(name)]))
const write = (bucket: string, name: string, text = name): Promise<void> => writeFile(join(folders.get(bucket) ?? '', name), text)

beforeAll(async () => {
  oss = await startOssProcess({ buckets })
  const ends = buckets.flatMap((name) => [[`${name}-share`, { vendor: 'nas', path: folders.get(name) }], [name, oss.address(name)]])
  tranship = await startTranship(Object.fromEntries(ends))
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporalAddress() })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.stop()
})

const until = (job: string, reached: (view: JobView) => boolean): Promise<JobView> => tranship.jobs.follow(job, { everyMs: 50 }, reached)
const betweenRuns = (job: string, run: number): Promise<JobView> => until(job, (view) => view.run === run && view.nextRunAt !== null)

describe('a job of several runs', { timeout: 120_000 }, () => {
  it('brings in later runs what changed, each with lists of its own, and ends with the last', async () => {
    for (const name of ['a', 'b', 'c']) await write('more', name)
    await tranship.jobs.create(optionsOf({ job: 'more', source: 'more-share', destination: 'more', type: 'incremental', times: 3, intervalMs: 6_000 }))
    const first = await betweenRuns('more', 1)
    expect(first).toMatchObject({ status: 'Migrating', phase: 'waiting', runs: 3, completed: { files: 3 }, endedAt: null })
    const shown = await terminal.run('status', 'more')
    expect(shown.stdout).toContain(`run 1 of 3\n  next run: ${first.nextRunAt}`)
    await write('more', 'b', 'changed')
    await write('more', 'd')
    const second = await betweenRuns('more', 2)
    expect(second).toMatchObject({ runs: 3, completed: { files: 2 }, skipped: { files: 2 } })
    expect(Date.parse(second.startedAt)).toBeGreaterThanOrEqual(Date.parse(first.nextRunAt ?? ''))
    expect(await tranship.jobs.follow('more', { everyMs: 50 })).toMatchObject({ status: 'Completed', run: 3, runs: 3, completed: { files: 0 }, skipped: { files: 4 } })
    const there = await readAllOss(oss.client('more'))
    expect(String(there.get('b')?.bytes)).toBe('changed')
    expect([1, 2, 3].map((run) => accountsFor(listsOf(there, 'more', run), run === 1 ? ['a', 'b', 'c'] : ['a', 'b', 'c', 'd']))).toEqual([true, true, true])
  })

  it('waits for its moment, is stopped and started while it waits, and goes on then', async () => {
    await write('synced', 'a')
    const atMs = Date.now() + 4_000
    await tranship.jobs.create(optionsOf({ job: 'synced', source: 'synced-share', destination: 'synced', type: 'sync', every: 'day', atMs }))
    const planned = await until('synced', ({ nextRunAt }) => nextRunAt !== null)
    expect(planned).toMatchObject({ status: 'Migrating', phase: 'waiting', runs: null, nextRunAt: new Date(atMs).toISOString(), completed: { files: 0 } })
    await tranship.jobs.stop('synced')
    await until('synced', ({ status }) => status === 'Stopped')
    const { raw } = await tranship.client.workflow.getHandle('migration/synced').describe()
    expect(raw.pendingActivities ?? []).toEqual([])
    await tranship.jobs.start('synced')
    const done = await until('synced', ({ nextRunAt, completed }) => nextRunAt !== null && completed.files === 1)
    expect(done.nextRunAt).toBe(new Date(atMs + 24 * 3_600_000).toISOString())
    expect(Date.parse(done.startedAt)).toBeGreaterThanOrEqual(atMs)
    await tranship.jobs.remove('synced')
  })

  it('fails a run whose source shows nothing although it had files, and touches nothing', async () => {
    await write('emptied', 'a')
    await tranship.jobs.create(optionsOf({ job: 'emptied', source: 'emptied-share', destination: 'emptied', type: 'incremental', times: 2, intervalMs: 2_000 }))
    await betweenRuns('emptied', 1)
    await rm(join(folders.get('emptied') ?? '', 'a'))
    expect(await tranship.jobs.follow('emptied', { everyMs: 50 })).toMatchObject({ status: 'Failed', run: 2, reason: { code: 'SourceEmpty' } })
    expect(String((await readAllOss(oss.client('emptied'))).get('a')?.bytes)).toBe('a')
  })
})
