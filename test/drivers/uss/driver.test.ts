import { describe, expect, it, onTestFinished } from 'vitest'
import { copyBatch } from '../../../copy/copy-batch.ts'
import { addressFault } from '../../../storage/address-fault.ts'
import type { UssAddress } from '../../../storage/drivers/uss/address.ts'
import { openUss } from '../../../storage/drivers/uss/driver.ts'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { isStorageError } from '../../../storage/error.ts'
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { bytesOf, expectFailure, failureOf, keysOf, list, noMetadata, put, read, readText, sha256 } from '../../conformance/tools.ts'
import { entriesOf, rig } from '../../copy/support.ts'
import { makePiecePool } from '../../../copy/piece-pool.ts'
import { startUssServer, type UssServer } from '../../servers/uss/server.ts'
import { freePort } from '../../support/processes.ts'
import { startWebServer } from '../../support/web-server.ts'

async function start(now?: () => number): Promise<{ readonly server: UssServer; readonly address: UssAddress }> {
  const server = await startUssServer({ service: 'photos', operators: [{ name: 'me', password: 'test-secret' }], mostNames: 2, ...(now && { now }) })
  onTestFinished(() => server.stop())
  return { server, address: { vendor: 'uss', domain: server.domain, service: 'photos', operator: 'me', password: 'test-secret' } }
}

async function open(address: UssAddress): Promise<Storage> {
  const storage = await openStorage(address)
  onTestFinished(() => storage.close())
  return storage
}

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.catch((thrown: unknown) => thrown)
  return isStorageError(error) ? addressFault(error, 'source').code : String(error)
}

describe('a service of UPYUN', () => {
  it('is listed in key order, folders of any size asked for in pages', async () => {
    const { address } = await start()
    const storage = await open(address)
    const keys = ['a-b', 'a/1', 'a/2', 'a/3', 'a/b/c', 'a0', 'b', 'z/y/x']
    for (const key of keys.toReversed()) await put(storage, key)
    expect(await keysOf(storage)).toEqual(keys)
    await storage.delete('z/y/x')
    expect((await list(storage)).at(-1)).toMatchObject({ key: 'z/y/', kind: 'directory', size: 0 })
  })

  it('is kept to a folder of it', async () => {
    const { address } = await start()
    const [whole, below] = [await open(address), await open({ ...address, folder: '2024/may/' })]
    await put(below, 'x', 'below')
    await put(whole, 'other', 'above')
    expect([below.info.prefix, await keysOf(below), await keysOf(whole)]).toEqual(['2024/may/', ['x'], ['2024/may/x', 'other']])
    expect(await readText(below, 'x')).toBe('below')
  })

  it('leaves no folder of its own when the last file of one goes, and keeps those of the user', async () => {
    const { address } = await start()
    for (const folder of ['', 'below/']) {
      const storage = await open({ ...address, folder })
      for (const key of ['mine/a', 'aliyun_mgw_import_report/list', 'aliyun_mgw_import_report/.ledger/job/1/x']) await put(storage, key)
      await storage.delete('aliyun_mgw_import_report/.ledger/job/1/x')
      await storage.delete('mine/a')
      expect(await keysOf(storage)).toEqual(['aliyun_mgw_import_report/list', 'mine/'])
      await storage.delete('aliyun_mgw_import_report/list')
      expect(await keysOf(storage)).toEqual(['mine/'])
      await storage.delete('mine/')
    }
  })

  it('keeps a folder where a file is written, and a file where a folder is made', async () => {
    const storage = await open((await start()).address)
    await put(storage, 'a/b', 'x')
    await expectFailure(put(storage, 'a', 'x'), 'key-unsupported')
    await expectFailure(put(storage, 'a/b/c', 'x'), 'key-unsupported')
    await expectFailure(put(storage, 'a/b/', ''), 'key-unsupported')
    await expectFailure(put(storage, 'c/', 'not empty'), 'key-unsupported')
    await put(storage, 'a/', '')
    await storage.delete('a/')
    await expectFailure(storage.head('a'), 'not-found')
    await expectFailure(read(storage, 'a'), 'not-found')
    expect(await keysOf(storage)).toEqual(['a/b'])
  })

  it('is never given an order as metadata', async () => {
    const storage = await open((await start()).address)
    for (const name of ['secret', 'ttl', 'TTL']) await expectFailure(put(storage, 'x', 'x', { metadata: { user: { [name]: '1' } } }), 'metadata-unsupported')
    expect(await keysOf(storage)).toEqual([])
  })

  it('finds this clock wrong', async () => {
    const { address } = await start(() => Date.now() + 40 * 60_000)
    expect(await failureOf((await open(address)).list())).toBe('clock-skew')
  })

  it('takes parts of whole MiB only, and says which it has', async () => {
    const storage = await open((await start()).address)
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    await expectFailure(multipart.create('x', { ...noMetadata, size: 10, partBytes: 1_500_000 }), 'invalid')
    const MiB = 2 ** 20
    const upload = await multipart.create('x', { ...noMetadata, size: 5 * MiB, partBytes: MiB })
    for (const number of [5, 2, 1, 4]) await multipart.putPart(upload, number, [Buffer.alloc(MiB, number)])
    expect((await multipart.listParts(upload)).map(({ number }) => number)).toEqual([1, 2, 4, 5])
    await expectFailure(multipart.putPart(upload, 3, [Buffer.alloc(3)]), 'invalid')
  })

  it('holds what the copy engine sends and gives it back, in parts', async () => {
    const storage = await open((await start()).address)
    const source = openMemory()
    const large = bytesOf(3 * 2 ** 20 + 17)
    await put(source, 'large', large, { metadata: { contentType: 'image/png', cacheControl: 'no-cache', user: { city: 'Zürich' } } })
    const pieces = () => makePiecePool(16 * 2 ** 20, 2 ** 20)
    const there = await copyBatch(rig({ source, destination: storage, entries: await entriesOf(source), pieces: pieces(), proven: new Set(['md5']) }))
    expect(there.outcomes).toMatchObject([{ kind: 'completed', verified: true }])
    const back = openMemory()
    await copyBatch(rig({ source: storage, destination: back, entries: await entriesOf(storage), pieces: pieces() }))
    const { bytes, info } = await read(back, 'large')
    expect([sha256(bytes), info.metadata]).toEqual([sha256(large), { contentType: 'image/png', cacheControl: 'no-cache', user: { city: 'Zürich' } }])
  })
})

describe('a service read through its CDN', () => {
  it('is read from there, and listed and written where it is', async () => {
    const { server, address } = await start()
    const storage = await open({ ...address, cdnDomain: server.cdnDomain, folder: 'dir/' })
    await put(storage, 'ü b', '0123456789', { metadata: { contentType: 'text/plain', user: { kept: 'yes' } } })
    const { bytes, info } = await read(storage, 'ü b')
    expect([bytes.toString(), info.metadata]).toEqual(['0123456789', { contentType: 'text/plain', user: { kept: 'yes' } }])
    expect(await readText(storage, 'ü b', { range: { first: 3, last: 5 } })).toBe('345')
    expect(server.requests.filter((request) => request.startsWith('GET /dir/'))).toHaveLength(2)
    await expectFailure(read(storage, 'missing'), 'not-found')
  })

  it('has a code of its own for a domain that is wrong or shut', async () => {
    const { address } = await start()
    await put(await open(address), 'x', 'x')
    const dead = `http://127.0.0.1:${await freePort('127.0.0.1')}`
    const other = await startWebServer({ '/shut': (_, response) => void response.writeHead(403).end() })
    onTestFinished(() => other.stop())
    expect(await codeOf(read(await open({ ...address, cdnDomain: dead }), 'x'))).toBe('SourceAddrCdnInvalid')
    expect(await codeOf(read(await open({ ...address, cdnDomain: other.origin }), 'x'))).toBe('SourceAddrCdnInvalid')
    const shut = await open({ ...address, cdnDomain: other.origin })
    await put(shut, 'shut', 'x')
    expect(await codeOf(read(shut, 'shut'))).toBe('SourceAddrCdnInvalid')
  })
})

describe('a signature', () => {
  it('is not remembered: each request has the time of its own', async () => {
    let nowMs = Date.now()
    const { address } = await start(() => nowMs)
    const storage = openUss(address, () => nowMs)
    onTestFinished(() => storage.close())
    await put(storage, 'x')
    nowMs += 3_600_000
    expect(await keysOf(storage)).toEqual(['x'])
  })
})
