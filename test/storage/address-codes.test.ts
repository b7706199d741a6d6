/** What a person is told of an address that does not work, for each vendor of the S3 family, provoked at a server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDestination, checkSource } from '../../activities/check/check-address.ts'
import type { Role } from '../../model/address.ts'
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'
import type { AccessKey } from '../servers/stores/options.ts'
import { startServer } from '../servers/stores/server.ts'
import { startVersitygw } from '../support/versitygw.ts'

interface Login {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly id: string
  readonly secret: string
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
  const buckets = [{ name: bucket }, { name: `elsewhere-${bucket}`, region: 'another-1' }, { name: `cold-${bucket}`, storageClass: 'Archive' }]
  const server = await startServer(vendor, { buckets, keys })
  return { endpoint: server.endpoint, region: server.region, stop: () => server.close() }
}

async function amazon(): Promise<Started> {
  const server = await startVersitygw({ accessKey: id, secretKey: secret })
  await server.makeBucket('photos')
  return server
}

const vendors: Readonly<Record<string, Vendor>> = {
  oss: { start: standIn('oss', 'photos'), bucket: 'photos', address: ({ id: accessKeyId, secret: accessKeySecret, ...rest }) => ({ vendor: 'oss', ...rest, accessKeyId, accessKeySecret }) },
  s3: { start: amazon, bucket: 'photos', address: ({ id: accessKeyId, secret: secretAccessKey, ...rest }) => ({ vendor: 's3', ...rest, accessKeyId, secretAccessKey }) },
  cos: { start: standIn('cos', 'photos-1250000000'), bucket: 'photos-1250000000', address: ({ id: secretId, secret: secretKey, ...rest }) => ({ vendor: 'cos', ...rest, secretId, secretKey }) },
  bos: { start: standIn('bos', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'bos', ...rest, accessKey, secretKey }) },
  kodo: { start: standIn('kodo', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'kodo', ...rest, accessKey, secretKey }) },
  ks3: { start: standIn('ks3', 'photos'), bucket: 'photos', address: ({ id: accessKey, secret: secretKey, ...rest }) => ({ vendor: 'ks3', ...rest, accessKey, secretKey }) },
}

type Condition = readonly [what: string, change: (usual: Login) => Partial<Login>, source: string, destination: string]

const conditions: readonly Condition[] = [
  ['nothing wrong', () => ({}), 'fine', 'fine'],
  ['a wrong key id', () => ({ id: 'nobody' }), 'SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid'],
  ['a wrong secret', () => ({ secret: 'not-it' }), 'SourceAddrSecretKeyInvalid', 'DestAddrSecretKeyInvalid'],
  ['a wrong region', () => ({ region: 'nowhere-1' }), 'SourceAddrRegionInvalid', 'DestAddrRegionInvalid'],
  ['a bucket of another region', ({ bucket }) => ({ bucket: `elsewhere-${bucket}` }), 'SourceAddrRegionInvalid', 'DestAddrRegionInvalid'],
  ['no such bucket', ({ bucket }) => ({ bucket: `missing-${bucket}` }), 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket', 'DestAddrBucketInvalid'],
  ['no rights', () => ({ id: 'no-rights' }), 'SourceAddrEndpointBucketPermissionInvalid', 'DestAddrEndpointBucketPermissionInvalid'],
  ['an archive bucket', ({ bucket }) => ({ bucket: `cold-${bucket}` }), 'UnsupportedArchiveBucket', 'UnsupportedArchiveBucket'],
  ['an endpoint that refuses connections', () => ({ endpoint: 'http://localhost:9' }), 'SourceAddrEndpointInvalid', 'DestAddrEndpointInvalid'],
]

/** Where a vendor tells it otherwise, and why; `undefined`: it cannot be provoked there. */
const otherwise: Readonly<Record<string, Readonly<Record<string, readonly [source: string, destination: string] | undefined>>>> = {
  oss: { 'no rights': ['OssAccessDenied', 'OssAccessDenied'] },
  s3: { 'a bucket of another region': undefined, 'no rights': undefined, 'an archive bucket': undefined },
  // COS signs no region: its endpoint says it. Archives are classes of objects there, never of a bucket.
  cos: { 'a wrong region': ['fine', 'fine'], 'an archive bucket': undefined },
  // Only its list of an account's buckets is known to name their class.
  // Their S3 doors say nothing of a bucket's class.
  bos: { 'an archive bucket': undefined },
  kodo: { 'an archive bucket': undefined },
  ks3: { 'an archive bucket': undefined },
}

describe.each(Object.entries(vendors))('%s', (name, { start, bucket, address }) => {
  let server: Started
  beforeAll(async () => void (server = await start()))
  afterAll(async () => await server?.stop())

  const codeOf = async (change: Condition[1], role: Role): Promise<string> => {
    const usual = { endpoint: server.endpoint, region: server.region, bucket, id, secret }
    const storage = await openStorage(address({ ...usual, ...change(usual) }))
    const { fault } = await (role === 'source' ? checkSource : checkDestination)(storage, {})
    await storage.close()
    return fault?.code ?? 'fine'
  }

  for (const [what, change, ...usual] of conditions) {
    const told = otherwise[name] && what in otherwise[name] ? otherwise[name][what] : usual
    it.skipIf(told === undefined)(what, async () => {
      expect([await codeOf(change, 'source'), await codeOf(change, 'destination')]).toEqual(told)
    })
  }
})
