import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../../copy/copy-batch.ts'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { bytesOf, failureOf, list, read, readText, sha256 } from '../../conformance/tools.ts'
import { entriesOf, KiB, rig } from '../../copy/support.ts'
import { startNginx, type Nginx } from '../../support/nginx.ts'
import type { Answer } from '../../support/web-server.ts'
import { listFile, openList, serve } from './support.ts'

const digits = '0123456789'

/** Copies in pieces of 64 KiB. */
async function copied(source: Storage): Promise<{ readonly destination: Storage; readonly outcomes: string[] }> {
  const destination = openMemory({ limits: { minPartBytes: 1 } })
  const { outcomes } = await copyBatch(rig({ source, destination, entries: await entriesOf(source) }))
  return { destination, outcomes: outcomes.map((one) => `${one.key} ${one.kind}${one.kind === 'failed' ? ` ${one.code}` : ''}`) }
}

describe('a file on nginx', () => {
  let nginx: Nginx
  let storage: Storage
  const large = bytesOf(200 * KiB + 7)
  beforeAll(async () => {
    nginx = await startNginx()
    mkdirSync(join(nginx.folder, 'gzip'))
    writeFileSync(join(nginx.folder, 'digits.txt'), digits)
    writeFileSync(join(nginx.folder, 'empty'), '')
    writeFileSync(join(nginx.folder, 'large'), large)
    writeFileSync(join(nginx.folder, 'gzip/page.html'), 'not gzip at all')
    writeFileSync(join(nginx.folder, '图 #1.txt'), 'odd name')
  })
  afterAll(async () => await nginx?.stop())
  const open = async (...paths: string[]): Promise<Storage> =>
    (storage = await openList(listFile(paths.map((path) => `${nginx.origin}/${path}\t${path}\n`).join(''))))

  it('is read whole and in ranges, with its headers', async () => {
    await open('digits.txt')
    const { bytes, info } = await read(storage, 'digits.txt')
    expect(bytes.toString()).toBe(digits)
    expect(info).toMatchObject({ size: 10, metadata: { contentType: 'text/plain', user: {} } })
    for (const [first, last] of [[0, 0], [9, 9], [3, 6], [0, 9], [7, 99]] as const) {
      const part = await read(storage, 'digits.txt', { range: { first, last } })
      expect([part.bytes.toString(), part.info.size]).toEqual([digits.slice(first, last + 1), 10])
    }
    expect(await failureOf(read(storage, 'digits.txt', { range: { first: 10, last: 12 } }))).toBe('range')
    expect(await failureOf(read(storage, 'digits.txt', { signal: AbortSignal.abort() }))).toBe('aborted')
  })

  it('is held to one version by If-Match', async () => {
    await open('digits.txt')
    const { etag = '' } = await storage.head('digits.txt')
    expect(await readText(storage, 'digits.txt', { ifMatch: etag })).toBe(digits)
    expect(await failureOf(read(storage, 'digits.txt', { ifMatch: `${etag}x` }))).toBe('precondition')
  })

  it('is neither decoded nor asked for encoded, whatever its name', async () => {
    await open('gzip/page.html', '%E5%9B%BE%20%231.txt')
    const { bytes, info } = await read(storage, 'gzip/page.html')
    expect([bytes.toString(), info.metadata.contentEncoding]).toEqual(['not gzip at all', 'gzip'])
    expect(await readText(storage, '图 #1.txt')).toBe('odd name')
  })

  it('is found behind a redirect', async () => {
    await open('moved/digits.txt')
    expect(await readText(storage, 'moved/digits.txt')).toBe(digits)
  })

  it('is copied, also in pieces', async () => {
    await open('large', 'empty', 'digits.txt', 'missing')
    const { destination, outcomes } = await copied(storage)
    expect(outcomes.toSorted()).toEqual(['digits.txt completed', 'empty completed', 'large completed', 'missing failed SourceGone'])
    expect(sha256((await read(destination, 'large')).bytes)).toBe(sha256(large))
  })
})

const plain = (content: string | Buffer): Answer => (_, response) => void response.writeHead(200, { 'content-length': content.length }).end(content)

/** Without Content-Length. */
const chunked = (content: Buffer, headers = {}): Answer => ({ method }, response) => {
  response.writeHead(200, headers)
  if (method === 'HEAD') return void response.end()
  response.write(content.subarray(0, content.length / 2))
  response.end(content.subarray(content.length / 2))
}

const withoutHead = (content: string): Answer => (request, response) => {
  if (request.method === 'HEAD') return void response.writeHead(405).end()
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
  if (first === undefined) return plain(content)(request, response)
  if (content === '') return void response.writeHead(416, { 'content-range': 'bytes */0' }).end()
  const bytes = content.slice(Number(first), Number(last) + 1)
  response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${content.length}`, 'content-length': bytes.length }).end(bytes)
}

describe('a server that has its ways', () => {
  it('refuses HEAD', async () => {
    const { storage } = await serve({ '/some': withoutHead(digits), '/none': withoutHead('') })
    expect((await list(storage)).map(({ key, size }) => [key, size])).toEqual([['some', 10], ['none', 0]])
  })

  it('says no length: short and long files are copied right', async () => {
    const long = bytesOf(1_300 * KiB)
    const { storage, server } = await serve({ '/none': chunked(Buffer.alloc(0)), '/short': chunked(Buffer.from(digits)), '/long': chunked(long) })
    expect((await list(storage)).map(({ key, size }) => [key, size])).toEqual([['none', 0], ['short', 10], ['long', long.length]])
    const { destination, outcomes } = await copied(storage)
    expect(outcomes.toSorted()).toEqual(['long completed', 'none completed', 'short completed'])
    expect(sha256((await read(destination, 'long')).bytes)).toBe(sha256(long))
    expect(sha256((await read(storage, 'long')).bytes)).toBe(sha256(long))
    expect(server.requests).toContain('GET /long')
  })

  it('says no length, and who reads knows none either', async () => {
    const long = bytesOf(1_300 * KiB)
    const { storage } = await serve({ '/short': chunked(Buffer.from(digits)), '/long': chunked(long) })
    expect(await readText(storage, 'short')).toBe(digits)
    expect(await readText(storage, 'short', { range: { first: 4, last: 6 } })).toBe('456')
    expect(sha256((await read(storage, 'long')).bytes)).toBe(sha256(long))
    const other = await serve({ '/long': chunked(long) })
    expect((await read(other.storage, 'long', { range: { first: 1_200 * KiB, last: 1_200 * KiB + 9 } })).bytes).toEqual(long.subarray(1_200 * KiB, 1_200 * KiB + 10))
  })

  it('ignores ranges: the right bytes are given all the same', async () => {
    const content = bytesOf(200 * KiB + 5)
    const { storage } = await serve({ '/digits': plain(digits), '/large': plain(content) })
    for (const [first, last] of [[0, 0], [3, 6], [9, 9], [7, 99]] as const) {
      const { bytes, info } = await read(storage, 'digits', { range: { first, last } })
      expect([bytes.toString(), info.size]).toEqual([digits.slice(first, last + 1), 10])
    }
    expect(await failureOf(read(storage, 'digits', { range: { first: 10, last: 12 } }))).toBe('range')
    const { destination } = await copied(storage)
    expect(sha256((await read(destination, 'large')).bytes)).toBe(sha256(content))
  })

  it('ignores ranges, so that far into a large file nothing can be read in pieces', async () => {
    const huge = 300 * KiB * KiB
    const answer: Answer = (_, response) => void response.writeHead(200, { 'content-length': huge }).write('x')
    const { storage } = await serve({ '/huge': answer })
    const error = await read(storage, 'huge', { range: { first: huge - 10, last: huge - 1 } }).catch((thrown: unknown) => String(thrown))
    expect(error).toContain('ignores ranges')
  })

  it('sends another range than was asked for', async () => {
    const wrong: Answer = (_, response) => void response.writeHead(206, { 'content-range': 'bytes 0-2/10', 'content-length': 3 }).end('012')
    const { storage } = await serve({ '/wrong': wrong })
    expect(await failureOf(read(storage, 'wrong', { range: { first: 3, last: 5 } }))).toBe('unexpected')
  })

  it('ends a body early', async () => {
    const short: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('0123')
      setImmediate(() => response.destroy())
    }
    const { storage } = await serve({ '/short': short })
    expect(await failureOf(read(storage, 'short'))).toBe('premature-end')
  })

  it('sends a range that is shorter than it says', async () => {
    const answer: Answer = (_, response) => void response.writeHead(206, { 'content-range': 'bytes 3-5/10', 'content-length': 2 }).end('34')
    const { storage } = await serve({ '/short': answer })
    expect(await failureOf(read(storage, 'short', { range: { first: 3, last: 5 } }))).toBe('premature-end')
  })

  it('knows no If-Match: its ETag tells', async () => {
    const tagged: Answer = (_, response) => void response.writeHead(200, { etag: '"two"', 'content-length': 1 }).end('x')
    const weak: Answer = (request, response) => void response.writeHead(request.headers['if-match'] === undefined ? 200 : 412, { etag: 'W/"1"', 'content-length': 1 }).end('x')
    const { storage } = await serve({ '/tagged': tagged, '/weak': weak })
    expect(await failureOf(read(storage, 'tagged', { ifMatch: 'one' }))).toBe('precondition')
    expect(await readText(storage, 'tagged', { ifMatch: 'two' })).toBe('x')
    expect((await storage.head('weak')).etag).toBe('W/"1"')
    expect(await readText(storage, 'weak', { ifMatch: 'W/"1"' })).toBe('x')
  })

  it('says nothing of time: it is the same at each look', async () => {
    const { storage } = await serve({ '/x': plain('x') })
    expect([(await storage.head('x')).mtimeMs, (await read(storage, 'x')).info.mtimeMs]).toEqual([0, 0])
  })

  it('wants a login that stands in the URL', async () => {
    const answer: Answer = ({ headers: { authorization } }, response) =>
      void response.writeHead(authorization === `Basic ${Buffer.from('me:p@ss').toString('base64')}` ? 200 : 401, { 'content-length': 2 }).end('ok')
    const { server } = await serve({ '/secret': answer })
    const storage = await openList(listFile(`${server.origin.replace('//', '//me:p%40ss@')}/secret\tsecret`))
    expect(await readText(storage, 'secret')).toBe('ok')
  })
})

const to = (location: string) => (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(302, { location }).end('moved')

describe('redirects', () => {
  it('are followed five times, relative or not', async () => {
    const chain = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/${n}`, to(n === 6 ? '/end' : `./${n + 1}`)]))
    const { storage } = await serve({ ...chain, '/end': plain('found') })
    expect(await readText(storage, '2')).toBe('found')
    expect(await failureOf(read(storage, '1'))).toBe('invalid')
  })

  it('lead nowhere else than to http and https, and need a place', async () => {
    const { storage } = await serve({ '/file': to('file:///etc/passwd'), '/bad': to('http://['), '/none': (_, response) => void response.writeHead(302).end() })
    expect([await failureOf(read(storage, 'file')), await failureOf(read(storage, 'bad')), await failureOf(read(storage, 'none'))]).toEqual(['invalid', 'invalid', 'unexpected'])
  })

  it('keep what stands in queries out of every message', async () => {
    const { server } = await serve({ '/x': to('/y?sign=secret-2') })
    const storage = await openList(listFile(`${server.origin}/x?sign=secret-1\tx`))
    const error = await read(storage, 'x').catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('/y answered 404')
    expect(JSON.stringify([error, String(error)])).not.toMatch(/secret/)
  })
})
