/** What goes over the wire, and what the driver makes of answers that no honest server gives. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openGcs } from '../../../storage/drivers/gcs/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { list, noMetadata, put, readText } from '../../conformance/tools.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A store whose every answer a test writes; `requests` are its lines so far. */
async function serve(handle: Handle, tokens?: () => Promise<string>): Promise<{ storage: Storage; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume().on('end', () => handle(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const storage = openGcs({ vendor: 'gcs', bucket: 'lake', endpoint }, tokens && { tokens })
  stops.push(async () => {
    await storage.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { storage, requests }
}

const resource = (generation: number, size = 5) => ({
  name: 'key', size: String(size), generation: String(generation), timeCreated: '2026-11-23T15:00:00.123Z', storageClass: 'NEARLINE',
})
const sendJson = (response: ServerResponse, body: object): void => void response.end(JSON.stringify(body))

interface Version {
  readonly described: number
  readonly read: number
  readonly body?: string
  readonly headers?: Record<string, string>
}

/** An object whose description and bytes are of the versions given, one pair for each opening. */
function opening(versions: readonly Version[]): Handle {
  let described = 0
  let read = 0
  return (request, response) => {
    const isMedia = request.url?.includes('alt=media')
    const version = versions[Math.min(isMedia ? read++ : described++, versions.length - 1)]
    if (version === undefined) throw new Error('no version')
    if (!isMedia) return sendJson(response, resource(version.described))
    response.writeHead(200, { 'x-goog-generation': version.read, 'cache-control': 'private, max-age=0', ...version.headers }).end(version.body ?? 'hello')
  }
}

describe('a read', () => {
  it('takes its metadata from the resource: a Cache-Control that Google made up is none', async () => {
    const { storage } = await serve(opening([{ described: 1, read: 1 }]))
    const info = await storage.get('key', () => undefined)
    expect(info).toEqual({ key: 'key', size: 5, mtimeMs: Date.UTC(2026, 10, 23, 15, 0, 0, 123), etag: '1', storageClass: 'NEARLINE', metadata: { user: {} }, hashes: {} })
  })

  it('begins again when the object is replaced between its two requests, before any byte is given', async () => {
    const { storage, requests } = await serve(opening([{ described: 1, read: 2, body: 'wrong' }, { described: 2, read: 2 }]))
    const told: string[] = []
    const text = await readText(storage, 'key', { onInfo: ({ etag = '' }) => void told.push(etag) })
    expect([text, told, requests.length]).toEqual(['hello', ['2'], 4])
  })

  it('gives up on an object that is replaced again and again', async () => {
    const { storage } = await serve(opening([{ described: 1, read: 2 }]))
    await expect(readText(storage, 'key')).rejects.toMatchObject({ kind: 'unavailable', scope: 'file', retryable: true })
  })

  it('asks for one generation, and looks whether it got that', async () => {
    const { storage, requests } = await serve(opening([{ described: 1, read: 1 }]))
    expect(await readText(storage, 'key', { ifMatch: '1' })).toBe('hello')
    expect(requests).toContain('GET /storage/v1/b/lake/o/key?alt=media&ifGenerationMatch=1')
    await expect(readText(storage, 'key', { ifMatch: '3' })).rejects.toMatchObject({ kind: 'precondition' })
  })

  it('keeps Google from decoding what it stores encoded, and asks for nothing else encoded', async () => {
    const encodings: (string | undefined)[] = []
    const { storage } = await serve((request, response) => {
      encodings.push(request.headers['accept-encoding']?.toString())
      opening([{ described: 1, read: 1 }])(request, response)
    })
    await readText(storage, 'key')
    await storage.head('key')
    expect(encodings.toSorted()).toEqual(['gzip', undefined, undefined])
  })

  it.each([['shorter', 'hell'], ['longer', 'hello!'], ['absent', '']])('fails on a body that is %s than stored', async (_, body) => {
    const { storage } = await serve(opening([{ described: 1, read: 1, body }]))
    await expect(readText(storage, 'key')).rejects.toMatchObject({ kind: 'premature-end', retryable: true })
  })

  it('gives no byte once it is stopped by who was told of the object', async () => {
    const { storage } = await serve(opening([{ described: 1, read: 1 }]))
    const stop = new AbortController()
    let given = 0
    const options = { signal: stop.signal, onInfo: () => stop.abort() }
    await expect(storage.get('key', () => void given++, options)).rejects.toMatchObject({ kind: 'aborted' })
    await storage.head('key')
    expect(given).toBe(0)
  })

  it('fails on a range that is ignored', async () => {
    const { storage } = await serve(opening([{ described: 1, read: 1 }]))
    await expect(readText(storage, 'key', { range: { first: 1, last: 2 } })).rejects.toMatchObject({ kind: 'unexpected' })
  })

  it('fails on an answer of something else', async () => {
    const { storage } = await serve((_, response) => void response.end('<html>Sign in</html>'))
    await expect(storage.head('key')).rejects.toMatchObject({ kind: 'unexpected' })
  })
})

describe('a call', () => {
  it('carries a token, asked for each time', async () => {
    let given = 0
    const seen: (string | undefined)[] = []
    const { storage } = await serve((request, response) => {
      seen.push(request.headers.authorization)
      sendJson(response, {})
    }, async () => `Bearer ${++given}`)
    await storage.list()
    await storage.list()
    expect(seen).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it('carries none to an http:// endpoint', async () => {
    const { storage } = await serve((request, response) => sendJson(response, { nextPageToken: request.headers.authorization ?? '' }))
    expect(await storage.list()).toEqual({ entries: [] })
  })

  it('has keys with their slashes encoded, so that nothing takes ".." for a way', async () => {
    const { storage, requests } = await serve((_, response) => sendJson(response, resource(1)))
    await storage.head('../a/./b c')
    expect(requests[0]).toMatch(/^GET \/storage\/v1\/b\/lake\/o\/\.\.%2Fa%2F\.%2Fb%20c\?/)
  })

  it.each(['.well-known/acme-challenge/x', 'a\rb', '..', '', '\ud800', 'x'.repeat(1025)])('with the key %j that Google forbids is never made', async (key) => {
    const { storage, requests } = await serve((_, response) => sendJson(response, {}))
    const calls = [put(storage, key), storage.head(key), storage.delete(key), storage.multipart?.create(key, { ...noMetadata, size: 1, partBytes: 1 })]
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'key-unsupported' })
    expect(requests).toEqual([])
  })

  it('for parts refuses metadata that would come to be percent-encoded', async () => {
    const { storage, requests } = await serve((_, response) => sendJson(response, {}))
    const create = storage.multipart?.create('key', { metadata: { user: { city: 'Zürich' } }, size: 1, partBytes: 1 })
    await expect(create).rejects.toMatchObject({ kind: 'metadata-unsupported', message: expect.stringContaining('"city" is not ASCII') })
    expect(requests).toEqual([])
  })
})

describe('a listing', () => {
  /** Keys in order, computed: a bucket of any size in no memory. */
  const keyOf = (index: number): string => `key-${String(index).padStart(7, '0')}`

  function bucketOf(count: number): Handle {
    return (request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams
      const from = Number((query.get('pageToken') ?? query.get('startOffset') ?? 'key-0').slice('key-'.length))
      const to = Math.min(count, from + Number(query.get('maxResults')))
      const items = Array.from({ length: to - from }, (_, i) => ({ ...resource(from + i + 1, i), name: keyOf(from + i) }))
      sendJson(response, { items, ...(to < count && { nextPageToken: keyOf(to) }) })
    }
  }

  it('of 200,000 keys comes in full pages, each key once and in order', async () => {
    const { storage, requests } = await serve(bucketOf(200_000))
    const entries = await list(storage)
    expect(entries).toHaveLength(200_000)
    expect(entries.every(({ key }, index) => key === keyOf(index))).toBe(true)
    expect(requests).toHaveLength(200)
    expect(requests[1]).toBe('GET /storage/v1/b/lake/o?fields=nextPageToken%2Citems%28name%2Csize%2Cgeneration%2CtimeCreated%2CstorageClass%29&maxResults=1000&pageToken=key-0001000')
  })

  it('after a key leaves that key out, also where it is a page of its own', async () => {
    const { storage } = await serve(bucketOf(5))
    expect((await list(storage, { startAfter: keyOf(2), limit: 1 })).map(({ key }) => key)).toEqual([keyOf(3), keyOf(4)])
  })

  it('may have an empty page in the middle', async () => {
    let asked = 0
    const { storage } = await serve((_, response) => sendJson(response, asked++ === 0 ? { nextPageToken: 'more' } : { items: [resource(1)] }))
    expect((await list(storage)).map(({ key }) => key)).toEqual(['key'])
  })
})

describe('a copy within the store', () => {
  it('goes on by its token until it is done, with the same words each time', async () => {
    const answers = [{ done: false, rewriteToken: 'T1' }, { done: true, resource: { generation: '9', crc32c: 'yZRlqg==' } }]
    const { storage, requests } = await serve((_, response) => sendJson(response, answers.shift() ?? {}))
    const source = { info: { ...storage.info, bucket: 'photos', prefix: 'in/' }, key: 'a/b', ifMatch: '7' }
    expect(await storage.serverCopy?.copy(source, 'c d', { metadata: { user: {} }, ifAbsent: true })).toEqual({ etag: '9', hashes: { crc32c: 'c99465aa' } })
    const line = 'POST /storage/v1/b/photos/o/in%2Fa%2Fb/rewriteTo/b/lake/o/c%20d?fields=done%2CrewriteToken%2Cresource%28generation%2Ccrc32c%2Cmd5Hash%29&ifGenerationMatch=0&ifSourceGenerationMatch=7'
    expect(requests).toEqual([line, `${line}&rewriteToken=T1`])
  })

  it('that is neither done nor to be gone on with fails', async () => {
    const { storage } = await serve((_, response) => sendJson(response, { done: false }))
    await expect(storage.serverCopy?.copy({ info: storage.info, key: 'a' }, 'b', noMetadata)).rejects.toMatchObject({ kind: 'unexpected' })
  })

  it('is one of the same caller, whose key file cannot be read from what is told', () => {
    const of = (keyFile?: string) => openGcs({ vendor: 'gcs', bucket: 'lake', ...(keyFile && { keyFile }) })
    const { serverCopy, info } = of('/secret/place/key.json')
    expect([serverCopy?.reaches({ ...info, bucket: 'other' }), serverCopy?.reaches(of().info), serverCopy?.reaches(of('/other.json').info)]).toEqual([true, false, false])
    expect(JSON.stringify(info)).not.toContain('secret')
  })
})
