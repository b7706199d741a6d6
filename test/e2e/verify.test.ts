import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTerminal, runHere } from '../cli/terminal.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { payloadsOf } from '../../scripts/figures/history.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const [from, to] = [temporaryFolder('from'), temporaryFolder('to')]
const files = 2_500
let tranship: Tranship

beforeAll(async () => {
  for (let i = 0; i < files; i++) await writeFile(join(from, `file-${i}.txt`), `the content of file ${i}`)
  tranship = await startTranship({ share: { vendor: 'nas', path: from }, copies: { vendor: 'nas', path: to } })
})
afterAll(() => tranship?.stop())

const here = temporaryFolder('here')
const run = (...args: string[]) => runHere({ TEMPORAL_ADDRESS: temporalAddress() }, here, 'verify', ...args)
async function json(...args: string[]) {
  const { code, stdout } = await run(...args, '--json')
  return { code, answer: JSON.parse(stdout) as Record<string, unknown> }
}

describe('tranship verify', () => {
  it('says in words that all is equal, of all files and of a sample', async () => {
    expect(await tranship.run({ job: 'checked', source: 'share', destination: 'copies', verify: 'all' })).toMatchObject({ status: 'Completed' })
    await rm(from, { recursive: true })
    const { code, stdout, stderr } = await openTerminal({ TEMPORAL_ADDRESS: temporalAddress() }).run('verify', 'checked')
    expect([code, stdout, stderr]).toEqual([0, 'checked: 2,500 of 2,500 files re-read (58.9 kB), all equal.\n', ''])
    const sample = await json('checked', '--verify', 'sample', '--files', '300')
    expect(sample).toMatchObject({
      code: 0,
      answer: { mode: 'sample', files, differing: { files: 0 }, confidence: { percent: 95 }, statement: expect.stringMatching(/files re-read .* all equal: with 95 % confidence fewer than (0\.\d+|1|1\.\d) % differ\.$/) },
    })
  })

  it('finds one bit that flipped at rest and a file that is gone, and exits with 1; no name is in its history', async () => {
    const flipped = await readFile(join(to, 'file-77.txt'))
    flipped[5]! ^= 4
    await writeFile(join(to, 'file-77.txt'), flipped)
    await rm(join(to, 'file-78.txt'))
    const { code, answer } = await json('checked')
    expect(code).toBe(1)
    expect(answer).toMatchObject({
      job: 'checked', run: 1, checked: files, equal: files - 2, differing: { files: 2, missing: 1, size: 0, checksum: 1 }, unreadable: 0, confidence: null,
      list: { folder: 'aliyun_mgw_import_report/', name: 'checked@1_verify_list' },
    })
    expect((answer['examples'] as { file_name: string; found: string }[]).map(({ file_name, found }) => [file_name, found]).toSorted()).toEqual([
      ['file-77.txt', 'checksum'], ['file-78.txt', 'missing'],
    ])
    expect(await readFile(join(to, 'aliyun_mgw_import_report', 'checked@1_verify_list'), 'utf8')).toContain('file-77.txt')
    const history = await tranship.client.workflow.getHandle('verify/checked').fetchHistory()
    expect(JSON.stringify(history) + [...payloadsOf(history)].map((data) => Buffer.from(data).toString()).join('\n')).not.toContain('file-7')
    const { stdout } = await run('checked', '--to', to)
    expect(stdout).toMatch(/2 differ\.\nFILE +FOUND +DESCRIPTION\n/)
  })

  it('refuses with a sentence', async () => {
    expect(await json('unknown', '--to', to)).toMatchObject({ code: 2, answer: { error: { code: 'JobNotExist', message: expect.stringContaining('No report of a job "unknown"') } } })
    expect(await json('checked', '--files', '5')).toMatchObject({ code: 2, answer: { error: { code: 'InvalidParameters' } } })
    expect(await json('checked', '--to', '/does/not/exist')).toMatchObject({ code: 2, answer: { error: { code: expect.stringMatching(/^Dest/) } } })
  })
})
