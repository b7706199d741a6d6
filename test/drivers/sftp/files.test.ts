/** What is at the server, seen by plain file system calls and by ssh2-sftp-client itself; some of it takes root, and is skipped by name elsewhere. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import SftpClient from 'ssh2-sftp-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSftp, type SftpOptions } from '../../../storage/drivers/sftp/driver.ts'
import type { ListEntry, ListPage, Multipart, Storage } from '../../../storage/storage.ts'
import { bytesOf, expectFailure, keysOf, list, noMetadata, put, read, readText, sha256 } from '../../conformance/tools.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { fullDiskCases } from '../../storage/tree/cases/full-disk.ts'
import { linkCases } from '../../storage/tree/cases/links.ts'
import { startSshd, type Sshd } from '../../support/sshd.ts'

const isRoot = process.getuid?.() === 0

let sshd: Sshd
let path: string
beforeAll(async () => void (sshd = await startSshd()))
afterAll(async () => await sshd.stop())
beforeEach(() => void (path = temporaryFolder('sftp')))

function open(options: SftpOptions = {}, root = path, user?: string): Storage {
  const storage = openSftp(sshd.address(root, user === undefined ? {} : { user }), options)
  onTestFinished(async () => await storage.close())
  return storage
}

function multipartOf({ multipart }: Storage): Multipart {
  if (!multipart) throw new Error('no multipart')
  return multipart
}

const write = (name: string, content = name): void => {
  mkdirSync(dirname(join(path, name)), { recursive: true })
  writeFileSync(join(path, name), content)
}
const everything = (): string[] => readdirSync(path, { recursive: true }).map(String).sort()
const kinds = (entries: readonly ListEntry[]): Record<string, string> => Object.fromEntries(entries.map(({ key, kind = 'file' }) => [key, kind]))

const collect = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()

function liveBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** The most that lives between two pages, beyond what lived before. */
async function listAndWeigh(storage: Storage): Promise<{ count: number; heldBytes: number }> {
  await storage.head('nothing').catch(() => undefined)
  const before = liveBytes()
  let [count, heldBytes, last]: [number, number, string] = [0, 0, '']
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: ListPage = await storage.list({ cursor })
    for (const { key } of page.entries) {
      if (key <= last) throw new Error(`${key} after ${last}`)
      last = key
    }
    count += page.entries.length
    cursor = page.next
    heldBytes = Math.max(heldBytes, liveBytes() - before)
  }
  return { count, heldBytes }
}

describe('listing', () => {
  it('names are selected in several readings where a folder has more than fit', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `n${String((i * 7_919) % 500).padStart(3, '0')}`)
    for (const one of names) write(one, 'x')
    expect(await keysOf(open({ namesAtATime: 60 }), { limit: 33 })).toEqual(names.toSorted())
  })

  it('20,000 names in one folder, of which a part is held at a time', async () => {
    const count = 20_000
    for (let i = 0; i < count; i++) writeFileSync(join(path, `${'long name '.repeat(24)}${String((i * 7_919) % count).padStart(5, '0')}`), '')
    await listAndWeigh(open({ namesAtATime: 2_000 })) // What a first listing leaves behind for good is not what is weighed.
    const all = await listAndWeigh(open({ namesAtATime: count }))
    const some = [await listAndWeigh(open({ namesAtATime: 2_000 })), await listAndWeigh(open({ namesAtATime: 2_000 }))]
    expect([all, ...some].map((each) => each.count)).toEqual([count, count, count])
    // The heap also holds what the connection happens to hold, so the lighter of two listings speaks.
    expect(Math.min(...some.map((each) => each.heldBytes))).toBeLessThan(all.heldBytes / 3)
  }, 120_000)

  it('empty folders are named with a slash; links and pipes are what they are and are not read', async () => {
    write('real/file')
    mkdirSync(join(path, 'empty/within'), { recursive: true })
    symlinkSync(join(path, 'real/file'), join(path, 'to-file'))
    symlinkSync(join(path, 'real'), join(path, 'to-folder'))
    symlinkSync('/nowhere', join(path, 'broken'))
    execFileSync('mkfifo', [join(path, 'pipe')])
    expect(kinds(await list(open()))).toEqual({ broken: 'symlink', 'empty/within/': 'directory', pipe: 'other', 'real/file': 'file', 'to-file': 'symlink', 'to-folder': 'symlink' })
    expect(await keysOf(open(), { prefix: 'to-folder/' })).toEqual([])
    await expectFailure(readText(open(), 'to-file'), 'not-a-file')
    await expectFailure(readText(open(), 'pipe'), 'not-a-file')
  })

  it('links are followed by option, and loops end', async () => {
    write('real/file', 'content')
    symlinkSync(join(path, 'real/file'), join(path, 'to-file'))
    symlinkSync(join(path, 'real'), join(path, 'to-folder'))
    symlinkSync('..', join(path, 'real/up'))
    symlinkSync('/nowhere', join(path, 'broken'))
    const storage = open({ followSymlinks: true })
    const entries = await list(storage, { limit: 2 })
    expect(kinds(entries)).toEqual({ broken: 'symlink', 'real/file': 'file', 'real/up': 'symlink', 'to-file': 'file', 'to-folder/file': 'file', 'to-folder/up': 'symlink' })
    expect(entries.find(({ key }) => key === 'to-file')?.size).toBe(7)
    expect(await readText(storage, 'to-folder/file')).toBe('content')
  })

  it('names that are not UTF-8 are shown with their bytes, in order, and are never read or taken for another', async () => {
    const raw = (...bytes: number[]) => Buffer.concat([Buffer.from(`${path}/`), Buffer.from(bytes)])
    for (const bytes of [[0x61, 0xff], [0x61, 0xfe], [0xc3], [0xed, 0xa0, 0x80], [0xc3, 0xa9], [0x61, 0xef, 0xbf, 0xbd]]) writeFileSync(raw(...bytes), 'x')
    mkdirSync(raw(0x64, 0xfe))
    writeFileSync(Buffer.concat([raw(0x64, 0xfe), Buffer.from('/inside')]), 'x')
    const entries = await list(open(), { limit: 2 })
    expect(kinds(entries)).toEqual({
      '\\xc3': 'other', '\\xed\\xa0\\x80': 'other', 'a\\xfe': 'other', 'a\\xff': 'other', 'a\ufffd': 'file', 'd\\xfe/inside': 'other', é: 'file',
    })
    await expectFailure(readText(open(), 'a\\xff'), 'not-found')
    expect(await readText(open(), 'a\ufffd')).toBe('x')
  })

  it('a folder that vanishes while it is listed ends with what was read of it; a root that is missing, or a file, is no folder', async () => {
    for (const one of ['a', 'd/1', 'd/2', 'd/3', 'e']) write(one)
    const storage = open({ namesAtATime: 1 })
    const { next } = await storage.list({ limit: 2 })
    rmSync(join(path, 'd'), { recursive: true })
    expect(await keysOf(storage, { cursor: next ?? '' })).toEqual(['d/2', 'e'])
    await expectFailure(open({}, join(path, 'missing')).list(), 'no-folder')
    await expectFailure(open({}, join(path, 'a')).list(), 'no-folder')
    await expectFailure(put(open({}, join(path, 'missing')), 'x/y'), 'no-folder')
    expect(everything()).toEqual(['a', 'e'])
  })

  it('what a put is writing is not seen', async () => {
    await multipartOf(open()).create('large', { ...noMetadata, size: 20, partBytes: 10 })
    expect(await keysOf(open())).toEqual([])
  })
})

describe('keys', () => {
  it.each(['../up', 'a/../../up', '/etc/x', 'a//b', './a', '.', '..', 'nul\0', '', 'a/.tranship-aa-bb.tmp'])('%j is refused by name, and nothing is written', async (key) => {
    await expectFailure(put(open(), key, 'x'), 'key-unsupported')
    await expectFailure(multipartOf(open()).create(key, { ...noMetadata, size: 1, partBytes: 1 }), 'key-unsupported')
    expect(everything()).toEqual([])
  })

  it('a beside a/b is refused, whichever comes first', async () => {
    const storage = open()
    await put(storage, 'a', 'file')
    await expectFailure(put(storage, 'a/b', 'x'), 'key-unsupported')
    await expectFailure(put(storage, 'a/', ''), 'key-unsupported')
    await put(storage, 'c/d', 'file')
    for (const condition of [{}, { ifAbsent: true }]) await expectFailure(put(storage, 'c', 'x', condition), 'key-unsupported')
    await expectFailure(storage.head('a/b'), 'not-found')
    expect(everything()).toEqual(['a', 'c', 'c/d'])
  })

  it('a key that ends in a slash is a folder, and has no bytes', async () => {
    await put(open(), 'folder/', '', { mtimeMs: 86_400_000 })
    expect(statSync(join(path, 'folder')).isDirectory()).toBe(true)
    expect(statSync(join(path, 'folder')).mtimeMs).toBe(86_400_000)
    await expectFailure(put(open(), 'other/', 'x'), 'key-unsupported')
    await expectFailure(put(open(), 'folder/', '', { ifAbsent: true }), 'precondition')
  })
})

linkCases(() => path, open)

describe('reading and writing', () => {
  it('plain files and ours are the same, of sizes about a chunk and about all that is in flight', async () => {
    const storage = open()
    for (const size of [0, 1, 32_767, 32_768, 32_769, 65_537, 2 * 1024 * 1024 - 1, 2 * 1024 * 1024 + 1, 5_000_000]) {
      const bytes = bytesOf(size, size % 89)
      await storage.put(`ours-${size}`, [bytes.subarray(0, size / 3), bytes.subarray(size / 3)], noMetadata)
      expect(sha256(readFileSync(join(path, `ours-${size}`)))).toBe(sha256(bytes))
      writeFileSync(join(path, `theirs-${size}`), bytes)
      expect(sha256((await read(storage, `theirs-${size}`)).bytes)).toBe(sha256(bytes))
    }
  })

  it('ssh2-sftp-client reads what we wrote, and we what it wrote', async () => {
    const client = new SftpClient('interop', {})
    const { host, port, user: username } = sshd.address(path)
    await client.connect({ host, port, username, privateKey: readFileSync(sshd.privateKeyFile) })
    const storage = open()
    const bytes = bytesOf(1_000_000)
    await put(storage, 'folder/ours', bytes, { mtimeMs: 1_700_000_000_000 })
    await client.put(bytes, join(path, 'folder/theirs'))
    expect(sha256((await client.get(join(path, 'folder/ours'))) as Buffer)).toBe(sha256(bytes))
    expect(sha256((await read(storage, 'folder/theirs')).bytes)).toBe(sha256(bytes))
    const found = await client.list(join(path, 'folder'))
    expect(found.map(({ name, size }) => [name, size]).sort()).toEqual([['ours', 1_000_000], ['theirs', 1_000_000]])
    expect(found.find(({ name }) => name === 'ours')?.modifyTime).toBe(1_700_000_000_000)
    await client.end()
  })

  it('times that the protocol cannot say become the nearest that it can', async () => {
    for (const [mtimeMs, kept] of [[-5_000, 0], [2 ** 33 * 1_000, 2 ** 32 - 1], [1_999, 1]] as const) {
      await put(open(), 'file', 'x', { mtimeMs })
      expect((await open().head('file')).mtimeMs).toBe(kept * 1_000)
    }
  })

  it('a file that changes meanwhile fails the read, and ifMatch holds it to what it was', async () => {
    write('file', 'x'.repeat(3_000_000))
    let changed = false
    await expectFailure(open().get('file', () => {
      if (!changed) utimesSync(join(path, 'file'), 1, 1)
      changed = true
    }), 'precondition')
    const { etag = '' } = await open().head('file')
    expect(etag).toBe('3000000-1')
    utimesSync(join(path, 'file'), 2, 2)
    await expectFailure(read(open(), 'file', { ifMatch: etag }), 'precondition')
  })

  it('a file that is cut meanwhile does not pass for whole', async () => {
    write('file', 'x'.repeat(5_000_000))
    let cut = false
    await expectFailure(open().get('file', () => {
      if (!cut) writeFileSync(join(path, 'file'), 'short')
      cut = true
    }), 'precondition')
  })

  it('nothing is left after a failure, or after the signal', async () => {
    const storage = open()
    await put(storage, 'file', 'old')
    await expectFailure(put(storage, 'file', 'new', { ifAbsent: true }), 'precondition')
    await expectFailure(put(storage, 'file', 'new', { ifMatch: 'other' }), 'precondition')
    await expectFailure(put(storage, 'file', bytesOf(64 * 1024 * 1024), { signal: AbortSignal.timeout(20) }), 'aborted')
    await expect.poll(everything, { timeout: 20_000 }).toEqual(['file'])
    expect(await readText(storage, 'file')).toBe('old')
  })

  it('what a killed process left goes with the next file written there; what a living one writes stays', async () => {
    const script = `
      const { temporaryName } = await import(${JSON.stringify(join(import.meta.dirname, '../../../storage/tree/temporary.ts'))})
      const { writeFileSync } = await import('node:fs')
      writeFileSync(${JSON.stringify(`${path}/`)} + temporaryName(), 'half')
      console.log('written')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    await put(open(), 'first')
    expect(everything()).toHaveLength(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await put(open(), 'second')
    expect(everything()).toEqual(['first', 'second'])
  })

  it.each(['a file', 'an upload'])('a folder that others removed a moment ago is made again for %s', async (what) => {
    const storage = open()
    await put(storage, 'd/e/first', 'first')
    rmSync(join(path, 'd'), { recursive: true })
    if (what === 'a file') await put(storage, 'd/e/next', 'next')
    else {
      const multipart = multipartOf(storage)
      const upload = await multipart.create('d/e/next', { ...noMetadata, size: 4, partBytes: 4 })
      const part = await multipart.putPart(upload, 1, [Buffer.from('next')])
      await multipart.complete(upload, [part], {})
    }
    expect(await readText(storage, 'd/e/next')).toBe('next')
  })

  it('an id from elsewhere leads nowhere, and an upload goes on in another process', async () => {
    mkdirSync(join(path, 'precious'))
    const elsewhere = { key: 'a', uploadId: '../precious', partBytes: 10 }
    await multipartOf(open()).abort(elsewhere)
    await expectFailure(multipartOf(open()).listParts(elsewhere), 'no-upload')
    const bytes = bytesOf(25)
    const upload = await multipartOf(open()).create('large', { ...noMetadata, size: 25, partBytes: 10 })
    await multipartOf(open()).putPart(upload, 3, [bytes.subarray(20)])
    const later = multipartOf(open())
    expect((await later.listParts(upload)).map(({ number }) => number)).toEqual([3])
    for (const number of [2, 1]) await later.putPart(upload, number, [bytes.subarray((number - 1) * 10, number * 10)])
    await later.complete(upload, await later.listParts(upload), { mtimeMs: 86_400_000 })
    expect(sha256(readFileSync(join(path, 'large')))).toBe(sha256(bytes))
    expect(statSync(join(path, 'large')).mtimeMs).toBe(86_400_000)
    expect(everything()).toEqual(['large', 'precious'])
  })
})

describe('deleting', () => {
  it('leaves the user’s folders, and takes those of the report folder with their last file', async () => {
    const storage = open()
    for (const key of ['user/folder/file', 'aliyun_mgw_import_report/job/1/a.list']) await put(storage, key)
    await storage.delete('user/folder/')
    await storage.delete('user')
    await storage.delete('user/folder/file')
    await storage.delete('aliyun_mgw_import_report/job/1/a.list')
    expect(everything()).toEqual(['user', 'user/folder'])
    await storage.delete('user/folder/')
    expect(everything()).toEqual(['user'])
  })
})

describe.skipIf(!isRoot)('rights (as root, who lets another log in)', () => {
  it('a file that may not be read, and a folder that may not be written', async () => {
    chmodSync(path, 0o755)
    writeFileSync(join(path, 'secret'), 'secret', { mode: 0o600 })
    mkdirSync(join(path, 'closed'), { mode: 0o700 })
    const storage = open({}, path, 'nobody')
    await expectFailure(readText(storage, 'secret'), 'forbidden')
    await expectFailure(put(storage, 'new'), 'forbidden')
    await expectFailure(put(storage, 'folder/new'), 'forbidden')
    await expectFailure(storage.delete('secret'), 'forbidden')
    await expectFailure(storage.head('closed/file'), 'forbidden')
    await expect(list(storage)).rejects.toThrow('Permission denied (closed/)')
    expect(existsSync(join(path, 'secret'))).toBe(true)
  })
})

fullDiskCases((root) => open({}, root))
