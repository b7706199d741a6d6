import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobFile } from '../../report/job-file.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
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
import { readAllOss } from './oss-bucket.ts'
import { accountsFor, listsOf } from './report-lists.ts'
import { optionsOf } from './tranship.ts'

const files = Array.from({ length: 1_500 }, (_, i) => `file-${i}.${i % 5 === 0 ? 'tmp' : 'txt'}`)
let temporal: TemporalServer
let oss: OssProcess
let client: JobsClient
let host: WorkerHost
let terminal: Terminal

beforeAll(async () => {
  const folder = temporaryFolder('share')
  for (const name of files) await writeFile(join(folder, name), name)
  ;[temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive', 'filled'] })])
  client = connectJobs(temporal.address)
  const configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive'), filled: oss.address('filled') })
  host = await startWorkerHost({ address: temporal.address, configPath })
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address })
}, 120_000)
afterAll(async () => {
  await host?.kill()
  await client?.close()
  await oss?.stop()
  await temporal?.stop()
})

async function jobFile(bucket: string, job: string): Promise<JobFile> {
  const { content } = await oss.client(bucket).get(`aliyun_mgw_import_report/${job}_job.json`)
  return JSON.parse(String(content)) as JobFile
}

describe('tranship change', () => {
  it('filters what is not listed yet, is told in words and in JSON, and stands in the report', async () => {
    await terminal.json('create', 'filtered', '--from', 'share', '--to', 'archive', '--exclude', '*.txt', '--max-size', '1', '--no-start')
    const said = await terminal.run('change', 'filtered', '--reset-filters', '--exclude', '*.tmp', '--window', '3')
    expect(said).toMatchObject({ code: 0, stderr: 'The new window counts at once. The filters count for what is listed from now on.\n' })
    expect(said.stdout).toContain(': window 3, include none, exclude *.tmp, minSize none, maxSize none')
    const { code, answer } = await terminal.json('start', 'filtered', '--wait')
    expect([code, answer]).toMatchObject([0, { changes: [{ what: 'window 3, include none, exclude *.tmp, minSize none, maxSize none', by: expect.stringContaining('@') }, { what: 'start' }] }])
    const over = await client.jobs.follow('filtered', { everyMs: 100 })
    expect(over).toMatchObject({ status: 'Completed', completed: { files: 1_200 }, excluded: { files: 300 } })
    const { options } = await jobFile('archive', 'filtered')
    expect(options).toMatchObject({ window: 3, include: [], exclude: ['*.tmp'] })
    expect(options).not.toHaveProperty('maxSize')
    expect(await terminal.json('change', 'filtered', '--window', '5')).toMatchObject({ code: 2, answer: { error: { code: 'InvalidJobStatusForCurrentOperation' } } })
  })

  it('changes the overwrite rule of a job that runs, for every file that is not decided yet', async () => {
    await client.jobs.create(optionsOf({ job: 'first', source: 'share', destination: 'filled' }))
    await client.jobs.follow('first', { everyMs: 100 })
    await oss.setFault({ id: 'puts', operation: 'PutObject', bucket: 'filled', keyPrefix: 'file-', do: { kind: 'latency', ms: 1_000 } })
    await client.jobs.create(optionsOf({ job: 'again', source: 'share', destination: 'filled', overwrite: 'always' }))
    await awaitUntil(async () => (await oss.hits('puts')) > 100)
    const told = await client.jobs.change('again', { overwrite: 'never' })
    expect(told).toMatchObject({ message: 'The new overwrite counts at once.', view: { changes: [{ by: 'test@here', what: 'overwrite never' }] } })
    const sent = await oss.hits('puts')
    const over = await client.jobs.follow('again', { everyMs: 100 })
    console.log(`${sent} of ${files.length} were sent when the rule changed, ${over.completed.files} in the end`)
    expect(over).toMatchObject({ status: 'Completed', listed: { files: files.length }, failed: { files: 0 } })
    expect(over.skipped.files).toBeGreaterThan(0)
    expect(over.completed.files + over.skipped.files).toBe(files.length)
    const there = await readAllOss(oss.client('filled'))
    expect(accountsFor(listsOf(there, 'again', 1), files)).toBe(true)
    expect((await jobFile('filled', 'again')).options).toMatchObject({ overwrite: 'never' })
  })
})
