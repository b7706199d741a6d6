/** Faults between us and folders: connections of an OpenSSH server that break, and what a mounted share answers. */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { Faults, type Fault } from '../../storage/layers/with-faults.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { bytesOf } from '../conformance/tools.ts'
import { entriesOf, KiB, put, read, rig } from '../copy/support.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startSshd, type Sshd } from '../support/sshd.ts'
import { endedAs, EndingsTable } from './wire/endings.ts'
import { startTcpProxy, type TcpFault, type TcpProxy } from './wire/tcp-faults.ts'

const MiB = 1024 * KiB
const bytes = bytesOf(3 * MiB)
const table = new EndingsTable(['source', 'destination'])
type Side = 'source' | 'destination'

afterAll(() => console.log(table.toString()))

async function copyOne(side: Side, through: Storage, direct: Storage, key: string) {
  const store = openMemory()
  await put(side === 'source' ? direct : store, key, bytes)
  const [source, destination] = side === 'source' ? [through, store] : [store, through]
  const entries = (await entriesOf(side === 'source' ? direct : store)).filter((entry) => entry.key === key)
  const task = rig({ source, destination, entries, pieces: makePiecePool(16 * MiB, 8 * MiB) })
  const result = await copyBatch(task)
  return { task, result, destination: side === 'source' ? store : direct }
}

async function expectEnding(ending: string, expected: string, destination: Storage, key: string): Promise<void> {
  expect(ending).toBe(expected)
  const there = await read(destination, key).catch(() => undefined)
  if (ending === 'fine') expect(there?.equals(bytes)).toBe(true)
  else expect(there).toBeUndefined()
}

interface SftpRow {
  readonly what: string
  readonly side: Side
  readonly fault: TcpFault
  readonly times?: number
  readonly ends: string
}

const reset = (from: TcpFault['from']): TcpFault => ({ kind: 'reset', from, afterBytes: 600 * KiB })
const sftpRows: readonly SftpRow[] = [
  { what: 'sftp: connection reset', side: 'source', fault: reset('server'), ends: 'fine' },
  { what: 'sftp: connection reset', side: 'destination', fault: reset('client'), ends: 'fine' },
  { what: 'sftp: connection ended', side: 'source', fault: { ...reset('server'), kind: 'end' }, ends: 'fine' },
  { what: 'sftp: connection ended', side: 'destination', fault: { ...reset('client'), kind: 'end' }, ends: 'fine' },
  { what: 'sftp: one bit flipped', side: 'source', fault: { ...reset('server'), kind: 'flip' }, ends: 'fine' },
  { what: 'sftp: one bit flipped', side: 'destination', fault: { ...reset('client'), kind: 'flip' }, ends: 'fine' },
  { what: 'sftp: connection reset, always', side: 'source', fault: reset('server'), times: Infinity, ends: 'Network' },
  { what: 'sftp: connection reset, always', side: 'destination', fault: reset('client'), times: Infinity, ends: 'Network' },
]

describe('a fault on the wire to an SSH server', { timeout: 60_000 }, () => {
  let sshd: Sshd
  let proxy: TcpProxy
  let root: string
  const opened: Storage[] = []
  const open = async (port?: number): Promise<Storage> => {
    const storage = await openStorage(sshd.address(root, port === undefined ? {} : { port }))
    opened.push(storage)
    return storage
  }

  beforeAll(async () => {
    root = join(temporaryFolder('wire'), 'root')
    mkdirSync(root)
    sshd = await startSshd()
    proxy = await startTcpProxy(sshd.port)
  })
  afterAll(async () => {
    for (const storage of opened) await storage.close()
    await proxy?.stop()
    await sshd?.stop()
  })

  it.each(sftpRows.map((row, i) => ({ ...row, i })))('$what at the $side', async ({ what, side, fault, times = 1, ends, i }) => {
    const [direct, through] = [await open(), await open(proxy.port)]
    proxy.hits = 0
    proxy.struck = { fault, times }
    const { result, destination } = await copyOne(side, through, direct, `object-${i}`)
    proxy.struck = undefined
    table.note(what, side, endedAs(result))
    expect(proxy.hits).toBeGreaterThan(0)
    await expectEnding(endedAs(result), ends, destination, `object-${i}`)
    expect(readdirSync(root).filter((name) => !/^object-\d+$/.test(name))).toEqual([])
  })

  it.each(['source', 'destination'] as const)('another host key at the %s', async (side) => {
    const direct = openMemory()
    const through = await open()
    await sshd.changeHostKey()
    await put(direct, 'object', bytes)
    const [source, destination] = side === 'source' ? [through, openMemory()] : [direct, through]
    const result = await copyBatch(rig({ source, destination, entries: await entriesOf(direct) }))
    table.note('sftp: another host key', side, endedAs(result))
    expect(endedAs(result)).toBe(`blocked ${side === 'source' ? 'Source' : 'Dest'}AddrHostKeyInvalid`)
    expect(result.outcomes).toEqual([])
  })
})

interface NasRow {
  readonly what: string
  readonly side: Side
  readonly fault: Fault
  readonly ends: string
}

const fails = (kind: 'full' | 'unavailable', code: string) => ({ kind: 'fail', error: { kind, code } }) as const
const cut = { kind: 'cut', afterBytes: 1_000, error: { kind: 'premature-end' } } as const
const nasRows: readonly NasRow[] = [
  { what: 'nas: EIO', side: 'source', fault: { operation: 'get', times: 1, do: fails('unavailable', 'EIO') }, ends: 'fine' },
  { what: 'nas: EIO', side: 'destination', fault: { operation: 'put', times: 1, do: fails('unavailable', 'EIO') }, ends: 'fine' },
  { what: 'nas: EIO of one file, always', side: 'source', fault: { operation: 'get', key: /object/, do: fails('unavailable', 'EIO') }, ends: 'Network' },
  { what: 'nas: EIO of one file, always', side: 'destination', fault: { operation: 'put', key: /object/, do: fails('unavailable', 'EIO') }, ends: 'Network' },
  { what: 'nas: ESTALE', side: 'source', fault: { operation: 'get', times: 1, do: fails('unavailable', 'ESTALE') }, ends: 'fine' },
  { what: 'nas: ESTALE', side: 'destination', fault: { operation: 'put', times: 1, do: fails('unavailable', 'ESTALE') }, ends: 'fine' },
  { what: 'nas: ENOSPC', side: 'destination', fault: { operation: 'put', do: fails('full', 'ENOSPC') }, ends: 'blocked DestinationFull' },
  { what: 'nas: file cut while it is read', side: 'source', fault: { operation: 'get', times: 1, do: cut }, ends: 'fine' },
  { what: 'nas: file cut while it is read, always', side: 'source', fault: { operation: 'get', do: cut }, ends: 'PrematureEnd' },
  { what: 'nas: done, answer lost', side: 'destination', fault: { operation: 'put', times: 1, do: { kind: 'lose-answer', error: { kind: 'network' } } }, ends: 'fine' },
]

describe('a fault of a share', { timeout: 60_000 }, () => {
  it.each(nasRows)('$what at the $side', async ({ what, side, fault, ends }) => {
    const address = { vendor: 'nas', path: temporaryFolder('share') } as const
    const faults = new Faults()
    const [direct, through] = [await openStorage(address), await openStorage(address, { faults })]
    faults.add(fault)
    const { task, result, destination } = await copyOne(side, through, direct, 'object')
    table.note(what, side, endedAs(result))
    expect(faults.struck).toBeGreaterThan(0)
    await expectEnding(endedAs(result), ends, destination, 'object')
    if (result.blocked === undefined) return
    faults.clear()
    await expectEnding(endedAs(await copyBatch({ ...task, previous: result })), 'fine', destination, 'object')
  })
})
