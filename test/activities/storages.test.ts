import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStorages, type Storages } from '../../activities/storages.ts'
import { createAddressBook } from '../../worker/config.ts'
import { expectFailure, put, readText } from '../conformance/tools.ts'
import type { AccessKey } from '../servers/stores/options.ts'
import { startOssServer, type StoreServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'

const first: AccessKey = { accessKeyId: 'STS.1', accessKeySecret: 'first-secret', securityToken: 'token-1' }
const second: AccessKey = { accessKeyId: 'STS.2', accessKeySecret: 'second-secret', securityToken: 'token-2' }

let server: StoreServer
let folder: string
let storages: Storages

const write = (key: AccessKey): void => {
  const { endpoint, region } = server
  writeFileSync(join(folder, 'tranship.yaml'), JSON.stringify({ addresses: { archive: { vendor: 'oss', endpoint, region, bucket: 'archive', ...key } } }))
}
const open = () => storages.open('archive', 'destination')

beforeEach(async () => {
  folder = temporaryFolder('storages')
  server = await startOssServer({ buckets: [{ name: 'archive' }], keys: [first] })
  write(first)
  storages = createStorages(createAddressBook({ folder, env: {} }))
})
afterEach(async () => {
  await storages.close()
  await server.close()
})

describe('addresses that are open', () => {
  it('are kept from batch to batch', async () => expect(await open()).toBe(await open()))

  it('are opened anew for the next batch when a temporary key in tranship.yaml was replaced', async () => {
    const before = await open()
    await put(before, 'before')
    server.setKeys([second])
    await expectFailure(put(before, 'between'), 'bad-access-key')
    await expectFailure(put(await open(), 'between'), 'bad-access-key')
    write(second)
    await put(await open(), 'after')
    expect(await readText(await open(), 'after')).toBe('after')
  })

  it('say that a temporary key has expired', async () => {
    server.setKeys([{ ...first, expiresAtMs: Date.now() - 1 }])
    await expectFailure(put(await open(), 'late'), 'expired')
  })
})
