/** Faults of real file systems; mounting one and giving up rights takes root: elsewhere these are skipped, by name. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openNas } from '../../../storage/drivers/nas/driver.ts'
import { isStorageError } from '../../../storage/error.ts'
import { expectFailure, list, put, readText } from '../../conformance/tools.ts'
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { fullDiskCases } from '../tree/cases/full-disk.ts'

const isRoot = process.getuid?.() === 0

fullDiskCases((path) => openNas({ vendor: 'nas', path }))

describe('a file system that is read-only (as root)', () => {
  let disk: SmallDisk | undefined
  beforeAll(() => void (disk = mountSmallDisk(64)))
  beforeEach(({ skip }) => skip(!disk, 'nothing can be mounted here'))
  afterAll(() => disk?.unmount())

  it('can be read; writing is forbidden for the whole address', async () => {
    const storage = openNas({ vendor: 'nas', path: disk?.path ?? '' })
    await put(storage, 'file', 'content')
    disk?.remountReadOnly()
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
