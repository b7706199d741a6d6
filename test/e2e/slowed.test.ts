import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobView } from '../../model/status.ts'
import { openTerminal } from '../cli/terminal.ts'
import { startOssProcess, type OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { optionsOf, startTranship, type Tranship } from './tranship.ts'

const files = 800
const folder = join(temporaryFolder('slowed'), 'share')
let oss: OssProcess
let tranship: Tranship

beforeAll(async () => {
  mkdirSync(folder)
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `file-${i}`), 'x')
  oss = await startOssProcess({ buckets: ['archive'] })
  tranship = await startTranship({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive') })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.stop()
})

it('a store that answers that it is asked too much is asked less, which status says, and loses no file by it', { timeout: 120_000 }, async () => {
  await oss.setFault({ id: 'throttle', operation: 'PutObject', keyPrefix: 'file-', aboveRate: 60, do: { kind: 'error', code: 'SlowDown', status: 503 } })
  await tranship.jobs.create(optionsOf({ job: 'slowed', source: 'share', destination: 'archive' }))
  const isSlowed = ({ slowedBy, status }: JobView): boolean => slowedBy.length > 0 || status !== 'Migrating'
  expect(await tranship.jobs.follow('slowed', { everyMs: 100 }, isSlowed)).toMatchObject({ status: 'Migrating', slowedBy: ['destination'] })
  const { stdout } = await openTerminal({ TEMPORAL_ADDRESS: temporalAddress() }).run('status', 'slowed')
  expect(stdout).toContain('slowed down by the destination')
  expect(await tranship.jobs.follow('slowed', { everyMs: 200 })).toMatchObject({ status: 'Completed', slowedBy: [], completed: { files }, failed: { files: 0 } })
  expect(await oss.hits('throttle')).toBeGreaterThan(0)
})
