import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView } from '../../model/status.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'
import { awaitUntil } from '../support/await-until.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startSshd, type Sshd } from '../support/sshd.ts'
import { temporalAddress } from '../support/temporal.ts'
import { readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from './report-lists.ts'
import { optionsOf, startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const key = { accessKeyId: 'process-key-id', accessKeySecret: 'process-key-secret' }
const files = Array.from({ length: 3_000 }, (_, i) => `file-${i}`)
const buckets = ['revoked', 'forbidden', 'full', 'by-ssh']
let oss: OssProcess
let sshd: Sshd
let folder: string
let tranship: Tranship
let terminal: Terminal

beforeAll(async () => {
  folder = temporaryFolder('share')
  for (const name of files) await writeFile(join(folder, name), name)
  oss = await startOssProcess({ buckets })
  const addresses = Object.fromEntries(buckets.map((bucket) => [bucket, oss.address(bucket)]))
  sshd = await startSshd()
  tranship = await startTranship({ share: { vendor: 'nas', path: folder }, server: sshd.address(folder), ...addresses })
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporalAddress() })
})
afterAll(async () => {
  await tranship?.stop()
  await sshd?.stop()
  await oss?.stop()
})

interface Outage {
  readonly bucket: string
  readonly code: string
  begin(): Promise<void>
  end(): Promise<void>
}

const outages: readonly Outage[] = [
  {
    bucket: 'revoked', code: 'DestAddrAccessKeyInvalid',
    begin: () => oss.setKeys([{ ...key, accessKeyId: 'another' }]),
    end: () => oss.setKeys([key]),
  },
  {
    bucket: 'forbidden', code: 'OssAccessDenied',
    begin: () => oss.setKeys([{ ...key, rights: 'read' }]),
    end: () => oss.setKeys([key]),
  },
  {
    bucket: 'full', code: 'DestinationFull',
    begin: () => oss.setFault({ id: 'full', bucket: 'full', operation: 'PutObject', do: { kind: 'error', code: 'QuotaExceeded', status: 403 } }),
    end: () => oss.removeFault('full'),
  },
]

const follow = (job: string, until: (view: JobView) => boolean): Promise<JobView> => tranship.jobs.follow(job, { everyMs: 50 }, until)

describe('an address that fails as a whole in the middle of a job', { timeout: 120_000 }, () => {
  it.each(outages)('$bucket: nobody is blamed, the reason is shown, and all goes on when it is mended', async ({ bucket, code, begin, end }) => {
    await oss.setFault({ id: 'pace', bucket, operation: 'PutObject', keyPrefix: 'file-', do: { kind: 'latency', ms: 100 } })
    await tranship.jobs.create(optionsOf({ job: bucket, source: 'share', destination: bucket }))
    await awaitUntil(async () => (await oss.hits('pace')) > 300)
    await begin()
    const blocked = await follow(bucket, ({ phase }) => phase === 'blocked')
    expect(blocked).toMatchObject({ status: 'Migrating', failed: { files: 0 }, reason: { code, message: expect.stringMatching(/^The destination /) } })

    const shown = await terminal.run('status', bucket)
    expect(shown.stdout).toContain(code)
    await tranship.jobs.start(bucket)
    await follow(bucket, ({ phase, failed }) => phase === 'blocked' && failed.files === 0)

    await end()
    await oss.removeFault('pace')
    await awaitUntil(async () => (await tranship.jobs.start(bucket)).view.phase !== 'blocked')
    const over = await tranship.jobs.follow(bucket, { everyMs: 100 })
    expect(over).toMatchObject({ status: 'Completed', reason: null, completed: { files: files.length }, failed: { files: 0 } })
    const there = await readAllOss(oss.client(bucket))
    for (const name of files) expect(String(there.get(name)?.bytes)).toBe(name)
    expect(accountsFor(listsOf(there, bucket, 1), files)).toBe(true)
    expect(leftOvers(there)).toEqual([])
  })

  it('a server that shows another host key: the job stops and says both, and goes on once tranship.yaml names the new one', async () => {
    const job = 'by-ssh'
    await oss.setFault({ id: 'pace', bucket: job, operation: 'PutObject', keyPrefix: 'file-', do: { kind: 'latency', ms: 100 } })
    await tranship.jobs.create(optionsOf({ job, source: 'server', destination: job }))
    await awaitUntil(async () => (await oss.hits('pace')) > 300)
    const named = sshd.hostKey
    await sshd.changeHostKey()
    const blocked = await follow(job, ({ phase }) => phase === 'blocked')
    expect(blocked).toMatchObject({ status: 'Migrating', failed: { files: 0 }, reason: { code: 'SourceAddrHostKeyInvalid' } })
    expect(blocked.reason?.message).toContain(`showed the host key ${sshd.hostKey}`)
    expect(blocked.reason?.message).toContain(`the address names ${named}`)

    await oss.removeFault('pace')
    const text = await readFile(tranship.configPath, 'utf8')
    await writeFile(tranship.configPath, text.replace(named, sshd.hostKey))
    await awaitUntil(async () => (await tranship.jobs.start(job)).view.phase !== 'blocked')
    expect(await tranship.jobs.follow(job, { everyMs: 100 })).toMatchObject({ status: 'Completed', completed: { files: files.length }, failed: { files: 0 } })
  })
})
