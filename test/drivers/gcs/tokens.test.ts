import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openGcs } from '../../../storage/drivers/gcs/driver.ts'
import type { StorageError } from '../../../storage/error.ts'
import type { Storage } from '../../../storage/storage.ts'
import { put, readText } from '../../conformance/tools.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { startGoogle, type Google } from './google.ts'

const folder = temporaryFolder('gcs-keys')
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const failureOf = (storage: Storage): Promise<StorageError> => storage.list().then(() => { throw new Error('nothing failed') }, (error: StorageError) => error)

describe('a key file', () => {
  const badFormat = { source: 'SourceBadPrivateKeyFileFormat', destination: 'DestBadPrivateKeyFileFormat' }

  it.each([
    ['that is no JSON', 'secret-of-mine'],
    ['that is no object', '"secret-of-mine"'],
    ['of another kind', '{"type":"authorized_user","refresh_token":"secret-of-mine"}'],
    ['without a key', '{"type":"service_account","client_email":"a@b"}'],
    ['whose key is none', '{"type":"service_account","client_email":"a@b","private_key":"secret-of-mine"}'],
  ])('%s is named as malformed, and not quoted', async (_, text) => {
    const storage = openGcs({ vendor: 'gcs', bucket: 'lake', keyFile: file('bad.json', text) })
    const error = await failureOf(storage)
    expect(error).toMatchObject({ name: 'StorageError', kind: 'bad-access-key', addressCodes: badFormat })
    expect(error.message).toMatch(/^The key file \/.*bad\.json .*: download the JSON key of a service account anew\.$/)
    expect(inspect(error, { depth: 10 })).not.toContain('secret-of-mine')
    await storage.close()
  })

  it('that is missing is named in a sentence', async () => {
    const storage = openGcs({ vendor: 'gcs', bucket: 'lake', keyFile: join(folder, 'none.json') })
    expect(await failureOf(storage)).toMatchObject({ kind: 'bad-access-key', message: expect.stringMatching(/none\.json cannot be read: there is none on this machine\.$/) })
    await storage.close()
  })
})

describe('tokens of Google', () => {
  let google: Google
  let storage: Storage | undefined
  beforeEach(async () => void (google = await startGoogle('lake')))
  afterEach(async () => {
    vi.unstubAllEnvs()
    await storage?.close()
    await google.close()
  })
  const open = (extra: { keyFile?: string } = {}) => (storage = openGcs({ vendor: 'gcs', bucket: 'lake', proxy: google.proxy, caFile: google.caFile, ...extra }))
  const withKey = () => open({ keyFile: file('key.json', google.keyFile) })

  it('are fetched once for many calls, through the proxy and with its authority', async () => {
    const opened = withKey()
    await Promise.all(['a', 'b', 'c'].map((key) => put(opened, key)))
    expect(await readText(opened, 'b')).toBe('b')
    expect(google.tokensGiven).toBe(1)
    expect(new Set(google.hosts)).toEqual(new Set(['oauth2.googleapis.com:443', 'storage.googleapis.com:443']))
  })

  it('are fetched anew when they expire', async () => {
    const opened = withKey()
    google.tokenSeconds = 1
    await put(opened, 'key')
    google.tokenSeconds = 3600
    await put(opened, 'key')
    await put(opened, 'key')
    expect(google.tokensGiven).toBe(2)
  })

  it('are had with application default credentials too', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file('default.json', google.keyFile))
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none')
    await put(open(), 'key')
    expect(google.tokensGiven).toBe(1)
  })

  it('cannot be had without credentials', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '')
    vi.stubEnv('HOME', folder)
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none')
    expect(await failureOf(open())).toMatchObject({ kind: 'bad-access-key', message: expect.stringContaining('give a keyFile') })
  })

  it('are refused to a key that was revoked, which is said without it', async () => {
    google.revoked = true
    const error = await failureOf(withKey())
    expect(error).toMatchObject({ kind: 'bad-secret', code: 'invalid_grant', message: 'Invalid JWT Signature.' })
    expect(error.addressCodes?.source).toBe('SourceKeyFileBucketNotMatchedOrPermission')
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/assertion|PRIVATE KEY|eyJ/)
  })

  it('are asked for again after a failure', async () => {
    const opened = withKey()
    google.revoked = true
    await failureOf(opened)
    google.revoked = false
    await put(opened, 'key')
  })

  it('are had once a key file that was missing is there', async () => {
    const opened = open({ keyFile: join(folder, 'later.json') })
    expect((await failureOf(opened)).message).toContain('there is none')
    file('later.json', google.keyFile)
    await put(opened, 'key')
  })

  it('that the store refuses fail without being shown', async () => {
    const opened = withKey()
    await put(opened, 'key')
    google.revoked = true
    Object.assign(google, { tokensGiven: 7 })
    const error = await failureOf(opened)
    expect(error).toMatchObject({ kind: 'bad-secret', code: 'authError' })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('test-token')
  })

  it('hold nobody who was stopped', async () => {
    const signal = AbortSignal.abort()
    await expect(withKey().list({ signal })).rejects.toMatchObject({ kind: 'aborted' })
  })
})
