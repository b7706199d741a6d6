/** What no test server of S3 answers to, as it goes over the wire; and links of OSS. */
import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import { grantsToCanned } from '../../../storage/drivers/s3/acl.ts'
import { ossDialect } from '../../../storage/drivers/s3/dialects/oss.ts'
import { s3Dialect } from '../../../storage/drivers/s3/dialects/s3.ts'
import { openS3Family } from '../../../storage/drivers/s3/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { startOssServer } from '../../servers/stores/server.ts'
import { answer, startRawServer, type RawServer, type Respond } from './raw-server.ts'

interface Wired extends AsyncDisposable {
  readonly storage: Storage
  readonly server: RawServer
}

async function wired(respond: Respond, keys = { accessKeyId: 'AKID', secretAccessKey: 'secret' }): Promise<Wired> {
  const server = await startRawServer(respond)
  const storage = openS3Family({ vendor: 's3', region: 'us-east-1', endpoint: server.endpoint, bucket: 'bucket', ...keys }, s3Dialect)
  const end = async () => {
    await storage.close()
    await server[Symbol.asyncDispose]()
  }
  return { storage, server, [Symbol.asyncDispose]: end }
}

const says = (status: number, headers: Record<string, string>, body = ''): Respond => (socket) => socket.write(answer(status, headers, body))
const modified = { 'last-modified': 'Mon, 23 Nov 2026 15:00:00 GMT', etag: '"e"' }
const everybody = (right: string): string =>
  `<Grant><Grantee xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>${right}</Permission></Grant>`
const owner = '<Grant><Grantee xsi:type="CanonicalUser"><ID>1</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>'

describe('rights on Amazon S3', () => {
  it.each([
    ['private', owner],
    ['private', `${owner}${everybody('READ_ACP')}`],
    ['public-read', `${owner}${everybody('READ')}`],
    ['public-read-write', `${everybody('READ')}${everybody('WRITE')}`],
    ['public-read-write', everybody('FULL_CONTROL')],
    ['private', '<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI></Grantee><Permission>READ</Permission></Grant>'],
  ])('are %s by what everybody may do', (canned, grants) => {
    expect(grantsToCanned(`<AccessControlPolicy><AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`)).toBe(canned)
  })

  it('are asked for and sent as its headers; the usual one is not sent, which buckets without rights would refuse', async () => {
    await using wire = await wired(says(200, modified, `<AccessControlPolicy>${everybody('READ')}</AccessControlPolicy>`))
    const { storage, server } = wire
    expect(await storage.acl?.getAcl('key')).toBe('public-read')
    await storage.put('key', [], { metadata: { user: {} }, acl: 'public-read' })
    await storage.put('key', [], { metadata: { user: {} }, acl: 'private' })
    expect(server.requests[0]).toMatch(/^GET \/bucket\/key\?acl= /)
    expect(server.requests[1]).toMatch(/^x-amz-acl: public-read$/m)
    expect(server.requests[2]).not.toMatch(/x-amz-acl/)
  })

  it('that a bucket holds none of are metadata that it cannot hold', async () => {
    await using wire = await wired(says(400, {}, '<Error><Code>AccessControlListNotSupported</Code><Message>no</Message></Error>'))
    await expect(wire.storage.put('key', [], { metadata: { user: {} }, acl: 'public-read' })).rejects.toMatchObject({ kind: 'metadata-unsupported' })
  })
})

describe('archives on Amazon S3', () => {
  it.each([
    ['archived', { 'x-amz-storage-class': 'GLACIER' }],
    ['archived', { 'x-amz-storage-class': 'DEEP_ARCHIVE' }],
    ['restoring', { 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': 'ongoing-request="true"' }],
    [undefined, { 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"' }],
    [undefined, { 'x-amz-storage-class': 'GLACIER_IR' }],
    [undefined, {}],
  ])('are %s where HEAD says %j', async (archived, headers) => {
    await using wire = await wired(says(200, { ...modified, ...headers }))
    expect((await wire.storage.head('key')).archived).toBe(archived)
  })

  it('are restored by POST; asking again while it goes on is harmless', async () => {
    await using wire = await wired(says(409, {}, '<Error><Code>RestoreAlreadyInProgress</Code><Message>wait</Message></Error>'))
    await wire.storage.archive?.restore('key', { days: 7 })
    expect(wire.server.requests[0]).toMatch(/^POST \/bucket\/key\?restore= /)
  })

  it('that cannot be restored now fail', async () => {
    await using wire = await wired(says(403, {}, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'))
    await expect(wire.storage.archive?.restore('key', { days: 7 })).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

describe('a copy within the store', () => {
  it('fails where 200 comes with an error, or without an ETag', async () => {
    const metadata = { user: {} }
    await using refused = await wired(says(200, {}, '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>again</Message></Error>'))
    await expect(refused.storage.serverCopy?.copy({ info: refused.storage.info, key: 'a' }, 'b', { metadata })).rejects.toMatchObject({ kind: 'unavailable' })
    await using silent = await wired(says(200, {}, ''))
    await expect(silent.storage.serverCopy?.copy({ info: silent.storage.info, key: 'a' }, 'b', { metadata })).rejects.toMatchObject({ kind: 'unexpected' })
  })

  it('is one of the same caller, whose key cannot be read from what is told', async () => {
    await using mine = await wired(says(200, {}))
    await using other = await wired(says(200, {}), { accessKeyId: 'OTHER', secretAccessKey: 'secret' })
    const { serverCopy, info } = mine.storage
    expect(serverCopy?.reaches(info)).toBe(true)
    expect(serverCopy?.reaches({ ...other.storage.info, endpoint: info.endpoint })).toBe(false)
    expect(JSON.stringify(info)).not.toContain('AKID')
  })

  it('would copy a link of OSS as a link: head tells it', async () => {
    const key = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const server = await startOssServer({ buckets: [{ name: 'links' }], keys: [key] })
    const { endpoint, region } = server
    const storage = openS3Family({ vendor: 'oss', endpoint, region, bucket: 'links', ...key }, ossDialect)
    try {
      await storage.put('target', [Buffer.from('bytes')], { metadata: { user: {} } })
      const options = { endpoint, region: `oss-${region}`, bucket: 'links', ...key, sldEnable: true, authorizationV4: true }
      const sdk = new OSS(options) as OSS & { putSymlink(name: string, target: string, options: object): Promise<unknown> }
      await sdk.putSymlink('link', 'target', {})
      expect(await storage.head('link')).toMatchObject({ size: 5, isLink: true })
      expect(await storage.head('target')).not.toHaveProperty('isLink')
    } finally {
      await storage.close()
      await server.close()
    }
  })
})
