/** Short-lived credentials of a `credential_process` profile, against a store that refuses them once they have expired. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { s3DialectFor } from '../../../storage/drivers/s3/dialects/s3.ts'
import { openS3Family } from '../../../storage/drivers/s3/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { expectFailure, put, readText } from '../../conformance/tools.ts'
import type { AccessKey } from '../../servers/stores/options.ts'
import { startCosServer, type StoreServer } from '../../servers/stores/server.ts'
import { temporaryFolder } from '../../support/processes.ts'

const bucket = 'expiring-1250000000'
const minuteMs = 60_000

const key = (n: number, expiresAtMs: number): AccessKey => ({
  accessKeyId: `id-${n}`,
  accessKeySecret: `secret-${n}`,
  securityToken: `token-${n}`,
  expiresAtMs,
})

let server: StoreServer
let folder: string
let clockOffsetMs = 0
let storage: Storage

/** What the process will print, and until when it says that they are good. */
function give({ accessKeyId, accessKeySecret, securityToken }: AccessKey, goodForMs: number): void {
  const Expiration = new Date(Date.now() + goodForMs).toISOString()
  const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: accessKeySecret, SessionToken: securityToken, Expiration }
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify(printed))
}

const runs = (): number => {
  const file = join(folder, 'credentials.json.runs')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0
}

beforeEach(async () => {
  folder = temporaryFolder('credentials')
  const command = [process.execPath, join(import.meta.dirname, 'credential-process.mjs'), join(folder, 'credentials.json')]
  writeFileSync(join(folder, 'config'), `[profile short]\ncredential_process = ${command.join(' ')}\n`)
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_PROFILE', 'short')
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
  clockOffsetMs = 0
  server = await startCosServer({ buckets: [{ name: bucket }], keys: [] })
  const address = { vendor: 's3', preset: 'b2', endpoint: server.endpoint, region: server.region, bucket } as const
  storage = openS3Family(address, s3DialectFor(address), { now: () => Date.now() + clockOffsetMs })
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await storage.close()
  await server.close()
})

describe('credentials of a process', () => {
  it('that the store calls expired are fetched anew, once for all calls, and nobody notices', async () => {
    const [old, fresh] = [key(1, Date.now() + 60 * minuteMs), key(2, Date.now() + 60 * minuteMs)]
    server.setKeys([old])
    give(old, 60 * minuteMs)
    await put(storage, 'before')
    expect(runs()).toBe(1)

    server.setKeys([key(1, Date.now() - 1), fresh])
    give(fresh, 60 * minuteMs)
    await Promise.all(Array.from({ length: 8 }, (_, n) => put(storage, `after-${n}`)))
    expect(await readText(storage, 'after-7')).toBe('after-7')
    expect(runs()).toBe(2)
  })

  it('are fetched anew for a HEAD too, whose refusal has no words', async () => {
    const [old, fresh] = [key(1, Date.now() + 60 * minuteMs), key(2, Date.now() + 60 * minuteMs)]
    server.setKeys([old])
    give(old, 60 * minuteMs)
    await put(storage, 'key')
    server.setKeys([key(1, Date.now() - 1), fresh])
    give(fresh, 60 * minuteMs)
    expect(await storage.head('key')).toMatchObject({ key: 'key', size: 3 })
  })

  it('that expire while a body is sent as it comes fail that call as retryable, and are anew for the next', async () => {
    const [old, fresh] = [key(1, Date.now() + 60 * minuteMs), key(2, Date.now() + 60 * minuteMs)]
    server.setKeys([old])
    give(old, 60 * minuteMs)
    const { multipart } = storage
    if (multipart?.putLongPart === undefined) throw new Error('no long parts')
    const { putLongPart } = multipart
    const bytes = Buffer.alloc(70_000, 7)
    const chunks = async function* () {
      yield bytes
    }
    const upload = await multipart.create('large', { metadata: { user: {} }, size: bytes.length, partBytes: 5 * 2 ** 20, long: true })
    server.setKeys([key(1, Date.now() - 1), fresh])
    give(fresh, 60 * minuteMs)
    await expect(putLongPart(upload, 1, { size: bytes.length, chunks: chunks() })).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
    expect(await putLongPart(upload, 1, { size: bytes.length, chunks: chunks() })).toMatchObject({ number: 1, size: bytes.length })
  })

  it('are fetched before they expire, without a refusal', async () => {
    const [old, fresh] = [key(1, Date.now() + 60 * minuteMs), key(2, Date.now() + 60 * minuteMs)]
    server.setKeys([old, fresh])
    give(old, minuteMs)
    await put(storage, 'before')
    give(fresh, minuteMs)
    clockOffsetMs = 50_000
    server.setKeys([fresh])
    await put(storage, 'after')
    expect(runs()).toBe(2)
    expect(server.counters.counts().statuses).toEqual({ 200: 2 })
  })

  it('fail as expired where the process has no others, after one more look', async () => {
    const old = key(1, Date.now() - 1)
    server.setKeys([old])
    give(old, 60 * minuteMs)
    await expectFailure(put(storage, 'key'), 'expired')
    expect(runs()).toBe(2)
  })
})
