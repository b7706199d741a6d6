/** Microsoft's SDK signs the same requests: each of its calls is caught before it leaves, and signed again by us. */
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential, type BlockBlobClient, type ContainerClient, type WebResource } from '@azure/storage-blob'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedKey, type Unsigned } from '../../../storage/drivers/azblob/shared-key.ts'
import { serviceVersion } from '../../../storage/drivers/azblob/wire.ts'

const accountKey = Buffer.alloc(64, 7).toString('base64')
const sign = sharedKey('account', accountKey)

class Caught extends Error {}

/** The request of a call, as it would have been sent. */
async function caught(call: (container: ContainerClient) => Promise<unknown>): Promise<WebResource> {
  let request: WebResource | undefined
  const httpClient = {
    sendRequest: (resource: WebResource) => {
      request = resource
      return Promise.reject(new Caught())
    },
  }
  const pipeline = newPipeline(new StorageSharedKeyCredential('account', accountKey), { httpClient, retryOptions: { maxTries: 1 } })
  await call(new BlobServiceClient('https://account.blob.core.windows.net', pipeline).getContainerClient('box')).catch((error: unknown) => {
    if (request === undefined) throw error
  })
  if (request === undefined) throw new Error('The SDK sent nothing.')
  return request
}

function toUnsigned({ method, url, headers }: WebResource): Unsigned {
  const { pathname, search } = new URL(url)
  const pairs = search.slice(1).split('&').filter(Boolean).map((pair) => pair.split('=').map(decodeURIComponent))
  return { method, path: pathname, query: Object.fromEntries(pairs), headers: Object.fromEntries(headers.headersArray().map(({ name, value }) => [name.toLowerCase(), value])) }
}

async function expectSame(call: (container: ContainerClient) => Promise<unknown>): Promise<void> {
  const request = await caught(call)
  expect(sign(toUnsigned(request))).toBe(request.headers.get('authorization'))
  expect(request.headers.get('x-ms-version')).toBe(serviceVersion)
}

const odd = fc.constantFrom(' ', '%', '+', '~', '%2F', '&', '=', '?', '#', "'", '(', '*', '"', '<', ';', ':', '@', '.x', 'ü', '日本', '\u{1f600}', '/', '//', 'A', 'z')
const names = fc.oneof(
  fc.array(odd, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.constantFrom('.leading', 'x'.repeat(1_024), '日'.repeat(300)),
).map((name) => `b${name.replaceAll('\\', '')}`)
const identifiers = fc.string({ unit: fc.constantFrom('_', 'a', 'b', 'x', '0', '1', '9'), minLength: 1, maxLength: 6 }).map((name) => name.replace(/^\d/, '_$&'))
const metadata = fc.dictionary(identifiers, fc.string({ unit: fc.constantFrom('a', 'B', '=', '?'), maxLength: 5 }), { maxKeys: 12 })
const conditions = fc.constantFrom({}, { ifNoneMatch: '*' }, { ifMatch: '"0x8D"' })

type Blob = BlockBlobClient
type BlobCall = (blob: Blob) => Promise<unknown>
const blobCalls: fc.Arbitrary<BlobCall> = fc.oneof(
  fc.record({ metadata, conditions, tier: fc.constantFrom('Hot', undefined), body: fc.constantFrom('', 'some bytes'), tags: fc.constantFrom(undefined, { 'a b': 'c/d' }), md5: fc.boolean() }).map(
    ({ body, md5, tags, tier, ...options }) => (blob: Blob) =>
      blob.upload(body, body.length, {
        ...options,
        blobHTTPHeaders: { blobContentType: 'text/css', blobContentLanguage: 'de' },
        ...(tags && { tags }),
        ...(tier && { tier }),
        ...(md5 && { transactionalContentMD5: Buffer.alloc(16, 1) }),
      }),
  ),
  fc.record({ metadata, conditions }).map((options) => (blob: Blob) => blob.commitBlockList(['aWQ=', '++//'], options)),
  fc.constant((blob: Blob) => blob.stageBlock('+/8=', 'some bytes', 10)),
  fc.constant((blob: Blob) => blob.getBlockList('all')),
  fc.constant((blob: Blob) => blob.getProperties()),
  fc.constant((blob: Blob) => blob.getTags()),
  fc.constant((blob: Blob) => blob.delete()),
  fc.constant((blob: Blob) => blob.setAccessTier('Hot', { rehydratePriority: 'Standard' })),
  fc.record({ metadata, conditions }).map(({ metadata: given, ...options }) => (blob: Blob) => blob.setMetadata(given, options)),
  fc.record({ conditions }).map((options) => (blob: Blob) => blob.download(3, 9, options)),
  fc.record({ metadata, conditions }).map((options) => (blob: Blob) =>
    blob.syncUploadFromURL('https://other.blob.core.windows.net/a%20b?sig=x%3D', { ...options, copySourceBlobProperties: false, sourceConditions: { ifMatch: '"0x1"' } })),
)

describe('a signature', () => {
  it('is the one that the SDK makes, whatever the call and the name', async () => {
    await fc.assert(fc.asyncProperty(names, blobCalls, (name, call) => expectSame((container) => call(container.getBlockBlobClient(name)))))
  })

  it('is the one that the SDK makes for a listing, whatever its prefix and its marker', async () => {
    const listing = (prefix: string, marker: string) => (container: ContainerClient) =>
      container.listBlobsFlat({ prefix, includeMetadata: true }).byPage({ continuationToken: marker, maxPageSize: 7 }).next()
    await fc.assert(fc.asyncProperty(names, names, (prefix, marker) => expectSame(listing(prefix, marker))))
  })

  it('counts an underscore less than a digit, as the service does', async () => {
    await expectSame((container) => container.getBlockBlobClient('b').upload('', 0, { metadata: { a_b: '1', a1b: '2', ab: '3', a__b: '4', a: '5', _a: '6', aB: '7' } }))
  })
})
