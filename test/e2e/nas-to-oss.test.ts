import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOssServer } from '../servers/stores/server.ts'
import type { StoreServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { testFiles } from './files.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf } from './report-lists.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

let oss: StoreServer
let tranship: Tranship
const folder = temporaryFolder('share')
const files = testFiles(5_000).filter(({ key }) => !key.startsWith('\\'))
const modifiedMs = Date.UTC(2024, 1, 3, 4, 5, 6, 789)

beforeAll(async () => {
  for (const { key, bytes } of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
    await utimes(join(folder, key), modifiedMs / 1_000, modifiedMs / 1_000)
  }
  await symlink('/etc/hostname', join(folder, 'a-link'))
  await mkdir(join(folder, 'an-empty-folder'))
  oss = await startOssServer({ buckets: [{ name: 'archive' }], keys: [ossKey] })
  tranship = await startTranship({ share: { vendor: 'nas', path: folder, mountPoint: 'nas-1.example.com' }, archive: ossAddress(oss, 'archive') })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.close()
})

describe('a NAS folder to OSS', () => {
  it('brings over every file with its modified time, and lists what is not one', async () => {
    const view = await tranship.run({ job: 'share-to-archive', source: 'share', destination: 'archive' })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: files.length }, skipped: { files: 2 }, failed: { files: 0 } })
    const there = await readAllOss(ossClient(oss, 'archive'))
    for (const { key, bytes } of files) {
      expect(there.get(key)?.bytes.equals(bytes), key).toBe(true)
      expect(Number(there.get(key)?.metadata.user['mtime']) * 1_000, key).toBeCloseTo(modifiedMs, 0)
    }
    const lists = listsOf(there, 'share-to-archive', 1)
    expect(accountsFor(lists, [...files.map(({ key }) => key), 'a-link', 'an-empty-folder/'])).toBe(true)
    expect(lists.skipped.map((row) => [row.file_name, row.reason])).toEqual([['a-link', 'symlink'], ['an-empty-folder/', 'not-a-file']])
    expect(lists.total.find((row) => row.file_name === 'a')).toMatchObject({
      source_address: 'nas://nas-1.example.com:/a', last_modified: '2024-02-03T04:05:06.789Z',
    })
    expect(leftOvers(there)).toEqual([])
  })

  it('goes back to a folder with the same bytes and times', async () => {
    const back = temporaryFolder('back')
    const view = await tranship.run({ job: 'archive-to-back', source: 'archive', destination: back })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: files.length }, failed: { files: 0 } })
    const { open } = tranship
    const [there, here] = [await open(folder), await open(back)]
    for (const { key } of files.slice(0, 100)) {
      const [before, after] = [await there.head(key), await here.head(key)]
      expect([after.size, Math.round(after.mtimeMs)], key).toEqual([before.size, Math.round(before.mtimeMs)])
    }
  })
})
