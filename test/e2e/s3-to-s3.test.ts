import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVersitygw } from '../support/versitygw.ts'
import type { Versitygw } from '../support/versitygw.ts'
import { putFiles, readAll } from './s3-bucket.ts'
import { testFiles } from './files.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

let source: Versitygw
let destination: Versitygw
let tranship: Tranship
beforeAll(async () => {
  ;[source, destination] = await Promise.all([
    startVersitygw({ accessKey: 'source-key', secretKey: 'source-secret' }),
    startVersitygw({ accessKey: 'destination-key', secretKey: 'destination-secret' }),
  ])
  await source.makeBucket('photos')
  await destination.makeBucket('archive')
  tranship = await startTranship({ photos: addressOf(source, 'photos'), archive: addressOf(destination, 'archive') })
})
afterAll(async () => {
  await tranship?.stop()
  await source?.stop()
  await destination?.stop()
})

const addressOf = ({ endpoint, region, accessKeyId, secretAccessKey }: Versitygw, bucket: string) =>
  ({ vendor: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey })

describe('S3 to S3, two servers and two credentials', () => {
  it('brings 5,000 objects over: bytes, metadata and lists equal', async () => {
    const files = testFiles(5_000, { asciiMetadata: true })
    await putFiles(source.client(), 'photos', files)
    const view = await tranship.run({ job: 'photos-to-archive', source: 'photos', destination: 'archive' })
    expect(view).toMatchObject({ status: 'Completed', completed: { files: files.length }, failed: { files: 0 } })

    const there = await readAll(destination.client(), 'archive')
    const lists = [...there].filter(([key]) => key.startsWith('aliyun_mgw_import_report/'))
    expect(lists.map(([key]) => key.split('photos-to-archive')[1]).sort()).toEqual(['@1_completed_list', '@1_error_list', '@1_skipped_list', '@1_total_list', '_job.json'])
    for (const { key, bytes, metadata } of files) {
      const found = there.get(key)
      expect(found?.bytes.equals(bytes), key).toBe(true)
      expect(found?.metadata, key).toEqual(metadata)
    }
    const rows = parse(there.get('aliyun_mgw_import_report/photos-to-archive@1_completed_list')?.bytes ?? '', { columns: true }) as { file_name: string }[]
    expect(new Set(rows.map((row) => row.file_name))).toEqual(new Set(files.map(({ key }) => key)))
  })
})
