/** What a person is told of an address that does not work, for each vendor, provoked at a server. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkDestination, checkSource } from '../../activities/check/check-address.ts'
import { addressCodes } from '../../model/codes.ts'
import { createAddressBook } from '../../worker/config.ts'
import { ConfigError } from '../../worker/config/error.ts'
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import type { AccessKey } from '../servers/stores/options.ts'
import { startServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startVersitygw } from '../support/versitygw.ts'
import { provoke, type Provoked } from './address-codes/provoke.ts'
import { told, toldOfFile, type Told } from './address-codes/table.ts'

interface Login {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly id: string
  readonly secret: string
  readonly prefix?: string
}
interface Started extends Pick<Login, 'endpoint' | 'region'> {
  stop(): Promise<void>
}
interface Vendor {
  readonly start: () => Promise<Started>
  readonly bucket: string
  readonly address: (login: Login) => ResolvedAddress
}

const id = 'test-access'
const secret = 'test-secret'
const keys: AccessKey[] = [
  { accessKeyId: id, accessKeySecret: secret },
  { accessKeyId: 'no-rights', accessKeySecret: secret, rights: 'none' },
]

const standIn = (vendor: Parameters<typeof startServer>[0], bucket: string) => async (): Promise<Started> => {
  const buckets = [
    { name: bucket }, { name: `elsewhere-${bucket}`, region: 'another-1' }, { name: `cold-${bucket}`, storageClass: 'Archive' }, { name: `full-${bucket}` },
  ]
  const server = await startServer(vendor, { buckets, keys })
  server.faults.add({ bucket: `full-${bucket}`, operation: 'PutObject', do: { kind: 'error', code: 'QuotaExceeded', status: 403 } })
  return { endpoint: server.endpoint, region: server.region, stop: () => server.close() }
}

async function amazon(): Promise<Started> {
  const server = await startVersitygw({ accessKey: id, secretKey: secret })
  await server.makeBucket('photos')
  return server
}

const family = {
  oss: { start: standIn('oss', 'photos'), bucket: 'photos', address: ({ id: accessKeyId, secret: accessKeySecret, ...rest }) => ({ vendor: 'oss', ...rest, accessKeyId, accessKeySecret }) },
  s3: { start: amazon, bucket: 'photos', address: ({ id: accessKeyId, secret: secretAccessKey, ...rest }) => ({ vendor: 's3', ...rest, accessKeyId, secretAccessKey }) },
  cos: { start: standIn('cos', 'photos-1250000000'), bucket: 'photos-1250000000', address: ({ id: secretId, secret: secretKey, ...rest }) => ({ vendor: 'cos', ...rest, secretId, secretKey }) },
  bos: { start: standIn('bos', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'bos', ...rest, accessKey, secretKey }) },
  kodo: { start: standIn('kodo', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'kodo', ...rest, accessKey, secretKey }) },
  ks3: { start: standIn('ks3', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'ks3', ...rest, accessKey, secretKey }) },
} satisfies Readonly<Record<string, Vendor>>

type Change = (usual: Login) => Partial<Login>

const changes: Readonly<Record<string, Change>> = {
  'nothing wrong': () => ({}),
  'a wrong key id': () => ({ id: 'nobody' }),
  'a wrong secret': () => ({ secret: 'not-it' }),
  'a wrong region': () => ({ region: 'nowhere-1' }),
  'a bucket of another region': ({ bucket }) => ({ bucket: `elsewhere-${bucket}` }),
  'no such bucket': ({ bucket }) => ({ bucket: `missing-${bucket}` }),
  'no rights': () => ({ id: 'no-rights' }),
  'an archive bucket': ({ bucket }) => ({ bucket: `cold-${bucket}` }),
  'no room or quota left': ({ bucket }) => ({ bucket: `full-${bucket}` }),
  'a prefix that no name can begin with': () => ({ prefix: '\\\t/../' }),
  'an endpoint that refuses connections': () => ({ endpoint: 'http://localhost:9' }),
}

async function codesOf(address: ResolvedAddress | (() => Storage), roles: number): Promise<Told[]> {
  const codes: Told[] = []
  for (const check of [checkSource, checkDestination].slice(0, roles)) {
    const storage = typeof address === 'function' ? address() : await openStorage(address)
    const { fault } = await check(storage, {})
    await storage.close()
    codes.push((fault?.code as Told | undefined) ?? 'fine')
  }
  return codes
}

describe.each(Object.entries(family))('%s', (name, { start, bucket, address }) => {
  let server: Started
  beforeAll(async () => void (server = await start()))
  afterAll(async () => await server?.stop())

  it.each(Object.entries(told[name as keyof typeof family]))('%s', async (what, codes) => {
    const usual = { endpoint: server.endpoint, region: server.region, bucket, id, secret }
    expect(await codesOf(address({ ...usual, ...changes[what]?.(usual) }), codes.length)).toEqual(codes)
  })

  it('is brought to every condition that is said of it', () => {
    expect(Object.keys(changes)).toEqual(expect.arrayContaining(Object.keys(told[name as keyof typeof family])))
  })
})

describe.each(Object.entries(provoke))('%s', (name, start) => {
  let provoked: Provoked
  beforeAll(async () => void (provoked = await start()))
  afterAll(async () => await provoked?.stop())
  const conditions = told[name as keyof typeof provoke]

  it.for(Object.entries(conditions))('%s', async ([what, codes], { skip }) => {
    if (provoked.missing?.[what]) skip(provoked.missing[what])
    const address = provoked.addresses[what]
    if (address === undefined) throw new Error(`Nothing brings ${name} to "${what}".`)
    const during = provoked.during?.[what] ?? ((work) => work())
    expect(await during(() => codesOf(address, codes.length))).toEqual(codes)
  })

  it('has no condition of which nothing is said', () => expect(Object.keys(provoked.addresses).toSorted()).toEqual(Object.keys(conditions).toSorted()))
})

describe('tranship.yaml', () => {
  const fields = { vendor: 'oss', region: 'cn-hangzhou', endpoint: 'https://oss-cn-hangzhou.aliyuncs.com', bucket: 'photos', accessKeyId: 'me', accessKeySecret: 'mine' }
  const { bucket: _, ...incomplete } = fields
  const entries: Readonly<Record<string, unknown>> = {
    'no address of this name': undefined,
    'a field is missing': incomplete,
    'its variable is not set': { ...fields, accessKeySecret: '${SURELY_NOT_SET}' },
    'a prefix that begins with "/" or does not end in it': { ...fields, prefix: '/photos' },
    'a path that is not absolute': { vendor: 'nas', path: 'photos' },
    'an endpoint that is no URL': { ...fields, endpoint: 'nowhere' },
  }
  it.each(Object.entries(toldOfFile))('%s', (what, codes) => {
    const path = join(temporaryFolder('config'), 'tranship.yaml')
    writeFileSync(path, stringify({ addresses: { other: fields, ...(entries[what] !== undefined && { photos: entries[what] }) } }), { mode: 0o600 })
    const book = createAddressBook({ path, env: {} })
    expect((['source', 'destination'] as const).map((role) => codeOfThrown(() => book.resolve('photos', role)))).toEqual(codes)
  })
})

function codeOfThrown(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    if (error instanceof ConfigError) return error.fault.code
    throw error
  }
}

describe('codes of addresses', () => {
  it('are all told by a row, but for those that come up in the middle of a job', () => {
    const rows = [...Object.values(told), toldOfFile].flatMap((conditions) => Object.values(conditions).flat())
    expect([...new Set(rows.filter((code) => code !== 'fine'))].toSorted()).toEqual(addressCodes.filter((code) => !/^(Source|Dest)Throttled$/.test(code)).toSorted())
  })
})
