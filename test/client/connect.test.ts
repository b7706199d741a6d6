import { createServer, type Server } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseServer, isThisMachine, type ChooseOptions } from '../../client/choose-server.ts'
import { connectTo } from '../../client/connect.ts'
import { TranshipError } from '../../client/errors.ts'
import { freePort, temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'

const settings = join(temporaryFolder('connect'), 'temporal.toml')
const noted = () => Promise.resolve({ address: 'noted:7233', namespace: 'of-the-folder' })
const choose = (options: Partial<ChooseOptions>) =>
  chooseServer({ env: { TEMPORAL_CONFIG_FILE: settings }, noted: () => Promise.resolve(undefined), ...options })
const refusal = async (act: () => Promise<unknown>): Promise<TranshipError> => {
  const error = await act().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof TranshipError) return error
  throw new Error(`not refused: ${String(error)}`)
}

describe('which Temporal', () => {
  beforeAll(() => writeFileSync(settings, '[profile.team]\naddress = "team:7233"\nnamespace = "ours"\n'))

  it('is what the flags name, before all else', async () => {
    const env = { TEMPORAL_CONFIG_FILE: settings, TEMPORAL_ADDRESS: 'env:7233', TEMPORAL_NAMESPACE: 'env' }
    expect(await choose({ address: 'flag:7233', env, noted })).toEqual({
      origin: 'flags',
      namespace: 'env',
      connection: { address: 'flag:7233' },
    })
    expect(await choose({ address: 'flag:7233', namespace: 'flag', env, noted })).toMatchObject({ namespace: 'flag' })
  })

  it('is what TEMPORAL_* or a profile names', async () => {
    expect(await choose({ env: { TEMPORAL_CONFIG_FILE: settings, TEMPORAL_ADDRESS: 'env:7233' }, noted })).toMatchObject({
      origin: 'environment',
      namespace: 'default',
      connection: { address: 'env:7233' },
    })
    expect(await choose({ profile: 'team', noted })).toMatchObject({
      origin: 'environment',
      namespace: 'ours',
      connection: { address: 'team:7233' },
    })
    expect(
      await choose({ env: { TEMPORAL_CONFIG_FILE: settings, TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'key' } }),
    ).toMatchObject({ connection: { tls: true, apiKey: 'key' } })
  })

  it('is the live server of the folder', async () => {
    expect(await choose({ noted })).toEqual({
      origin: 'folder',
      namespace: 'of-the-folder',
      connection: { address: 'noted:7233' },
    })
  })

  it('refuses a profile that is not there, with a sentence', async () => {
    expect(await refusal(() => choose({ profile: 'none' }))).toMatchObject({
      code: 'InvalidParameters',
      message: expect.stringContaining('none'),
    })
  })

  it('tells servers of this machine from others', () => {
    expect(['localhost:7233', '127.0.0.1:7233', '[::1]:7233'].map(isThisMachine)).toEqual([true, true, true])
    expect(isThisMachine('temporal.example.com:7233')).toBe(false)
  })
})

describe('connecting', () => {
  let silent: Server
  let port: number
  beforeAll(async () => {
    port = await freePort('127.0.0.1')
    silent = createServer(() => undefined).listen(port, '127.0.0.1')
  })
  afterAll(() => silent.close())
  const connect = (address: string, namespace = 'default') => connectTo({ origin: 'flags', namespace, connection: { address } })

  it('works where a server answers', async () => {
    const { connection, client } = await connect(temporalAddress())
    expect(client.options.namespace).toBe('default')
    await connection.close()
  })

  it('is refused as NoServer where nothing listens, where nothing answers, and where the namespace is missing', async () => {
    expect(await refusal(() => connect(`127.0.0.1:1`))).toMatchObject({
      code: 'NoServer',
      message: expect.stringContaining('nothing listens'),
    })
    expect(await refusal(() => connect(`127.0.0.1:${port}`))).toMatchObject({ code: 'NoServer' })
    expect(await refusal(() => connect(temporalAddress(), 'missing'))).toMatchObject({
      code: 'NoServer',
      message: expect.stringContaining('no namespace "missing"'),
    })
  })
})
