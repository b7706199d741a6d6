import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowIdOf } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from './report-lists.ts'
import { optionsOf, startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const good = names('good', 40)
const denied = names('denied', 7)
const broken = names('broken', 5)
let oss: OssProcess
let tranship: Tranship
let terminal: Terminal

beforeAll(async () => {
  const folder = temporaryFolder('share')
  for (const key of [...good, ...denied, ...broken]) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), key)
  }
  oss = await startOssProcess({ buckets: ['waiting', 'cancelled', 'forgotten', 'emptied'] })
  const addresses = ['waiting', 'cancelled', 'forgotten', 'emptied'].map((bucket) => [bucket, oss.address(bucket)])
  tranship = await startTranship({ share: { vendor: 'nas', path: folder }, ...Object.fromEntries(addresses) })
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporalAddress(), TRANSHIP_CONFIG: tranship.configPath })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.stop()
})

function names(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}/file-${i}`)
}

/** Two kinds of failures that do not stand for the whole address: others go through meanwhile. */
async function breakPuts(bucket: string): Promise<void> {
  await oss.setFault({ id: 'denied', operation: 'PutObject', bucket, keyPrefix: 'denied/', do: { kind: 'error', code: 'AccessDenied', status: 403 } })
  await oss.setFault({ id: 'broken', operation: 'PutObject', bucket, keyPrefix: 'broken/', do: { kind: 'error', code: 'InvalidArgument', status: 400 } })
}
async function mendPuts(): Promise<void> {
  await oss.removeFault('denied')
  await oss.removeFault('broken')
}

const retried = async (job: string, ...args: string[]): Promise<JobView> => {
  const { code, answer } = await terminal.json('retry', job, '--wait', ...args)
  expect([0, 1]).toContain(code)
  return answer as unknown as JobView
}
const putsDuring = async (act: () => Promise<unknown>): Promise<number> => {
  await oss.resetCounts()
  await act()
  return (await oss.counts()).operations['PutObject'] ?? 0
}

describe('failed files are tried again, and no others', { timeout: 120_000 }, () => {
  it('while the job waits: those of one code, then the rest, each run with lists of its own', async () => {
    await breakPuts('waiting')
    const first = await tranship.run({ job: 'waits', source: 'share', destination: 'waiting' })
    expect(first).toMatchObject({ status: 'Failed', phase: 'waiting', completed: { files: 40 }, failed: { files: 12 } })
    expect(first.failures).toMatchObject([{ code: 'Forbidden', files: 7 }, { code: 'Unexpected', files: 5 }])

    await mendPuts()
    expect(await retried('waits', '--only', 'Forbidden')).toMatchObject({ run: 2, status: 'Failed', completed: { files: 7 }, failed: { files: 5 } })
    expect(await retried('waits')).toMatchObject({ run: 3, status: 'Completed', completed: { files: 5 }, failed: { files: 0 } })
    const there = await readAllOss(oss.client('waiting'))
    for (const key of [...good, ...denied, ...broken]) expect(String(there.get(key)?.bytes)).toBe(key)
    expect(accountsFor(listsOf(there, 'waits', 1), [...good, ...denied, ...broken])).toBe(true)
    expect(accountsFor(listsOf(there, 'waits', 2), [...denied, ...broken])).toBe(true)
    expect(accountsFor(listsOf(there, 'waits', 3), broken)).toBe(true)
    expect(leftOvers(there)).toEqual([])
    const file = JSON.parse(String(there.get('aliyun_mgw_import_report/waits_job.json')?.bytes)) as { runs: object[] }
    expect(file.runs).toMatchObject([{ run: 1, failed: { files: 12 } }, { run: 2, failed: { files: 5 } }, { run: 3, failed: { files: 0 } }])

    const again = await terminal.run('retry', 'waits')
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('nothing to retry')])
  })

  it('after the job was cancelled from outside: what was never tried', async () => {
    await oss.setFault({ id: 'slow', operation: 'PutObject', bucket: 'cancelled', keyPrefix: 'good/', do: { kind: 'latency', ms: 120_000 } })
    await tranship.jobs.create(optionsOf({ job: 'cancelled', source: 'share', destination: 'cancelled' }))
    await awaitUntil(async () => (await oss.hits('slow')) === good.length)
    await tranship.client.workflow.getHandle(workflowIdOf('cancelled')).cancel()
    const view = await tranship.jobs.follow('cancelled', { everyMs: 100 })
    expect(view).toMatchObject({ status: 'Failed', reason: { code: 'Cancelled' }, listed: { files: 52 } })
    expect(view.failures).toMatchObject([{ code: 'NotAttempted', files: view.failed.files }])
    expect(view.failed.files).toBeGreaterThanOrEqual(good.length)

    await oss.removeFault('slow')
    expect(await retried('cancelled')).toMatchObject({ run: 2, status: 'Completed', completed: { files: view.failed.files }, failed: { files: 0 } })
    expect((await readAllOss(oss.client('cancelled'))).size).toBe(52 + 2 * 4 + 1)
  })

  it('after Temporal has forgotten the job: its report tells what failed', async () => {
    await breakPuts('forgotten')
    await tranship.run({ job: 'forgotten', source: 'share', destination: 'forgotten' })
    await tranship.jobs.remove('forgotten')
    await awaitUntil(async () => (await tranship.jobs.find('forgotten')) === undefined)
    const lost = await terminal.run('retry', 'forgotten')
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('--to DST')])

    await mendPuts()
    const puts = await putsDuring(async () => {
      expect(await retried('forgotten', '--to', 'forgotten')).toMatchObject({ run: 2, status: 'Completed', completed: { files: 12 }, failed: { files: 0 } })
    })
    expect(puts).toBeLessThan(40)
    const there = await readAllOss(oss.client('forgotten'))
    expect(accountsFor(listsOf(there, 'forgotten', 2), [...denied, ...broken])).toBe(true)

    await tranship.jobs.remove('forgotten')
    await awaitUntil(async () => (await tranship.jobs.find('forgotten')) === undefined)
    const over = await terminal.run('retry', 'forgotten', '--to', 'forgotten')
    expect([over.code, over.stderr]).toEqual([0, expect.stringContaining('nothing to retry')])
    const never = await terminal.json('retry', 'never-was', '--to', 'forgotten')
    expect([never.code, never.answer]).toMatchObject([2, { error: { code: 'JobNotExist' } }])
  })
})
