import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOssServer } from '../servers/stores/server.ts'
import type { StoreServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'
import { startVersitygw } from '../support/versitygw.ts'
import type { Versitygw } from '../support/versitygw.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

const program = fileURLToPath(new URL('../../bin/tranship.js', import.meta.url))
const folder = temporaryFolder('bad-input')
const readOnly = { accessKeyId: 'reads-only', accessKeySecret: 'reads-only-secret' }
let s3: Versitygw
let oss: StoreServer
let tranship: Tranship

beforeAll(async () => {
  await mkdir(join(folder, 'share/below'), { recursive: true })
  await writeFile(join(folder, 'share/a.txt'), 'a')
  s3 = await startVersitygw({ accessKey: 's3-key', secretKey: 's3-secret' })
  await s3.makeBucket('photos')
  oss = await startOssServer({ buckets: [{ name: 'archive' }, { name: 'cold', storageClass: 'Archive' }], keys: [ossKey, { ...readOnly, rights: 'read' }] })
  const s3Address = { vendor: 's3', endpoint: s3.endpoint, region: s3.region, bucket: 'photos', accessKeyId: 's3-key', secretAccessKey: 's3-secret' }
  tranship = await startTranship({
    share: { vendor: 'nas', path: join(folder, 'share') },
    'as-a-share': { vendor: 'nas', path: folder, mountPoint: 'nas-1', folder: 'share/below/' },
    'no-share': { vendor: 'nas', path: join(folder, 'nowhere') },
    'no-folder': { vendor: 'nas', path: join(folder, 'share'), folder: 'missing/' },
    photos: s3Address,
    'same-photos': { ...s3Address, endpoint: s3.endpoint.replace('127.0.0.1', 'localhost'), pathStyle: true },
    'wrong-secret': { ...s3Address, secretAccessKey: 'not-it' },
    'wrong-key': { ...s3Address, accessKeyId: 'nobody' },
    'wrong-region': { ...s3Address, region: 'eu-west-9' },
    'no-bucket': { ...s3Address, bucket: 'missing' },
    'no-server': { ...s3Address, endpoint: 'http://127.0.0.1:9' },
    archive: ossAddress(oss, 'archive'),
    'oss-wrong-key': ossAddress(oss, 'archive', { accessKeyId: 'nobody' }),
    'oss-wrong-secret': ossAddress(oss, 'archive', { accessKeySecret: 'not-it' }),
    'oss-no-bucket': ossAddress(oss, 'missing'),
    'oss-cold': ossAddress(oss, 'cold'),
    'oss-read-only': ossAddress(oss, 'archive', readOnly),
    'oss-unset': ossAddress(oss, 'archive', { accessKeySecret: '${TRANSHIP_TEST_UNSET}' }),
    typo: ossAddress(oss, 'archive', { acessKeyId: 'x' }),
  })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.close()
  await s3?.stop()
})

interface Ran {
  readonly code: number
  readonly json: { readonly error?: { code: string; message: string }; readonly status?: string; readonly reason?: { code: string; message: string } }
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const full = [program, ...args, '--json', '--config', tranship.configPath]
  const options = { cwd: folder, env: { ...process.env, TEMPORAL_ADDRESS: temporalAddress(), ...env } }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, full, options, (error, stdout) => {
      try {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, json: JSON.parse(stdout) as Ran['json'] })
      } catch (cause) {
        reject(new Error(`not one JSON document: ${stdout}`, { cause }))
      }
    })
  })
}

const stored = async (): Promise<string[]> => [...(await readAllOss(ossClient(oss, 'archive'))).keys()]

describe('an address check that fails leaves a closed job Create Failed, exit code 2', () => {
  it.each([
    ['nowhere-at-all', 'archive', 'AddressNotExist', 'no address "nowhere-at-all"'],
    ['shara', 'archive', 'AddressNotExist', 'Did you mean "share"?'],
    ['share', 'typo', 'InvalidParameters', 'accessKeyId'],
    ['share', 'oss-unset', 'AddressIncomplete', 'TRANSHIP_TEST_UNSET'],
    ['no-share', 'archive', 'SourceMountNasFailed', ''],
    ['no-folder', 'archive', 'SourcePrefixIsNotDir', ''],
    ['archive', 'no-share', 'DestMountNasFailed', ''],
    ['archive', 'no-folder', 'DestPrefixIsNotDir', ''],
    ['wrong-key', 'archive', 'SourceAddrAccessKeyInvalid', ''],
    ['wrong-secret', 'archive', 'SourceAddrSecretKeyInvalid', ''],
    ['wrong-region', 'archive', 'SourceAddrRegionInvalid', ''],
    ['no-bucket', 'archive', 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket', ''],
    ['no-server', 'archive', 'SourceAddrEndpointInvalid', ''],
    ['share', 'wrong-key', 'DestAddrAccessKeyInvalid', ''],
    ['share', 'wrong-secret', 'DestAddrSecretKeyInvalid', ''],
    ['share', 'oss-wrong-key', 'DestAddrAccessKeyInvalid', ''],
    ['share', 'oss-wrong-secret', 'DestAddrSecretKeyInvalid', ''],
    ['share', 'oss-no-bucket', 'DestAddrBucketInvalid', ''],
    ['share', 'oss-read-only', 'OssAccessDenied', ''],
    ['share', 'oss-cold', 'UnsupportedArchiveBucket', ''],
    ['oss-cold', 'archive', 'UnsupportedArchiveBucket', ''],
    ['photos', 'same-photos', 'SourceDestinationShouldNotSame', ''],
    ['share', '/etc/../SHARE/below', 'SourceDestinationShouldNotSame', ''],
    ['share', 'as-a-share', 'SourceDestinationShouldNotSame', ''],
  ])('%s → %s: %s', async (source, destination, code, words) => {
    const job = `bad-${source}-${destination.replace(/\W+/g, '')}`.slice(0, 60).toLowerCase()
    const before = await stored()
    const to = destination.replace('/etc/../SHARE', join(folder, 'share'))
    const { code: exit, json } = await run(['migrate', source, to, '--job', job])
    expect(json).toMatchObject({ status: 'Create Failed', reason: { code } })
    expect(exit).toBe(2)
    expect(json.reason?.message).toContain(words)
    expect(json.reason?.message.length).toBeGreaterThan(20)
    const described = await tranship.client.workflow.getHandle(`migration/${job}`).describe()
    expect(described.status.name).toBe('FAILED')
    expect(await stored()).toEqual(before)
  })
})

describe('what is refused before a job is made, exit code 2', () => {
  it.each([
    [['migrate', 'share', 'archive', '--job', 'No_Good'], 'InvalidJobName'],
    [['migrate', 'share', 'share'], 'DuplicateSourceDestination'],
    [['migrate', 'photos:a/', 'photos:a/b/'], 'SourceDestinationShouldNotSame'],
    [['migrate', 'share', 'archive', '--since', 'yesterday-ish'], 'InvalidParameters'],
    [['migrate', 'share', 'archive', '--verify', 'most'], 'InvalidParameters'],
    [['migrate', 'share', 'archive', '--max-flow', '5MB'], 'InvalidParameters'],
    [['migrate', 'share'], 'InvalidParameters'],
    [['migrat', 'share', 'archive'], 'InvalidParameters'],
    [['change', 'nightly'], 'InvalidParameters'],
    [['change', 'never-made', '--window', '5'], 'JobNotExist'],
    [['change', 'nightly', '--window', '500'], 'InvalidParameters'],
    [['flow', 'never-made'], 'JobNotExist'],
    [['status', 'never-made'], 'JobNotExist'],
    [['stop', 'never-made'], 'JobNotExist'],
  ])('%j: %s', async (args, code) => {
    const { code: exit, json } = await run(args)
    expect(json.error).toMatchObject({ code })
    expect(exit).toBe(2)
  })

  it('a name in use: JobAlreadyExist, open or with lists at the destination', async () => {
    const created = await run(['create', 'taken-name', '--from', 'share', '--to', 'archive', '--wait'])
    expect(created.code).toBe(0)
    await tranship.jobs.remove('taken-name')
    const again = await run(['create', 'taken-name', '--from', 'share', '--to', 'archive'])
    expect(again).toMatchObject({ code: 2, json: { status: 'Create Failed', reason: { code: 'JobAlreadyExist' } } })
  })

  it('no server: exit code 3', async () => {
    const { code, json } = await run(['status', 'some-job'], { TEMPORAL_ADDRESS: '127.0.0.1:9' })
    expect([code, json.error?.code]).toEqual([3, 'NoServer'])
  })
})

it('a file that cannot be copied fails alone, with a code, and the job goes on', async () => {
  await mkdir(dirname(join(folder, 'odd/x')), { recursive: true })
  await writeFile(join(folder, 'odd', '\\leading-backslash'), 'x')
  await writeFile(join(folder, 'odd', 'fine'), 'x')
  const { code, json } = await run(['migrate', join(folder, 'odd'), 'archive', '--job', 'one-fails'])
  expect(json).toMatchObject({ status: 'Failed', completed: { files: 1 }, failed: { files: 1 }, failures: [{ code: 'KeyUnsupported', files: 1 }] })
  expect(code).toBe(1)
})
