import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyFault } from '../../../storage/tree/key.ts'
import { openNas } from '../../../storage/drivers/nas/driver.ts'
import type { Multipart, Storage } from '../../../storage/storage.ts'
import { linkCases } from '../tree/cases/links.ts'
import { bytesOf, expectFailure, keysOf, noMetadata, put, read, readText } from '../../conformance/tools.ts'

let path: string
beforeEach(() => void (path = mkdtempSync(join(tmpdir(), 'tranship-nas-'))))
afterEach(() => rmSync(path, { recursive: true, force: true }))

const open = (): Storage => openNas({ vendor: 'nas', path })
const everything = (): string[] => readdirSync(path, { recursive: true }).map(String).sort()
const multipartOf = (storage: Storage): Multipart => {
  if (!storage.multipart) throw new Error('no multipart')
  return storage.multipart
}

describe('what a folder cannot hold is refused by the name alone', () => {
  it.each([
    '', '/', '/a', '//a', 'a//b', 'a/', 'a//', '.', '..', '../a', 'a/../b', 'a/..', './a', 'a\0b', 'n'.repeat(256), `${'é'.repeat(128)}/a`, '\ud800',
    '.tranship-0123abcd-1f-0123456789abcdef.tmp', 'a/.tranship-0123456789ab-0123456789abcdef.upload/data',
  ])('%j', async (key) => {
    const holds = key === 'a/'
    expect(keyFault(key) === undefined).toBe(holds)
    if (holds) return
    await expectFailure(put(open(), key, 'x'), 'key-unsupported')
    await expectFailure(open().head(key), 'not-found')
    await open().delete(key)
    expect(everything()).toEqual([])
  })

  it('bytes under a name with a slash at its end', async () => {
    await expectFailure(put(open(), 'a/', 'x'), 'key-unsupported')
    expect(everything()).toEqual([])
  })

  it('a file where a folder is, and a folder where a file is', async () => {
    const storage = open()
    await put(storage, 'a/b')
    await put(storage, 'c')
    for (const options of [{}, { ifAbsent: true }]) {
      await expectFailure(put(storage, 'a', 'x', options), 'key-unsupported')
      await expectFailure(put(storage, 'c/d', 'x', options), 'key-unsupported')
    }
    await expectFailure(put(storage, 'c/', '', {}), 'key-unsupported')
    await expectFailure(multipartOf(storage).create('c/d', { ...noMetadata, size: 1, partBytes: 1 }), 'key-unsupported')
    await expectFailure(multipartOf(storage).create('a', { ...noMetadata, size: 1, partBytes: 1 }), 'key-unsupported')
    await storage.delete('a')
    await expectFailure(storage.head('a'), 'not-found')
    expect(everything()).toEqual(['a', 'a/b', 'c'])
  })
})

linkCases(() => path, open)

describe('reading a file that changes', () => {
  const change = { grows: (file: string) => appendFileSync(file, 'more'), shrinks: (file: string) => truncateSync(file, 5), 'is touched': (file: string) => utimesSync(file, 1, 1) }

  it.each(Object.entries(change))('fails when it %s meanwhile', async (_what, act) => {
    const file = join(path, 'file')
    writeFileSync(file, bytesOf(3_000_000))
    let changed = false
    const reading = open().get('file', () => {
      if (!changed) act(file)
      changed = true
    })
    await expectFailure(reading, 'precondition')
  })

  it('goes on with the version it began when another takes the name', async () => {
    await put(open(), 'file', bytesOf(3_000_000, 1))
    let replaced = false
    const chunks: Uint8Array[] = []
    await open().get('file', async (chunk) => {
      chunks.push(Uint8Array.from(chunk))
      if (!replaced) await put(open(), 'file', 'another')
      replaced = true
    })
    expect(Buffer.concat(chunks).equals(bytesOf(3_000_000, 1))).toBe(true)
    expect(await readText(open(), 'file')).toBe('another')
  })

  it('an ETag is the size and the modified time', async () => {
    await put(open(), 'file', 'four', { mtimeMs: 1_700_000_000_123.25 })
    expect(await open().head('file')).toMatchObject({ etag: '4-1700000000123.25', mtimeMs: 1_700_000_000_123.25, size: 4 })
  })
})

describe('what is being written', () => {
  it('is seen neither by listings nor after a failure', async () => {
    const storage = open()
    await put(storage, 'folder/file', 'old')
    await expectFailure(put(storage, 'folder/file', 'new', { ifAbsent: true }), 'precondition')
    await expectFailure(put(storage, 'folder/file', 'new', { ifMatch: 'other' }), 'precondition')
    const multipart = multipartOf(storage)
    const upload = await multipart.create('folder/large', { ...noMetadata, size: 20, partBytes: 10 })
    await multipart.putPart(upload, 2, [Buffer.alloc(10)])
    expect(await keysOf(storage)).toEqual(['folder/file'])
    await multipart.abort(upload)
    expect(everything()).toEqual(['folder', 'folder/file'])
  })

  it('and was left by a killed process goes with the next file written there; that of a living one stays', async () => {
    const script = `
      const { temporaryName } = await import(${JSON.stringify(join(import.meta.dirname, '../../../storage/tree/temporary.ts'))})
      const { writeFileSync } = await import('node:fs')
      writeFileSync(${JSON.stringify(`${path}/`)} + temporaryName(), 'half')
      console.log('written')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await put(open(), 'first')
    expect(everything()).toHaveLength(2)
    expect(await keysOf(open())).toEqual(['first'])
    child.kill('SIGKILL')
    await once(child, 'exit')
    await put(open(), 'second')
    expect(everything()).toEqual(['first', 'second'])
  })

  it('makes the folders it needs, also when they vanish between', async () => {
    const storage = open()
    await put(storage, 'a/b/c/one')
    rmSync(join(path, 'a'), { recursive: true })
    await put(storage, 'a/b/c/two')
    expect(await keysOf(storage)).toEqual(['a/b/c/two'])
    rmSync(join(path, 'a'), { recursive: true })
    await put(storage, 'a/b/c/folder/', '')
    expect(everything()).toEqual(['a', 'a/b', 'a/b/c', 'a/b/c/folder'])
    rmSync(join(path, 'a'), { recursive: true })
    const upload = await multipartOf(storage).create('a/b/c/large', { ...noMetadata, size: 1, partBytes: 1 })
    expect(await multipartOf(storage).listUploads('a/b/c/large')).toEqual([upload])
  })

  it('is refused where a file takes the place of a folder between', async () => {
    const storage = open()
    await put(storage, 'a/one')
    rmSync(join(path, 'a'), { recursive: true })
    await put(open(), 'a', 'file')
    await expectFailure(put(storage, 'a/two', 'x'), 'key-unsupported')
    expect(everything()).toEqual(['a'])
  })

  it('is refused as by a missing folder where the root vanished between', async () => {
    const storage = openNas({ vendor: 'nas', path, folder: 'root/' })
    mkdirSync(join(path, 'root'))
    await put(storage, 'a/one')
    rmSync(join(path, 'root'), { recursive: true })
    const failures = await Promise.allSettled([storage.head('a/one'), storage.head('two'), put(storage, 'a/two', 'x')])
    expect(failures.map((one) => (one.status === 'rejected' ? one.reason : one))).toMatchObject([{ kind: 'no-folder' }, { kind: 'no-folder' }, { kind: 'no-folder' }])
  })
})

describe('uploads', () => {
  it('go on in another process, with a journal that a crash tore', async () => {
    const bytes = bytesOf(25, 4)
    const first = multipartOf(open())
    const upload = await first.create('large', { ...noMetadata, size: 25, partBytes: 10 })
    await first.putPart(upload, 1, [bytes.subarray(0, 10)])
    const [folder = ''] = readdirSync(path)
    const [journal = ''] = readdirSync(join(path, folder)).filter((name) => name.endsWith('.journal'))
    appendFileSync(join(path, folder, journal), '\n{"number":2,"si')
    const second = multipartOf(open())
    expect((await second.listParts(upload)).map(({ number }) => number)).toEqual([1])
    await second.putPart(upload, 3, [bytes.subarray(20)])
    await second.putPart(upload, 2, [bytes.subarray(10, 20)])
    await second.complete(upload, await second.listParts(upload), { mtimeMs: 86_400_000 })
    expect((await read(open(), 'large')).bytes.equals(bytes)).toBe(true)
    expect(statSync(join(path, 'large')).mtimeMs).toBe(86_400_000)
    expect(everything()).toEqual(['large'])
  })

  it('a part longer than those of its upload is refused, not written over its neighbour', async () => {
    const multipart = multipartOf(open())
    const upload = await multipart.create('large', { ...noMetadata, size: 20, partBytes: 10 })
    await expectFailure(multipart.putPart(upload, 1, [Buffer.alloc(11)]), 'invalid')
    await expectFailure(multipart.putPart(upload, 0, [Buffer.alloc(1)]), 'invalid')
  })

  it('an id from elsewhere leads nowhere', async () => {
    mkdirSync(join(path, 'precious'))
    const multipart = multipartOf(open())
    const upload = { key: 'a', uploadId: '../precious', partBytes: 10 }
    await multipart.abort(upload)
    await expectFailure(multipart.listParts(upload), 'no-upload')
    expect(everything()).toEqual(['precious'])
  })

  it('the rest of one that was cut off after its end is swept', async () => {
    const multipart = multipartOf(open())
    const upload = await multipart.create('large', { ...noMetadata, size: 1, partBytes: 1 })
    const [folder = ''] = readdirSync(path)
    rmSync(join(path, folder, 'data'))
    await expectFailure(multipart.listParts(upload), 'no-upload')
    await put(open(), 'other')
    expect(everything()).toEqual(['other'])
  })
})

describe('deleting', () => {
  it('leaves the user’s folders, and takes those of the report folder with their last file', async () => {
    const storage = open()
    for (const key of ['user/folder/file', 'aliyun_mgw_import_report/.ledger/job/1/a.list', 'aliyun_mgw_import_report/.ledger/job/1/b.list']) await put(storage, key)
    await storage.delete('user/folder/file')
    await storage.delete('aliyun_mgw_import_report/.ledger/job/1/a.list')
    expect(existsSync(join(path, 'aliyun_mgw_import_report/.ledger/job/1/b.list'))).toBe(true)
    await storage.delete('aliyun_mgw_import_report/.ledger/job/1/b.list')
    expect(everything()).toEqual(['user', 'user/folder'])
    await put(storage, 'aliyun_mgw_import_report/.ledger/job/1/again')
    expect(await keysOf(storage)).toEqual(['aliyun_mgw_import_report/.ledger/job/1/again', 'user/folder/'])
  })

  it('a folder that is not empty stays', async () => {
    await put(open(), 'folder/file')
    await open().delete('folder/')
    expect(everything()).toEqual(['folder', 'folder/file'])
  })
})
