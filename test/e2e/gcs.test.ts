import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Storage as GoogleStorage, type Bucket } from '@google-cloud/storage'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../servers/gcs/faults.ts'
import { startGcsServer, type GcsServer } from '../servers/gcs/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { testFiles } from './files.ts'
import { eachOf, type Found } from './s3-bucket.ts'
import { accountsFor, leftOvers, listsOf } from './report-lists.ts'
import { startTranship, type Tranship } from './tranship.ts'

let gcs: GcsServer
let bucket: Bucket
let tranship: Tranship
const folder = temporaryFolder('share')
const files = testFiles(300)
const held = files.filter(({ key }) => !key.includes('\n'))
const modifiedMs = Date.UTC(2024, 1, 3, 4, 5, 6, 789)

beforeAll(async () => {
  for (const { key, bytes } of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
    await utimes(join(folder, key), modifiedMs / 1_000, modifiedMs / 1_000)
  }
  gcs = await startGcsServer({ buckets: ['lake'], faults: { foreign: faults.forbidden } })
  bucket = new GoogleStorage({ apiEndpoint: gcs.endpoint, projectId: 'test' }).bucket('lake')
  const keyFile = join(temporaryFolder('keys'), 'bad.json')
  await writeFile(keyFile, 'not a key')
  const lake = { vendor: 'gcs', endpoint: gcs.endpoint, bucket: 'lake' }
  tranship = await startTranship({
    share: { vendor: 'nas', path: folder },
    lake,
    'no-bucket': { ...lake, bucket: 'missing' },
    'bad-key': { vendor: 'gcs', bucket: 'lake', keyFile },
    foreign: { ...lake, bucket: 'foreign' },
    'foreign-to-key': { ...lake, bucket: 'foreign', keyFile },
  })
})
afterAll(async () => {
  await tranship?.stop()
  await gcs?.close()
})

async function readAllGcs(): Promise<Map<string, Found>> {
  const found = new Map<string, Found>()
  const [all] = await bucket.getFiles()
  await eachOf(all, async (file) => {
    const [bytes] = await file.download({ decompress: false })
    const user = (file.metadata.metadata ?? {}) as Record<string, string>
    found.set(file.name, { bytes, metadata: { user } })
  })
  return found
}

describe('a NAS folder to Cloud Storage', () => {
  it('brings over every file that it can hold with its modified time, and says which it cannot', async () => {
    const view = await tranship.run({ job: 'share-to-lake', source: 'share', destination: 'lake' })
    expect(view).toMatchObject({ status: 'Failed', completed: { files: held.length }, failed: { files: files.length - held.length } })
    const there = await readAllGcs()
    for (const { key, bytes } of held) {
      expect(there.get(key)?.bytes.equals(bytes), key).toBe(true)
      expect(Number(there.get(key)?.metadata.user['mtime']) * 1_000, key).toBeCloseTo(modifiedMs, 0)
    }
    const lists = listsOf(there, 'share-to-lake', 1)
    expect(accountsFor(lists, files.map(({ key }) => key))).toBe(true)
    expect(lists.error.map((row) => [row.file_name, row.code])).toEqual([['line\nbreak.txt', 'KeyUnsupported']])
    expect(leftOvers(there)).toEqual([])
    expect(gcs.requests.some(({ line }) => /^POST .*\?uploads$/.test(line))).toBe(true)
  })

  it('goes back to a folder with the same bytes', async () => {
    const back = temporaryFolder('back')
    const view = await tranship.run({ job: 'lake-to-back', source: 'lake', destination: back })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: held.length }, failed: { files: 0 } })
    for (const { key, bytes } of held) expect((await readFile(join(back, key))).equals(bytes), key).toBe(true)
  })

  it.each([
    ['share', 'no-bucket', 'DestAddrBucketInvalid'],
    ['no-bucket', 'share', 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket'],
    ['bad-key', 'share', 'SourceBadPrivateKeyFileFormat'],
    ['share', 'bad-key', 'DestBadPrivateKeyFileFormat'],
    ['foreign', 'share', 'SourceAddrEndpointBucketPermissionInvalid'],
    ['foreign-to-key', 'share', 'SourceKeyFileBucketNotMatchedOrPermission'],
    ['share', 'foreign-to-key', 'DestKeyFileBucketNotMatchedOrPermission'],
  ])('is not begun from %s to %s: %s', async (source, destination, code) => {
    const view = await tranship.run({ job: `refused-${source}-${destination}`, source, destination }).catch((error: unknown) => error)
    expect(JSON.stringify(view)).toContain(code)
  })
})
