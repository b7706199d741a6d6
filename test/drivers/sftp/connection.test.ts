import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { addressFault } from '../../../storage/address-fault.ts'
import type { SftpAddress } from '../../../storage/drivers/sftp/address.ts'
import { sftpForm } from '../../../storage/drivers/sftp/address.ts'
import { openSftp, type SftpOptions } from '../../../storage/drivers/sftp/driver.ts'
import { isStorageError, type StorageError } from '../../../storage/error.ts'
import type { Storage } from '../../../storage/storage.ts'
import { bytesOf, expectFailure, keysOf, noMetadata, put, read, readText, sha256 } from '../../conformance/tools.ts'
import { awaitUntil } from '../../support/await-until.ts'
import { freePort, temporaryFolder } from '../../support/processes.ts'
import { startSshd, type Sshd } from '../../support/sshd.ts'

let sshd: Sshd
let path: string
beforeAll(async () => void (sshd = await startSshd()))
afterAll(async () => await sshd.stop())
beforeEach(() => void (path = temporaryFolder('sftp')))

function open(changes: Partial<SftpAddress> = {}, options: SftpOptions = {}): Storage {
  const storage = openSftp({ ...sshd.address(path), ...changes }, options)
  onTestFinished(async () => await storage.close())
  return storage
}

async function faultOf(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(() => undefined, (thrown: unknown) => thrown)
  if (!isStorageError(error)) throw new Error(`no StorageError: ${String(error)}`)
  return error
}

const dropAll = (): void => sshd.sessions().forEach((pid) => process.kill(pid, 'SIGKILL'))

describe('the server is known by its key', () => {
  it('another one is refused, named, and not asked again', async () => {
    const other = `SHA256:${'a'.repeat(43)}`
    const error = await faultOf(open({ hostKey: other }).list())
    expect(error).toMatchObject({ retryable: false, scope: 'address' })
    expect(addressFault(error, 'source').code).toBe('SourceAddrHostKeyInvalid')
    expect(addressFault(error, 'source').message).toContain(`showed the host key ${sshd.hostKey} (ssh-ed25519), and the address names ${other}`)
  })

  it('without one, the sentence says which key to write', async () => {
    const { hostKey, ...without } = sshd.address(path)
    const storage = openSftp(without)
    expect(addressFault(await faultOf(storage.list()), 'destination').message).toContain(`write hostKey: ${hostKey}`)
    await storage.close()
  })

  it('one that changed is refused from the next connection on', async () => {
    const storage = open({}, { connections: 1 })
    await put(storage, 'file')
    await sshd.changeHostKey()
    await awaitUntil(async () => (await faultOf(storage.head('file'))).code === 'HostKey')
    expect(await readText(open(), 'file')).toBe('file')
  })
})

describe('logging in', () => {
  it('an unknown user is refused like a wrong key', async () => {
    expect(addressFault(await faultOf(open({ user: 'nobody-of-this-name' }).list()), 'source').code).toBe('SourceAddrPasswordInvalid')
  })

  it('a private key that is none, or not there, is told as such', async () => {
    writeFileSync(join(path, 'key'), 'no key at all')
    for (const privateKeyFile of [join(path, 'key'), join(path, 'missing')]) {
      expect(addressFault(await faultOf(open({ privateKeyFile }).list()), 'source').code).toBe('SourceBadPrivateKeyFileFormat')
    }
  })

  it('what an address lacks is said before anything is asked', () => {
    const { fault } = sftpForm
    const address = sshd.address('/x')
    const { privateKeyFile: _file, ...bare } = address
    expect(fault?.(address)).toBeUndefined()
    expect(fault?.(bare)).toMatch(/a password or a privateKeyFile is missing/)
    expect(fault?.({ ...address, password: 'x' })).toMatch(/exclude each other/)
    expect(fault?.({ ...bare, password: 'x', passphrase: 'y' })).toMatch(/belongs to a privateKeyFile/)
    expect(fault?.({ ...address, hostKey: 'MD5:aa' })).toMatch(/no fingerprint/)
    expect(fault?.({ ...address, port: 70_000 })).toMatch(/no port/)
  })
})

describe('the network', () => {
  it('nobody at the port, and no such host', async () => {
    expect(await faultOf(open({ port: await freePort('127.0.0.1') }).list())).toMatchObject({ kind: 'network', retryable: true, code: 'ECONNREFUSED' })
    expect((await faultOf(open({ host: 'no-such-host.invalid' }).list())).kind).toBe('network')
  })

  it('a server that accepts and never speaks', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await awaitUntil(() => silent.listening)
    const { port } = silent.address() as { port: number }
    expect(await faultOf(open({ port }, { connectMs: 200 }).list())).toMatchObject({ kind: 'timeout', retryable: true, scope: 'address' })
  })

  it('a server that answers no more is given up', async () => {
    const storage = open({}, { connections: 1, silenceMs: 400 })
    await put(storage, 'file')
    const stopped = sshd.sessions()
    stopped.forEach((pid) => process.kill(pid, 'SIGSTOP'))
    onTestFinished(() => stopped.forEach((pid) => process.kill(pid, 'SIGKILL')))
    expect(await faultOf(storage.head('file'))).toMatchObject({ kind: 'timeout', retryable: true })
    expect(await readText(storage, 'file')).toBe('file')
  })

  it('a call whose signal fires ends at once, also when the server answers no more', async () => {
    const storage = open({}, { connections: 1 })
    await put(storage, 'file')
    const stopped = sshd.sessions()
    stopped.forEach((pid) => process.kill(pid, 'SIGSTOP'))
    onTestFinished(() => stopped.forEach((pid) => process.kill(pid, 'SIGKILL')))
    const signal = AbortSignal.timeout(100)
    const calls = [storage.head('file', { signal }), storage.list({ signal }), put(storage, 'other', 'x', { signal }), read(storage, 'file', { signal })]
    for (const call of calls) await expectFailure(call, 'aborted')
  })

  it('a connection that drops while a file is read fails the read; the next has a new one', async () => {
    const bytes = bytesOf(8 * 1024 * 1024)
    writeFileSync(join(path, 'large'), bytes)
    const storage = open()
    let chunks = 0
    const error = await faultOf(storage.get('large', async () => {
      if (chunks++ === 0) dropAll()
      await new Promise((resolve) => setImmediate(resolve))
    }))
    expect(error).toMatchObject({ kind: 'network', retryable: true, scope: 'address' })
    expect(sha256((await read(storage, 'large')).bytes)).toBe(sha256(bytes))
  })

  it('a connection that drops while a file is written leaves the old one, and what was written goes with the next', async () => {
    const storage = open()
    await put(storage, 'large', 'old')
    const writing = faultOf(put(storage, 'large', bytesOf(64 * 1024 * 1024)))
    await awaitUntil(() => readdirSync(path).length === 2, { everyMs: 1 })
    dropAll()
    expect(await writing).toMatchObject({ kind: 'network', retryable: true })
    expect(await readText(storage, 'large')).toBe('old')
    await put(storage, 'other')
    expect(readdirSync(path).sort()).toEqual(['large', 'other'])
  })

  it('a connection that drops during a part leaves the upload, which goes on', async () => {
    const storage = open()
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    const bytes = bytesOf(48 * 1024 * 1024)
    const partBytes = bytes.length / 2
    const upload = await multipart.create('large', { ...noMetadata, size: bytes.length, partBytes })
    await multipart.putPart(upload, 1, [bytes.subarray(0, partBytes)])
    const failing = faultOf(multipart.putPart(upload, 2, [bytes.subarray(partBytes)]))
    const data = join(path, readdirSync(path)[0] ?? '', 'data')
    await awaitUntil(() => statSync(data).size > partBytes, { everyMs: 1 })
    dropAll()
    expect((await failing).kind).toBe('network')
    expect((await multipart.listParts(upload)).map(({ number }) => number)).toEqual([1])
    await multipart.putPart(upload, 2, [bytes.subarray(partBytes)])
    await multipart.complete(upload, await multipart.listParts(upload), {})
    expect(sha256((await read(storage, 'large')).bytes)).toBe(sha256(bytes))
    expect(readdirSync(path)).toEqual(['large'])
  })
})

describe('connections', () => {
  it('are opened when there is work for them, and no more than allowed', async () => {
    await awaitUntil(() => sshd.sessions().length === 0)
    const storage = open({}, { connections: 2 })
    expect(sshd.sessions()).toHaveLength(0)
    await put(storage, 'one')
    expect(sshd.sessions()).toHaveLength(1)
    await Promise.all(Array.from({ length: 40 }, (_, i) => put(storage, `many/${i}`)))
    expect(sshd.sessions()).toHaveLength(2)
    await storage.close()
    await awaitUntil(() => sshd.sessions().length === 0)
  })

  it('are closed when nobody uses them, and opened again', async () => {
    await awaitUntil(() => sshd.sessions().length === 0)
    const storage = open({}, { idleMs: 100, silenceMs: 400 })
    await put(storage, 'one')
    await awaitUntil(() => sshd.sessions().length === 0)
    expect(await keysOf(storage)).toEqual(['one'])
  })

  it('are fewer where a server takes fewer: the work goes on with those that there are', async () => {
    let taken = 0
    const gate = createServer((socket) => {
      socket.on('error', () => {})
      if (++taken > 1) return socket.destroy()
      const through = createConnection({ host: '127.0.0.1', port: sshd.port })
      through.on('error', () => socket.destroy())
      socket.pipe(through).pipe(socket)
    })
    gate.listen(0, '127.0.0.1')
    onTestFinished(() => void gate.close())
    await awaitUntil(() => gate.listening)
    const storage = open({ port: (gate.address() as { port: number }).port })
    await Promise.all(Array.from({ length: 40 }, (_, i) => put(storage, `many/${i}`)))
    expect(await keysOf(storage)).toHaveLength(40)
    expect(taken).toBeGreaterThan(1)
  })

  it('do with two sessions each', async () => {
    const strict = await startSshd(['MaxSessions 2'])
    const storage = openSftp(strict.address(path))
    onTestFinished(async () => {
      await storage.close()
      await strict.stop()
    })
    await put(storage, 'dir/file')
    expect(await keysOf(storage)).toEqual(['dir/file'])
  })
})
