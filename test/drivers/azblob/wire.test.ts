/** Answers that a sound server does not give, and what is sent. */
import { describe, expect, it } from 'vitest'
import { openAzblob } from '../../../storage/drivers/azblob/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { expectFailure, failureOf, noMetadata, put, read } from '../../conformance/tools.ts'
import { awaitUntil } from '../../support/await-until.ts'
import { answer, startRawServer } from '../s3/raw-server.ts'

const address = { vendor: 'azblob', account: 'acc', accountKey: Buffer.from('secret').toString('base64'), container: 'box' } as const
const timeouts = { connectMs: 2_000, headersMs: 200, completeMs: 200, bodyMs: 200 }
const blobHeaders = { etag: '"0x1"', 'last-modified': 'Mon, 23 Nov 2026 10:00:00 GMT', 'x-ms-blob-type': 'BlockBlob' }

const open = (endpoint: string, more: { readonly sasToken?: string } = {}, limits = timeouts): Storage => {
  const { accountKey, ...rest } = address
  return openAzblob({ ...rest, ...(more.sasToken === undefined ? { accountKey } : { sasToken: more.sasToken }), endpoint: `${endpoint}/acc` }, { timeouts: limits })
}

describe('a body', () => {
  it('that ends early fails as such', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(200, { ...blobHeaders, 'content-length': 10 }, 'short')))
    await expectFailure(read(open(server.endpoint), 'key'), 'premature-end')
  })

  it('that stops coming runs into the time limit, and its connection goes', async () => {
    await using server = await startRawServer((socket) => socket.write(answer(200, { ...blobHeaders, 'content-length': 10 }, 'short')))
    await expectFailure(read(open(server.endpoint), 'key'), 'timeout')
    await awaitUntil(() => server.openSockets === 0, { what: 'the connection is dropped' })
  })

  it('is left as it is encoded, and no encoding is asked for', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(200, { ...blobHeaders, 'content-encoding': 'gzip' }, 'not gzip')))
    expect((await read(open(server.endpoint), 'key')).bytes.toString()).toBe('not gzip')
    expect(server.requests[0]).not.toMatch(/accept-encoding/i)
  })

  it('of another range than was asked for is not taken', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(206, { ...blobHeaders, 'content-range': 'bytes 0-1/9' }, 'ab')))
    expect(await failureOf(read(open(server.endpoint), 'key', { range: { first: 3, last: 4 } }))).toBe('unexpected')
  })

  it('is dropped at once when the signal fires', async () => {
    await using server = await startRawServer((socket) => socket.write(answer(200, { ...blobHeaders, 'content-length': 10 }, 'short')))
    const controller = new AbortController()
    const reading = open(server.endpoint).get('key', () => controller.abort(), { signal: controller.signal })
    await expectFailure(reading, 'aborted')
    await awaitUntil(() => server.openSockets === 0, { what: 'the connection is dropped' })
  })

  it('whose sink fails ends with the sink’s error, and so does its connection', async () => {
    const block = 'x'.repeat(64 * 1024)
    await using server = await startRawServer((socket) => {
      socket.write(answer(200, { ...blobHeaders, 'content-length': 1e15 }, block))
      socket.on('drain', () => socket.write(block)).write(block)
    })
    const patient = open(server.endpoint, {}, { ...timeouts, bodyMs: 60_000 })
    const reading = patient.get('key', () => { throw new RangeError('enough') })
    await expect(reading).rejects.toThrow('enough')
    await awaitUntil(() => server.openSockets === 0, { what: 'the connection is dropped' })
  })
})

describe('a request', () => {
  it('that is not answered runs into the time limit, once', async () => {
    await using server = await startRawServer(() => undefined)
    await expectFailure(open(server.endpoint).list(), 'timeout')
    expect(server.requests).toHaveLength(1)
  })

  it('that is refused is not sent again', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(503, { 'retry-after': 3, 'x-ms-error-code': 'ServerBusy' })))
    const error = await open(server.endpoint).head('key').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: 3_000, code: 'ServerBusy' })
    expect(server.requests).toHaveLength(1)
  })

  it('is not sent for a key that Azure would keep under another name', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(201, blobHeaders)))
    const storage = open(server.endpoint)
    for (const key of ['', 'a\\b', '..', 'a/../b', 'a/./b', 'ends.', 'a./b', 'tab\t', '\u0085', '\ue000', '\ufffe', 'x'.repeat(1_025), 'a/'.repeat(254), '\ud800']) {
      await expectFailure(put(storage, key, ''), 'key-unsupported')
      await expectFailure(storage.head(key), 'key-unsupported')
      if (storage.multipart) await expectFailure(storage.multipart.create(key, { ...noMetadata, size: 1, partBytes: 1 }), 'key-unsupported')
    }
    expect(server.requests).toEqual([])
  })

  it('is not sent for a tier that Azure does not have', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(201, blobHeaders)))
    await expectFailure(put(open(server.endpoint), 'key', 'x', { storageClass: 'GLACIER' }), 'invalid')
    expect(server.requests).toEqual([])
  })

  it('that nobody hears fails as the network does, without the signature', async () => {
    const server = await startRawServer(() => undefined)
    await server[Symbol.asyncDispose]()
    const error = await open(server.endpoint, { sasToken: 'sv=1&sig=very-secret' }).list().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' })
    expect(JSON.stringify([error, String(error)])).not.toContain('very-secret')
  })

  it('with a signature past its time is told as such, though a HEAD has no words', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(403, { 'x-ms-error-code': 'AuthenticationFailed' })))
    await expectFailure(open(server.endpoint, { sasToken: 'se=2020-01-01T00%3A00%3A00Z&sig=x' }).head('key'), 'expired')
    await expectFailure(open(server.endpoint, { sasToken: 'se=2999-01-01T00%3A00%3A00Z&sig=x' }).head('key'), 'bad-secret')
  })

  it('that is answered with no XML of Azure’s is told by its status', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(502, { 'content-type': 'text/html' }, '<html>Bad gateway</html>')))
    await expectFailure(open(server.endpoint).list(), 'unavailable')
    await using garbled = await startRawServer((socket) => socket.end(answer(200, { 'content-type': 'application/xml' }, '<Enum')))
    await expectFailure(open(garbled.endpoint).list(), 'unexpected')
    const { multipart } = open(garbled.endpoint)
    if (multipart) await expectFailure(multipart.listUploads('key'), 'unexpected')
  })
})

describe('a copy within the account', () => {
  const put = { etag: '"0x2"', 'last-modified': 'Mon, 23 Nov 2026 10:00:00 GMT' }
  const sourceOf = ({ info }: Storage) => ({ info, key: 'a b/ü', ifMatch: '0x1' })
  const headerOf = (request: string | undefined, name: string) => new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(request ?? '')?.[1]

  it('names its source with a signature that only reads that blob, for an hour, and takes nothing over', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(201, put)))
    const storage = open(server.endpoint)
    await storage.serverCopy?.copy(sourceOf(storage), 'copy', { metadata: { contentType: 'text/css', user: { new: '2' } }, ifAbsent: true })
    const source = new URL(headerOf(server.requests[0], 'x-ms-copy-source') ?? '')
    expect(source.pathname).toBe('/acc/box/a%20b/%C3%BC')
    expect(Object.fromEntries(source.searchParams)).toMatchObject({ sp: 'r', sr: 'b' })
    expect(Date.parse(source.searchParams.get('se') ?? '') - Date.now()).toBeLessThanOrEqual(3_600_000)
    expect(server.requests[0]).toMatch(/^PUT \/acc\/box\/copy HTTP/)
    const sent = ['x-ms-source-if-match', 'x-ms-copy-source-blob-properties', 'x-ms-blob-content-type', 'x-ms-meta-new', 'if-none-match'].map((name) => headerOf(server.requests[0], name))
    expect(sent).toEqual(['"0x1"', 'false', 'text/css', '2', '*'])
  })

  it('of an address with a signature names its source with that one, and is of that caller', async () => {
    await using server = await startRawServer((socket) => socket.end(answer(201, put)))
    const storage = open(server.endpoint, { sasToken: '?sv=1&sig=mine' })
    const other = open(server.endpoint, { sasToken: 'sv=1&sig=other' })
    expect([storage.serverCopy?.reaches(storage.info), storage.serverCopy?.reaches(other.info)]).toEqual([true, false])
    expect(JSON.stringify(storage.info)).not.toContain('mine')
    await storage.serverCopy?.copy(sourceOf(storage), 'copy', { metadata: { user: { new: '2' } } })
    expect(headerOf(server.requests[0], 'x-ms-copy-source')).toMatch(/\/acc\/box\/a%20b\/%C3%BC\?sv=1&sig=mine$/)
  })

  it('that brought metadata nobody gave is rid of it', async () => {
    const answers = [answer(201, put), answer(200, { ...blobHeaders, 'content-length': 0, 'x-ms-meta-old': '1' }), answer(200, { ...put, etag: '"0x3"' })]
    await using server = await startRawServer((socket) => socket.end(answers.shift() ?? ''))
    const storage = open(server.endpoint)
    expect(await storage.serverCopy?.copy(sourceOf(storage), 'copy', noMetadata)).toMatchObject({ etag: '0x3' })
    expect(server.requests.map((request) => request.split(' HTTP')[0])).toEqual(['PUT /acc/box/copy', 'HEAD /acc/box/copy', 'PUT /acc/box/copy?comp=metadata'])
    expect(headerOf(server.requests[2], 'if-match')).toBe('"0x2"')
    expect(server.requests[2]).not.toMatch(/x-ms-meta-/i)
  })

  it('may take longer than other calls', async () => {
    const waiting: (() => void)[] = []
    await using server = await startRawServer((socket, head) => void (head.startsWith('PUT') && waiting.push(() => socket.end(answer(201, put)))))
    const storage = open(server.endpoint, {}, { ...timeouts, completeMs: 60_000 })
    const copying = storage.serverCopy?.copy(sourceOf(storage), 'copy', { metadata: { user: { new: '2' } } })
    await awaitUntil(() => waiting.length > 0, { what: 'the copy was asked for' })
    await expectFailure(storage.head('key'), 'timeout')
    for (const respond of waiting) respond()
    expect(await copying).toMatchObject({ etag: '0x2' })
  })
})
