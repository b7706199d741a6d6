/** Faults of real file systems; mounting one and giving up rights takes root: elsewhere these are skipped, by name. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNas } from '../../../storage/drivers/nas/driver.ts'
import { isStorageError } from '../../../storage/error.ts'
import { bytesOf, expectFailure, keysOf, list, noMetadata, put, readText } from '../../conformance/tools.ts'

const isRoot = process.getuid?.() === 0

function mounted(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!isRoot)('a real file system that is full or read-only (as root)', () => {
  const path = isRoot ? mkdtempSync(join(tmpdir(), 'tranship-full-')) : ''
  const isMounted = isRoot && mounted(path)
  const storage = openNas({ vendor: 'nas', path })
  afterAll(() => {
    if (isMounted) execFileSync('umount', [path])
    rmSync(path, { recursive: true, force: true })
  })

  it.skipIf(!isMounted)('a put into a full one fails as full, leaves nothing, and works again when there is room', async () => {
    await put(storage, 'kept', bytesOf(500_000))
    const error = await put(storage, 'large', bytesOf(2_000_000)).catch((thrown: unknown) => thrown)
    expect(isStorageError(error, 'full') && error.scope).toBe('address')
    expect(readdirSync(path)).toEqual(['kept'])
    await storage.delete('kept')
    await put(storage, 'large', bytesOf(900_000))
    expect(await keysOf(storage)).toEqual(['large'])
    await storage.delete('large')
  })

  it.skipIf(!isMounted)('so does a part of an upload, which goes on later', async () => {
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    const upload = await multipart.create('large', { ...noMetadata, size: 900_000, partBytes: 450_000 })
    const first = await multipart.putPart(upload, 1, [bytesOf(450_000)])
    await put(storage, 'filler', bytesOf(400_000))
    await expectFailure(multipart.putPart(upload, 2, [bytesOf(450_000)]), 'full')
    await storage.delete('filler')
    await multipart.complete(upload, [first, await multipart.putPart(upload, 2, [bytesOf(450_000)])], {})
    expect((await storage.head('large')).size).toBe(900_000)
    await storage.delete('large')
  })

  it.skipIf(!isMounted)('a read-only one can be read; writing is forbidden for the whole address', async () => {
    await put(storage, 'file', 'content')
    execFileSync('mount', ['-o', 'remount,ro', path])
    expect(await readText(storage, 'file')).toBe('content')
    const error = await put(storage, 'other').catch((thrown: unknown) => thrown)
    expect(isStorageError(error, 'forbidden') && error.scope).toBe('address')
    await expectFailure(storage.delete('file'), 'forbidden')
  })
})

describe.skipIf(!isRoot)('without the right to it (as root, who gives it up)', () => {
  const path = isRoot ? mkdtempSync(join(tmpdir(), 'tranship-closed-')) : ''
  const storage = openNas({ vendor: 'nas', path })
  beforeAll(() => {
    chmodSync(path, 0o755)
    writeFileSync(join(path, 'secret'), 'secret', { mode: 0o600 })
    mkdirSync(join(path, 'closed'), { mode: 0o700 })
    writeFileSync(join(path, 'closed/file'), 'x')
    process.seteuid?.(65_534)
  })
  afterAll(() => {
    process.seteuid?.(0)
    rmSync(path, { recursive: true, force: true })
  })

  it('a file that may not be read, and a folder that may not be written', async () => {
    await expectFailure(readText(storage, 'secret'), 'forbidden')
    await expectFailure(put(storage, 'new'), 'forbidden')
    await expectFailure(put(storage, 'folder/new'), 'forbidden')
    await expectFailure(storage.delete('secret'), 'forbidden')
    await expectFailure(storage.head('closed/file'), 'forbidden')
  })

  it('a folder that may not be read fails the listing and is named', async () => {
    await expect(list(storage)).rejects.toThrow('EACCES: permission denied (closed/)')
  })
})
