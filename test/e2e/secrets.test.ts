import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historiesOf, payloadsOf } from '../../scripts/figures/history.ts'
import { awaitUntil } from '../support/await-until.ts'
import { openTerminal, runHere } from '../cli/terminal.ts'
import type { Terminal } from '../cli/terminal.ts'
import { connectJobs, writeConfig } from '../support/jobs-client.ts'
import type { JobsClient } from '../support/jobs-client.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startOssProcess } from '../support/oss-process.ts'
import type { OssProcess } from '../support/oss-process.ts'
import { startTemporalServer } from '../support/temporal-server.ts'
import type { TemporalServer } from '../support/temporal-server.ts'
import { startVersitygw } from '../support/versitygw.ts'
import type { Versitygw } from '../support/versitygw.ts'
import { startWorkerHost } from '../support/worker-host.ts'
import type { WorkerHost } from '../support/worker-host.ts'
import { readAllOss } from './oss-bucket.ts'
import { optionsOf } from './tranship.ts'

const canary = (name: string): string => `CANARY${name}${randomBytes(12).toString('hex')}`
const secrets = { source: canary('source'), destination: canary('destination'), token: canary('token'), wrong: canary('wrong'), misplaced: canary('misplaced') }

let temporal: TemporalServer
let s3: Versitygw
let oss: OssProcess
let client: JobsClient
let host: WorkerHost
let terminal: Terminal
/** Everything that anybody could read afterwards, by where it was found. */
const seen = new Map<string, string>()
const keep = (where: string, text: string): void => void seen.set(where, (seen.get(where) ?? '') + text)
const jobs: string[] = []
const reports = temporaryFolder('reports')

beforeAll(async () => {
  ;[temporal, s3, oss] = await Promise.all([
    startTemporalServer(), startVersitygw({ accessKey: 'source-key', secretKey: secrets.source }),
    startOssProcess({ buckets: ['archive'], accessKeyId: 'oss-key', accessKeySecret: secrets.destination }),
  ])
  await oss.setKeys(keys)
  await s3.makeBucket('photos')
  await Promise.all(['plain', 'denied'].map((folder) => mkdir(join(s3.dir, 'photos', folder))))
  for (let i = 0; i < 300; i++) await writeFile(join(s3.dir, 'photos', i % 50 === 0 ? 'denied' : 'plain', `${i}.txt`), `file ${i}`)
  const configPath = await writeConfig(addresses())
  client = connectJobs(temporal.address)
  host = await startWorkerHost({ address: temporal.address, configPath, env: { OSS_SECRET: secrets.destination, NODE_OPTIONS: `--report-on-signal --report-directory=${reports}` } })
  terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address, TRANSHIP_CONFIG: configPath, OSS_SECRET: secrets.destination })
})
afterAll(async () => {
  await host?.kill()
  await client?.close()
  await Promise.all([s3?.stop(), oss?.stop(), temporal?.stop()])
})

const temporary = { accessKeyId: 'STS.key', accessKeySecret: secrets.destination, securityToken: secrets.token }
const keys = [{ accessKeyId: 'oss-key', accessKeySecret: secrets.destination }, temporary]

const addresses = () => {
  const photos = { vendor: 's3', endpoint: s3.endpoint, region: s3.region, bucket: 'photos', accessKeyId: s3.accessKeyId, secretAccessKey: secrets.source }
  return {
    photos,
    'photos-wrong': { ...photos, secretAccessKey: secrets.wrong },
    archive: oss.address('archive', { accessKeySecret: '${OSS_SECRET}' }),
    'archive-token': oss.address('archive', { ...temporary, prefix: 'token/' }),
    'archive-wrong': oss.address('archive', { accessKeySecret: secrets.wrong }),
    'archive-wrong-token': oss.address('archive', { ...temporary, securityToken: secrets.misplaced }),
    misspelt: oss.address('archive', { accesKeySecret: secrets.misplaced }),
    misshapen: oss.address('archive', { accessKeySecret: [secrets.misplaced], region: { [secrets.misplaced]: secrets.misplaced } }),
    'no-variable': oss.address('archive', { accessKeySecret: `\${NOT_THERE}${secrets.misplaced}` }),
  }
}

async function create(job: string, source: string, destination: string) {
  jobs.push(job)
  return await client.jobs.create(optionsOf({ job, source, destination }))
}

async function typed(...args: string[]): Promise<void> {
  await Promise.all([[], ['--json']].map(async (how) => {
    const { stdout, stderr } = await runHere(terminal.env as Record<string, string>, terminal.folder, ...args, ...how)
    keep(`$ tranship ${[...args, ...how].join(' ')}`, stdout + stderr)
  }))
}

async function lookAtTemporal(): Promise<void> {
  const of = client.client
  for (const job of jobs) {
    const histories = await historiesOf(of, job)
    const handle = of.workflow.getHandle(`migration/${job}`)
    keep(`history of ${job}`, JSON.stringify(histories) + [...payloadsOf(histories)].map((data) => Buffer.from(data).toString()).join('\n'))
    const description = await handle.describe()
    keep(`description of ${job}`, JSON.stringify([description.raw, description.memo]) + [...payloadsOf(description.raw)].map((data) => Buffer.from(data).toString()).join('\n'))
    keep(`client's view of ${job}`, JSON.stringify(await client.jobs.status(job)))
  }
  for await (const info of of.workflow.list()) keep(`listing of ${info.workflowId}`, JSON.stringify(info.raw))
}

async function lookAtCommands(): Promise<void> {
  for (const job of ['told', 'wrong-source', 'wrong-destination']) await typed('status', job)
  await typed('list')
  await typed('errors', 'told')
  await typed('verify', 'told')
  await typed('report', 'told', '--out', 'lists')
  for (const file of await readdir(join(terminal.folder, 'lists'))) keep(file, await readFile(join(terminal.folder, 'lists', file), 'utf8'))
  await typed('address', 'list')
  for (const name of Object.keys(addresses()).slice(1)) await typed('address', 'check', name, '--as', 'destination')
  await typed('create', 'not-made', '--from', 'photos-wrong', '--to', 'archive-wrong-token')
  await typed('create', 'told', '--from', 'photos', '--to', 'archive')
  await typed('create', 'dry', '--from', 'photos', '--to', 'misshapen', '--dry-run')
}

describe('a secret in an address', () => {
  it('is found in no history, memo, log, error, report or answer, whether it is right or wrong', { timeout: 240_000 }, async () => {
    await oss.setFault({ id: 'denied', operation: 'PutObject', keyPrefix: 'denied/', do: { kind: 'error', code: 'AccessDenied' } })
    await create('told', 'photos', 'archive')
    expect(await client.jobs.follow('told')).toMatchObject({ status: 'Failed', completed: { files: 294 }, failed: { files: 6 } })
    await create('with-token', 'photos', 'archive-token')
    expect(await client.jobs.follow('with-token')).toMatchObject({ status: 'Completed' })
    expect(await create('wrong-source', 'photos-wrong', 'archive')).toMatchObject({ status: 'Create Failed' })
    expect(await create('wrong-destination', 'photos', 'archive-wrong')).toMatchObject({ status: 'Create Failed', reason: { code: 'DestAddrSecretKeyInvalid' } })
    for (const destination of ['archive-wrong-token', 'misspelt', 'misshapen', 'no-variable']) {
      expect(await create(`to-${destination}`, 'photos', destination), destination).toMatchObject({ status: 'Create Failed' })
    }
    await blockHalfway()

    await lookAtTemporal()
    await lookAtCommands()
    for (const [key, { bytes }] of await readAllOss(oss.client('archive'))) if (/import_report/.test(key)) keep(key, String(bytes))
    keep('output of the worker host', host.output())
    keep('diagnostic report of the worker host', await diagnosticReport())
    expect([...seen.keys()].filter((where) => where.includes('error_list')).length).toBeGreaterThan(2)
    for (const [where, text] of seen) for (const [name, secret] of Object.entries(secrets)) expect(text.includes(secret), `${where} holds the secret "${name}"`).toBe(false)
  })

  it('would be noticed', () => {
    expect(seen.get('history of told')).toContain('"source":"photos"')
    expect(seen.get('description of wrong-destination')).toContain('DestAddrSecretKeyInvalid')
    expect(seen.get('$ tranship errors told')).toContain('Forbidden')
    expect(seen.get('$ tranship verify told')).toContain('294 of 294 files re-read')
    expect(seen.get('diagnostic report of the worker host')).toContain('javascriptHeap')
  })
})

/** What Node writes of a process when it is asked to, or crashes. */
async function diagnosticReport(): Promise<string> {
  process.kill(host.pid, 'SIGUSR2')
  return await awaitUntil(async () => {
    const [file] = await readdir(reports)
    const text = await readFile(join(reports, file ?? ''), 'utf8')
    return JSON.parse(text) !== null && text
  })
}

/** The key stops being right in the middle of a batch: what the store says of it becomes the job's reason. */
async function blockHalfway(): Promise<void> {
  await oss.setFault({ id: 'slow', operation: 'PutObject', keyPrefix: 'blocked/', do: { kind: 'latency', ms: 500 } })
  await create('blocked', 'photos', 'archive:blocked/')
  await awaitUntil(async () => (await oss.hits('slow')) > 20)
  await oss.setKeys([{ accessKeyId: 'oss-key', accessKeySecret: canary('rotated') }])
  await awaitUntil(async () => (await client.jobs.status('blocked')).phase === 'blocked', { timeoutMs: 60_000 })
  await lookAtTemporal()
  await typed('status', 'blocked')
  await oss.setKeys(keys)
  await client.jobs.start('blocked')
  expect(await client.jobs.follow('blocked')).toMatchObject({ status: 'Completed' })
}
