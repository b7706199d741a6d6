import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowIdOf } from '../../model/job.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { optionsOf, startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const count = 3_500
let oss: OssProcess
let tranship: Tranship

beforeAll(async () => {
  const folder = temporaryFolder('share')
  await mkdir(join(folder, 'a'))
  for (let i = 0; i < count; i++) await writeFile(join(folder, 'a', `file-${i}`), `${i}`)
  oss = await startOssProcess({ buckets: ['archive'] })
  await oss.setFault({ id: 'bad', operation: 'PutObject', bucket: 'archive', keyPrefix: 'a/file-10', do: { kind: 'error', code: 'InvalidArgument', status: 400 } })
  await oss.setFault({ id: 'last', operation: 'PutObject', bucket: 'archive', keyPrefix: 'a/file-99', do: { kind: 'latency', ms: 120_000 } })
  tranship = await startTranship({ share: { vendor: 'nas', path: folder, mountPoint: 'nas-1' }, archive: oss.address('archive') })
  await tranship.jobs.create(optionsOf({ job: 'goes-on', source: 'share', destination: 'archive' }))
  await tranship.jobs.follow('goes-on', { everyMs: 100 }, ({ completed }) => completed.files >= 2_500)
  await tranship.jobs.stop('goes-on')
  await tranship.jobs.follow('goes-on', { everyMs: 100 }, ({ status }) => status === 'Stopped')
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.stop()
})

interface Brought {
  readonly lists: readonly { readonly name: string; readonly rows: number; readonly file: string }[]
}

async function bring(terminal: Terminal, out: string): Promise<Map<string, Buffer>> {
  const { code, answer } = await terminal.json('report', 'goes-on', '--out', out)
  expect(code, JSON.stringify(answer)).toBe(0)
  return new Map((answer as unknown as Brought).lists.map(({ name, file }) => [name, readFileSync(file)]))
}

describe('lists of a run that has not ended', () => {
  it('hold what is finished so far, the same whether read from here or through a worker', async () => {
    const env = { TEMPORAL_ADDRESS: temporalAddress() }
    const here = await bring(openTerminal({ ...env, TRANSHIP_CONFIG: tranship.configPath }), 'lists')
    const away = await bring(openTerminal(env), 'lists')
    expect([...here.keys()]).toEqual(['total_list', 'completed_list', 'skipped_list', 'error_list'].map((list) => `goes-on@1_${list}`))
    for (const [name, bytes] of here) expect(away.get(name)?.equals(bytes), name).toBe(true)

    const rows = (list: string) => parse(here.get(`goes-on@1_${list}`) ?? '', { columns: true }) as { file_name: string }[]
    const [total, completed, failed] = [rows('total_list'), rows('completed_list'), rows('error_list')]
    expect(total.length).toBeGreaterThanOrEqual(1_000)
    expect(total.length).toBeLessThan(count)
    expect(new Set([...completed, ...failed].map(({ file_name }) => file_name))).toEqual(new Set(total.map(({ file_name }) => file_name)))
    expect(failed.every(({ file_name }) => file_name.startsWith('a/file-10'))).toBe(true)

    const errors = await openTerminal(env).json('errors', 'goes-on', '--limit', '1000')
    expect((errors.answer['errors'] as object[]).length).toBe(failed.length)
  })

  it('cannot be made once the run has ended and taken what they are made of with it', async () => {
    const env = { TEMPORAL_ADDRESS: temporalAddress() }
    const archive = await tranship.open('archive', 'destination')
    const ledger = await archive.list({ prefix: 'aliyun_mgw_import_report/.ledger/' })
    for (const { key } of ledger.entries) await archive.delete(key)
    for (const terminal of [openTerminal({ ...env, TRANSHIP_CONFIG: tranship.configPath }), openTerminal(env)]) {
      const { code, answer } = await terminal.json('report', 'goes-on', '--out', 'late')
      expect([code, answer]).toMatchObject([2, { error: { code: 'CouldNotCreateNewReport' } }])
    }
  })

  it('a job that was terminated in Temporal is Failed, whatever it said last', async () => {
    await tranship.client.workflow.getHandle(workflowIdOf('goes-on')).terminate()
    const { answer } = await openTerminal({ TEMPORAL_ADDRESS: temporalAddress() }).json('status', 'goes-on')
    expect(answer).toMatchObject({ status: 'Failed', reason: { code: 'Terminated' } })
  })
})
