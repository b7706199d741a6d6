/** A server that has nothing but what version 3 demands. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSftp } from '../../../storage/drivers/sftp/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { bytesOf, expectFailure, list, noMetadata, put, read, readText, sha256 } from '../../conformance/tools.ts'
import { startPlainSftp, type PlainSftp } from '../../support/plain-sftp.ts'
import { temporaryFolder } from '../../support/processes.ts'

const password = 'a test-secret'
let server: PlainSftp
let path: string
beforeAll(async () => void (server = await startPlainSftp({ password })))
afterAll(async () => await server.stop())
beforeEach(() => void (path = temporaryFolder('plain-sftp')))

function open(to = server, given = password): Storage {
  const storage = openSftp({ vendor: 'sftp', host: '127.0.0.1', port: to.port, user: 'anyone', password: given, hostKey: to.hostKey, path })
  onTestFinished(async () => await storage.close())
  return storage
}

describe('a server without extensions', () => {
  it('takes a password, also where it asks for it, and no other', async () => {
    await put(open(), 'file', 'content')
    await expectFailure(open(server, 'a wrong-secret').list(), 'bad-secret')
    const asking = await startPlainSftp({ password, asks: true })
    onTestFinished(async () => await asking.stop())
    expect(await readText(open(asking), 'file')).toBe('content')
    await expectFailure(open(asking, 'a wrong-secret').list(), 'bad-secret')
  })

  it('sends names without what they are: it is asked', async () => {
    mkdirSync(join(path, 'empty'))
    for (const name of ['b', 'a', 'd', 'c']) writeFileSync(join(path, name), name)
    const entries = await list(open())
    expect(entries.map(({ key, size, kind = 'file' }) => [key, size, kind])).toEqual([['a', 1, 'file'], ['b', 1, 'file'], ['c', 1, 'file'], ['d', 1, 'file'], ['empty/', 0, 'directory']])
  })

  it('sends less at a time than it is asked for: nothing is lost', async () => {
    const bytes = bytesOf(3_000_001)
    writeFileSync(join(path, 'large'), bytes)
    expect(sha256((await read(open(), 'large')).bytes)).toBe(sha256(bytes))
  })

  it('makes files, but the one that is there is not replaced, and nothing is left', async () => {
    const storage = open()
    await put(storage, 'a/file', 'first', { mtimeMs: 86_400_000 })
    expect((await storage.head('a/file')).mtimeMs).toBe(86_400_000)
    await expect(put(storage, 'a/file', 'second')).rejects.toThrow('no posix-rename@openssh.com')
    await expectFailure(put(storage, 'a/file', 'second', { ifAbsent: true }), 'precondition')
    await put(storage, 'a/other', 'third', { ifAbsent: true })
    expect(await readText(storage, 'a/file')).toBe('first')
    expect(readdirSync(join(path, 'a')).sort()).toEqual(['file', 'other'])
  })

  it('holds an upload', async () => {
    const storage = open()
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    const bytes = bytesOf(150_000)
    const upload = await multipart.create('large', { ...noMetadata, size: bytes.length, partBytes: 100_000 })
    const parts = [await multipart.putPart(upload, 1, [bytes.subarray(0, 100_000)]), await multipart.putPart(upload, 2, [bytes.subarray(100_000)])]
    await multipart.complete(upload, parts, {})
    expect(sha256((await read(storage, 'large')).bytes)).toBe(sha256(bytes))
  })
})
