/** Uploads as blocks, tiers, tags and the ways to name an account, at Microsoft's emulator. */
import { ContainerSASPermissions, generateBlobSASQueryParameters, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAzblob } from '../../../storage/drivers/azblob/driver.ts'
import type { Archive, Multipart, Storage, Tagging } from '../../../storage/storage.ts'
import { expectFailure, keysOf, noMetadata, put, readText } from '../../conformance/tools.ts'
import { startAzurite, type Azurite } from '../../support/azurite.ts'

let server: Azurite
let sdk: ContainerClient
let storage: Storage & { readonly multipart: Multipart; readonly archive: Archive; readonly tagging: Tagging }

beforeAll(async () => {
  server = await startAzurite()
  sdk = await server.makeContainer('uploads')
  const { endpoint, account, accountKey } = server
  const { multipart, archive, tagging, ...rest } = openAzblob({ vendor: 'azblob', endpoint, account, accountKey, container: 'uploads' })
  if (!multipart || !archive || !tagging) throw new Error('a group is missing')
  storage = { ...rest, multipart, archive, tagging }
})
afterAll(async () => {
  await storage.close()
  await server.stop()
})

const begin = (key: string, user: Record<string, string> = {}) => storage.multipart.create(key, { metadata: { user }, size: 6, partBytes: 3 })
const text = (words: string) => [Buffer.from(words)]

describe('an upload of blocks', () => {
  it('does not mix with another of the same key, and ends it when it is completed', async () => {
    const { multipart } = storage
    const [one, other] = [await begin('twice', { by: 'one' }), await begin('twice', { by: 'other' })]
    const parts = [await multipart.putPart(one, 1, text('one')), await multipart.putPart(one, 2, text('two'))]
    const others = [await multipart.putPart(other, 1, text('ONE')), await multipart.putPart(other, 2, text('TWO'))]
    expect((await multipart.listUploads('twice')).map(({ uploadId }) => uploadId).toSorted()).toEqual([one.uploadId, other.uploadId].toSorted())
    await multipart.complete(one, parts, {})
    expect(await readText(storage, 'twice')).toBe('onetwo')
    await expectFailure(multipart.complete(other, others, {}), 'no-upload')
    expect((await storage.head('twice')).metadata.user).toEqual({ by: 'one' })
  })

  it('completed with ifAbsent is there, and completed again after a lost answer it is ours', async () => {
    const { multipart } = storage
    const upload = await begin('lost')
    const parts = [await multipart.putPart(upload, 1, text('abc')), await multipart.putPart(upload, 2, text('def'))]
    const first = await multipart.complete(upload, parts, { ifAbsent: true })
    expect(await multipart.complete(upload, parts, { ifAbsent: true })).toEqual(first)
    expect(first.etag).toBe((await storage.head('lost')).etag)
    await put(storage, 'lost', 'somebody else')
    await expectFailure(multipart.complete(upload, parts, { ifAbsent: true }), 'precondition')
    await expectFailure(multipart.complete(upload, parts, {}), 'no-upload')
    expect(await readText(storage, 'lost')).toBe('somebody else')
  })

  it('is completed from what the ledger kept of it, and not from what a listing tells', async () => {
    const { multipart } = storage
    const upload = JSON.parse(JSON.stringify(await multipart.create('kept', { metadata: { contentType: 'text/css', user: { 'a-b': 'é' } }, size: 3, partBytes: 3, storageClass: 'Cool', tags: { team: 'web' } }))) as Awaited<ReturnType<typeof begin>>
    const part = await multipart.putPart(upload, 1, text('abc'))
    const [listed] = await multipart.listUploads('kept')
    if (listed) await expectFailure(multipart.complete(listed, [part], {}), 'invalid')
    await multipart.complete(upload, [part], { hashes: { md5: '900150983cd24fb0d6963f7d28e17f72' } })
    expect(await storage.head('kept')).toMatchObject({
      storageClass: 'Cool',
      hashes: { md5: '900150983cd24fb0d6963f7d28e17f72' },
      metadata: { contentType: 'text/css', user: { 'a-b': 'é' } },
    })
    expect(await storage.tagging.getTags('kept')).toEqual({ team: 'web' })
  })

  it('that an earlier version of ours began is told to be gone, so that it is begun anew', async () => {
    const upload = await begin('earlier')
    const part = await storage.multipart.putPart(upload, 1, text('abc'))
    const carried = JSON.stringify({ blobHTTPHeaders: { blobContentType: 'text/css' }, metadata: { by: 'them' } })
    await expectFailure(storage.multipart.complete({ ...upload, carried }, [part], {}), 'no-upload')
  })

  it('states no hash of its own: what Azure then says of the whole is what was said to it', async () => {
    const { multipart } = storage
    const upload = await begin('claimed')
    const part = await multipart.putPart(upload, 1, text('abc'), { hashes: { md5: '900150983cd24fb0d6963f7d28e17f72' } })
    expect((await multipart.complete(upload, [part], { hashes: { md5: '00000000000000000000000000000000' } })).hashes).toEqual({})
  })

  it('refuses a part whose checksum differs, and one that is not there as it was sent', async () => {
    const { multipart } = storage
    const upload = await begin('wrong')
    await expectFailure(multipart.putPart(upload, 1, text('abc'), { hashes: { md5: '00000000000000000000000000000000' } }), 'checksum')
    const part = await multipart.putPart(upload, 1, text('abc'))
    await expectFailure(multipart.complete(upload, [{ ...part, size: 4 }], {}), 'invalid')
  })
})

describe('tiers', () => {
  it('go both ways, and an archived blob is found, not read, and brought back', async () => {
    await put(storage, 'cold/key', 'content', { storageClass: 'Archive' })
    expect(await storage.head('cold/key')).toMatchObject({ storageClass: 'Archive', archived: 'archived', size: 7 })
    expect((await storage.list({ prefix: 'cold/' })).entries).toMatchObject([{ storageClass: 'Archive' }])
    const reading = storage.get('cold/key', () => undefined)
    await expectFailure(reading, 'archived')
    await storage.archive.restore('cold/key', { days: 1 })
    await storage.archive.restore('cold/key', { days: 1 })
    expect(await readText(storage, 'cold/key')).toBe('content')
    expect((await storage.head('cold/key')).archived).toBeUndefined()
  })

  it('of a blob that can be read are left alone', async () => {
    await put(storage, 'cool', 'content', { storageClass: 'Cool' })
    await storage.archive.restore('cool', { days: 1 })
    expect((await storage.head('cool')).storageClass).toBe('Cool')
  })
})

describe('tags', () => {
  it('go with the blob, and those that Azure cannot hold are refused', async () => {
    await put(storage, 'tagged', 'x', { tags: { team: 'web', 'a b': 'c/d' } })
    expect(await storage.tagging.getTags('tagged')).toEqual({ team: 'web', 'a b': 'c/d' })
    await expectFailure(put(storage, 'refused', 'x', { tags: { team: 'a%b' } }), 'metadata-unsupported')
    await expectFailure(storage.head('refused'), 'not-found')
  })
})

describe('a listing', () => {
  it('leaves out the folders of a hierarchical account, which look like blobs', async () => {
    await sdk.getBlockBlobClient('tree/folder').upload('', 0, { metadata: { hdi_isfolder: 'true' } })
    await put(storage, 'tree/folder/file', 'x')
    await put(storage, 'tree/empty', '')
    expect((await keysOf(storage, { prefix: 'tree/' })).toSorted()).toEqual(['tree/empty', 'tree/folder/file'])
  })
})

describe('an account', () => {
  it('may be named by a connection string or opened by a shared access signature', async () => {
    await put(storage, 'shared', 'x')
    const { endpoint, account, accountKey, credential } = server
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`
    const sas = (permissions: string, expiresInMs: number) =>
      generateBlobSASQueryParameters({ containerName: 'uploads', permissions: ContainerSASPermissions.parse(permissions), expiresOn: new Date(Date.now() + expiresInMs) }, credential).toString()
    const given = { vendor: 'azblob', container: 'uploads' } as const
    expect(await readText(openAzblob({ ...given, connectionString }), 'shared')).toBe('x')
    expect(await readText(openAzblob({ ...given, account, endpoint, sasToken: `?${sas('rl', 60_000)}` }), 'shared')).toBe('x')
    await expectFailure(put(openAzblob({ ...given, account, endpoint, sasToken: sas('rl', 60_000) }), 'shared', 'y'), 'forbidden')
    await expectFailure(openAzblob({ ...given, account, endpoint, sasToken: sas('rl', -60_000) }).list(), 'expired')
    await expectFailure(openAzblob({ ...given, account, endpoint, sasToken: sas('rl', 60_000).replace(/sig=.../, 'sig=AAA') }).list(), 'bad-secret')
  })
})

it('nothing is left open by a create that is refused', async () => {
  await expectFailure(storage.multipart.create('no', { ...noMetadata, metadata: { user: { big: 'v'.repeat(9_000) } }, size: 1, partBytes: 1 }), 'metadata-unsupported')
  expect(await storage.multipart.listUploads('no')).toEqual([])
})
