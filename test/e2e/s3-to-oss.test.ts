import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOssServer } from '../servers/stores/server.ts'
import type { StoreServer } from '../servers/stores/server.ts'
import { startVersitygw } from '../support/versitygw.ts'
import type { Versitygw } from '../support/versitygw.ts'
import { testFiles } from './files.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf, reportFolder } from './report-lists.ts'
import { putFiles } from './s3-bucket.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

let s3: Versitygw
let oss: StoreServer
let tranship: Tranship
const files = testFiles(5_000, { asciiMetadata: true })
const keys = files.map(({ key }) => key)
const job = 'photos-to-oss'

beforeAll(async () => {
  s3 = await startVersitygw({ accessKey: 'source-key', secretKey: 'source-secret' })
  oss = await startOssServer({ buckets: [{ name: 'archive' }], keys: [ossKey] })
  const { endpoint, region, accessKeyId, secretAccessKey } = s3
  await s3.makeBucket('photos')
  await putFiles(s3.client(), 'photos', files)
  tranship = await startTranship({
    photos: { vendor: 's3', endpoint, region, bucket: 'photos', accessKeyId, secretAccessKey },
    archive: ossAddress(oss, 'archive', { prefix: 'from/s3/' }),
  })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.close()
  await s3?.stop()
})

const found = async () => new Map([...await readAllOss(ossClient(oss, 'archive'))].map(([key, value]) => [key.replace(/^from\/s3\//, ''), value]))

describe('S3 to OSS, below a prefix', () => {
  it('brings over bytes, metadata and CRC-64 of 5,000 objects, and accounts for each', async () => {
    const view = await tranship.run({ job, source: 'photos', destination: 'archive' })
    expect(view).toMatchObject({ status: 'Completed', run: 1, completed: { files: files.length }, failed: { files: 0 }, skipped: { files: 0 } })

    const there = await found()
    for (const { key, bytes, metadata } of files) {
      expect(there.get(key)?.bytes.equals(bytes), key).toBe(true)
      expect(there.get(key)?.metadata, key).toEqual(metadata)
    }
    const lists = listsOf(there, job, 1)
    expect(accountsFor(lists, keys)).toBe(true)
    expect(lists.total[0]?.source_address).toBe(`s3://photos/${lists.total[0]?.file_name}`)
    for (const row of lists.completed) {
      expect(row.crc64, row.file_name).toBe(there.get(row.file_name)?.crc64)
      expect(row.completed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
    expect(JSON.parse(String(there.get(`${reportFolder}${job}@1_job.json`)?.bytes))).toMatchObject({ job, run: 1 })
    expect(leftOvers(there)).toEqual([])
  })

  it('run again, moves only what changed', async () => {
    await delay(1_100) // S3 states whole seconds: the change must be seen to be newer.
    const changed = testFiles(4, { asciiMetadata: true, largeBytes: [] }).slice(1)
    await putFiles(s3.client(), 'photos', changed)
    const puts = oss.counters.counts().operations['PutObject'] ?? 0
    const view = await tranship.run({ job, source: 'photos', destination: 'archive' }, true)
    expect(view).toMatchObject({ status: 'Completed', run: 2, completed: { files: 3 }, skipped: { files: files.length - 3 } })
    const lists = listsOf(await found(), job, 2)
    expect(accountsFor(lists, keys)).toBe(true)
    expect(new Set(lists.skipped.map(({ reason }) => reason))).toEqual(new Set(['same']))
    expect(new Set(lists.completed.map((row) => row.file_name))).toEqual(new Set(changed.map(({ key }) => key)))
    expect((oss.counters.counts().operations['PutObject'] ?? 0) - puts).toBeLessThan(60)
  })
})
