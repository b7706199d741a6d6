import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { end, start } from '../../support/processes.ts'
import { KiB } from './options.ts'
import { startOssServer } from './server.ts'
import { send, testKey, type RawAnswer, type SignedRequest } from './signed-request.ts'

let dir: string
const bucket = 'photos'
const options = { buckets: [{ name: bucket }], keys: [testKey] }
const processes: ChildProcess[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'oss-server-'))
})
afterEach(async () => {
  await Promise.all(processes.splice(0).map(child => end(child)))
  await rm(dir, { recursive: true })
})

async function startProcess(): Promise<{ child: ChildProcess; port: number }> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const env = { ...process.env, STORE_ACCESS_KEY_SECRET: testKey.accessKeySecret }
  const args = ['--dir', dir, '--bucket', bucket, '--access-key-id', testKey.accessKeyId]
  const child = start(process.execPath, [main, ...args], { output: 'pipe', env })
  processes.push(child)
  const [line] = (await once(createInterface(child.stdout as Readable), 'line')) as [string]
  return { child, port: (JSON.parse(line) as { port: number }).port }
}

const files = async (): Promise<string[]> =>
  (await readdir(join(dir, 'blobs'), { recursive: true })).filter(name => name.includes('file-'))

it('loses no acknowledged object when it is killed', async () => {
  const first = await startProcess()
  const bodies = new Map<string, Buffer>()
  let killed = false
  const writer = async (id: number): Promise<void> => {
    for (let n = 0; !killed; n++) {
      const body = randomBytes(n % 5 === 0 ? 200 * KiB : n % 300)
      const key = `${id}/${n % 40}`
      bodies.delete(key)
      const answer = await send(first, { method: 'PUT', bucket, key, body, headers: { 'x-oss-meta-n': String(n) } }).catch(
        () => undefined,
      )
      if (answer?.status === 200) bodies.set(key, body)
      if (bodies.size < 150) continue
      killed = true
      await end(first.child)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, id) => writer(id)))
  const second = await startProcess()
  expect(bodies.size).toBeGreaterThan(100)
  for (const [key, body] of bodies) {
    const answer = await send(second, { bucket, key })
    expect([key, answer.status, answer.code, answer.body.equals(body)]).toEqual([key, 200, undefined, true])
  }
})

it('goes on after a restart with objects, links, restores and open uploads', async () => {
  const part = randomBytes(150 * KiB)
  let server = await startOssServer({ ...options, dir, restoreDelayMs: 0 })
  const ask = (request: SignedRequest): Promise<RawAnswer> => send(server, { bucket, ...request })
  await ask({ method: 'PUT', key: 'ü', body: 'text', headers: { 'content-type': 'text/x', 'x-oss-meta-a': 'b' } })
  await ask({ method: 'PUT', key: 'cold', body: 'ice', headers: { 'x-oss-storage-class': 'Archive' } })
  await ask({ method: 'POST', key: 'cold', query: { restore: null } })
  await ask({ method: 'PUT', key: 'link', query: { symlink: null }, headers: { 'x-oss-symlink-target': '%C3%BC' } })
  await ask({ method: 'PUT', key: 'copy', headers: { 'x-oss-copy-source': '/photos/%C3%BC' } })
  const initiated = await ask({ method: 'POST', key: 'm', query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  const { etag } = (await ask({ method: 'PUT', key: 'm', query: { partNumber: '1', uploadId }, body: part })).headers
  await server.close()
  await appendFile(join(dir, 'journal.jsonl'), '{"kind":"object","bucket":"pho')

  for (let restart = 0; restart < 2; restart++) {
    server = await startOssServer({ ...options, dir })
    expect(await ask({ key: 'ü' })).toMatchObject({
      body: Buffer.from('text'),
      headers: { 'content-type': 'text/x', 'x-oss-meta-a': 'b' },
    })
    expect((await ask({ key: 'cold' })).body.toString()).toBe('ice')
    expect((await ask({ key: 'link' })).body.toString()).toBe('text')
    await ask({ method: 'DELETE', key: 'gone' })
    expect((await ask({ key: 'copy' })).body.toString()).toBe('text')
    if (restart === 0) await server.close()
  }
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`
  expect(await ask({ method: 'POST', key: 'm', query: { uploadId }, body })).toMatchObject({ status: 200 })
  expect(Buffer.compare((await ask({ key: 'm' })).body, part)).toBe(0)
  await server.close()
})

it('gives the space of large bodies back, but not before the last copy and the last reader are done', async () => {
  const server = await startOssServer({ ...options, dir })
  const big = randomBytes(3000 * KiB)
  const ask = (request: SignedRequest): Promise<RawAnswer> => send(server, { bucket, ...request })
  await ask({ method: 'PUT', key: 'big', body: big })
  await ask({ method: 'PUT', key: 'copy', headers: { 'x-oss-copy-source': '/photos/big' } })
  server.faults.add({ operation: 'GetObject', do: { kind: 'slow', bytesPerSecond: 40_000 * KiB } })
  const reading = ask({ key: 'big' })
  await expect.poll(() => server.counters.counts().bytesOut).toBeGreaterThan(0)
  await ask({ method: 'PUT', key: 'big', body: 'small' })
  await ask({ method: 'DELETE', key: 'copy' })
  expect(Buffer.compare((await reading).body, big)).toBe(0)
  await expect.poll(files).toEqual([])
  await server.close()
})

it('clears away at its start what a kill left half written', async () => {
  await mkdir(join(dir, 'blobs', 'xx'), { recursive: true })
  await writeFile(join(dir, 'blobs', 'xx', 'file-xx'), 'half')
  const server = await startOssServer({ ...options, dir })
  expect(await files()).toEqual([])
  await server.close()
})

it('throws parts away with their upload, and bodies that were cut off', async () => {
  const server = await startOssServer({ ...options, dir })
  const ask = (request: SignedRequest): Promise<RawAnswer> => send(server, { bucket, ...request })
  const initiated = await ask({ method: 'POST', key: 'm', query: { uploads: null } })
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.body.toString())?.[1] ?? ''
  for (const partNumber of ['1', '1', '2'])
    await ask({ method: 'PUT', key: 'm', query: { partNumber, uploadId }, body: randomBytes(300 * KiB) })
  expect(await files()).toHaveLength(2)
  await ask({ method: 'DELETE', key: 'm', query: { uploadId } })
  server.faults.add({ operation: 'PutObject', do: { kind: 'reset', at: 'request', afterBytes: 300 * KiB } })
  await expect(ask({ method: 'PUT', key: 'cut', body: randomBytes(600 * KiB) })).rejects.toThrow()
  await expect.poll(files).toEqual([])
  await server.close()
})
