import { describe, expect, it } from 'vitest'
import { parseJobFile, toJobOptions } from '../../cli/options.ts'
import { TranshipError } from '../../client/errors.ts'
import type { JobOptions } from '../../model/job.ts'

const names = { job: 'photos-to-archive', source: 'photos', destination: 'archive' }
const optionsOf = (given: Record<string, unknown>, file?: Record<string, unknown>): JobOptions =>
  toJobOptions(names, parseJobFile(given, file), '/work')
const refusalOf = (act: () => unknown): { code: string; message: string } => {
  try {
    act()
  } catch (error) {
    if (error instanceof TranshipError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('job options', () => {
  it('are the defaults when nothing is given', () => {
    expect(optionsOf({})).toEqual({
      ...names,
      type: 'full',
      overwrite: 'when-different',
      compareContentType: true,
      include: [],
      exclude: [],
      keepMtime: false,
      followSymlinks: false,
      emptyDirectories: false,
      metadataPolicy: 'fail',
      storageClassMap: {},
      listExcluded: false,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
  })

  it.each<[Record<string, unknown>, Partial<JobOptions>]>([
    [{ tuning: { batchFiles: 4, heartbeatTimeout: '2s' } }, { tuning: { batchFiles: 4, heartbeatTimeoutMs: 2_000 } }],
    [{ tuning: { heartbeatTimeout: '1ms' } }, { tuning: { heartbeatTimeoutMs: 1_000 } }],
    [{ since: '2026-03-05T08:00', timeZone: 'Asia/Shanghai' }, { sinceMs: Date.parse('2026-03-05T00:00:00Z') }],
    [
      { minSize: '10kB', maxSize: '1MiB' },
      { minSize: 10_000, maxSize: 1_048_576 },
    ],
    [{ minSize: 5 }, { minSize: 5 }],
    [
      { include: ['**/*.jpg', 'a/**'], exclude: ['**/.*'] },
      { include: ['**/*.jpg', 'a/**'], exclude: ['**/.*'] },
    ],
    [{ include: '**/*.jpg' }, { include: ['**/*.jpg'] }],
    [
      { window: '200', priority: 1 },
      { window: 200, priority: 1 },
    ],
    [{ noCompareContentType: true }, { compareContentType: false }],
    [{ compareContentType: false }, { compareContentType: false }],
    [{ storageClassMap: ['STANDARD=IA', 'GLACIER=Archive'] }, { storageClassMap: { STANDARD: 'IA', GLACIER: 'Archive' } }],
    [{ storageClassMap: { A: 'B' } }, { storageClassMap: { A: 'B' } }],
    [{ flow: ['12:00-18:00=0', ' 6:00-12:00 = 5MB/s'], maxFlow: '20000kB/s' }, { flow: ['06:00-12:00=5MB/s', '12:00-18:00=0'], maxFlow: '20MB/s' }],
    [{ flow: '06:00-12:00=5MB/s', maxFlow: 0 }, { flow: ['06:00-12:00=5MB/s'], maxFlow: '0' }],
    [{ maxFailed: '100' }, { maxFailed: { files: 100 } }],
    [{ maxFailed: '2.5%' }, { maxFailed: { percent: 2.5 } }],
    [
      { expectFiles: '20000', expectBytes: '81.92MB' },
      { expectFiles: 20_000, expectBytes: 81_920_000 },
    ],
    [{ restore: true }, { restoreDays: 7 }],
    [{ restore: true, restoreDays: '3', restoreWait: '10m' }, { restoreDays: 3, restoreWaitMs: 600_000 }],
    [{ serverCopy: false }, { serverCopy: false }],
    [{ tags: true, acl: true }, { tags: true, acl: true }],
    [{ ledger: './ledger' }, { ledger: '/work/ledger' }],
    [{ ledger: 'other' }, { ledger: 'other' }],
  ])('read %j', (given, expected) => expect(optionsOf(given)).toMatchObject(expected))

  it('leave no start time point for "all"', () => expect(optionsOf({ since: 'all' })).not.toHaveProperty('sinceMs'))

  it('come from a file, and flags win', () => {
    expect(optionsOf({ window: '7', include: [] }, { window: 3, overwrite: 'never', include: ['a'] })).toMatchObject({
      window: 7,
      overwrite: 'never',
      include: ['a'],
    })
  })

  it('make local paths absolute', () => {
    expect(toJobOptions({ job: 'abc', source: './in', destination: '../out' }, parseJobFile({}), '/work/x')).toMatchObject({
      source: '/work/x/in',
      destination: '/work/out',
    })
  })
})

describe('refused with a sentence', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ overwrite: 'allways' }, /--overwrite: "allways" must be one of .* Did you mean "always"\?/],
    [{ window: '0' }, /--window: "0" must be a whole number from 1 to 200/],
    [{ window: 'x' }, /--window: "x" must be a whole number/],
    [{ priority: 6 }, /--priority: "6" must be a whole number from 1 to 5/],
    [{ minSize: 'big' }, /--min-size: "big" is not a size/],
    [{ since: 'yesterday' }, /--since: "yesterday" is not a time/],
    [{ since: 2026 }, /--since: must be/],
    [{ include: ['[a'] }, /--include: "\[a" is not a glob/],
    [{ exclude: '' }, /--exclude: a glob may not be empty/],
    [{ timeZone: 'Asia/Shangai' }, /--time-zone: "Asia\/Shangai" is not a time zone.* Did you mean "Asia\/Shanghai"\?/],
    [{ storageClassMap: ['A'] }, /--storage-class-map: .*A=B/],
    [{ maxFailed: '101%' }, /--max-failed: "101%" must be/],
    [{ metadataPolicy: 'ignore' }, /--metadata-policy/],
    [{ keepMtime: 'yes' }, /--keep-mtime: must be true or false/],
    [{ overwirte: 'never' }, /no job option "overwirte". Did you mean "overwrite"\?/],
    [{ minSize: '2MB', maxSize: '1MB' }, /--min-size lies above --max-size/],
    [{ type: 'sync' }, /--type sync needs --every/],
    [{ type: 'sync', every: 'month' }, /--every: "month" must be one of hour, day, week/],
    [{ type: 'incremental', times: 31 }, /--times: "31" must be a whole number from 1 to 30/],
    [{ type: 'incremental', interval: '25h' }, /--interval: "25h" must be a time from 1s to 24h/],
    [{ type: 'incremental', every: 'day' }, /--every needs --type sync/],
    [{ type: 'sync', every: 'day', at: 'noon' }, /--at: "noon" is not a time/],
    [{ type: 'ful' }, /--type: "ful" must be one of full/],
    [{ flow: ['06:00-12:00=5MB/s', '11:00-13:00=0'] }, /--flow: The rows 06:00-12:00 and 11:00-13:00 overlap/],
    [{ maxFlow: '5MB' }, /--max-flow: "5MB" is not a rate/],
    [{ restoreDays: 3 }, /go with --restore/],
    [{ restore: true, restoreDays: 0 }, /--restore-days: "0" must be a whole number from 1 to 30/],
    [{ restore: true, restoreWait: 'soon' }, /--restore-wait: "soon" is not a duration/],
    [{ verify: 'some' }, /--verify: "some" must be one of none, sample, all/],
    [{ interval: '1h' }, /--interval needs --type incremental/],
  ])('%j', (given, message) => {
    expect(refusalOf(() => optionsOf(given))).toEqual({ code: 'InvalidParameters', message: expect.stringMatching(message) })
  })

  it('a bad job name', () =>
    expect(refusalOf(() => toJobOptions({ ...names, job: 'Bad_Name' }, {}, '/')).code).toBe('InvalidJobName'))

  it.each([
    ['photos', 'photos', 'DuplicateSourceDestination'],
    ['/a/b', '/a/b/', 'DuplicateSourceDestination'],
    ['./x', '/work/x', 'DuplicateSourceDestination'],
    ['photos', 'photos:2024/', 'SourceDestinationShouldNotSame'],
    ['photos:a/b/', 'photos:a/', 'SourceDestinationShouldNotSame'],
    ['/a', '/a/b', 'SourceDestinationShouldNotSame'],
    ['.', '/work/out', 'SourceDestinationShouldNotSame'],
    ['/', '/work/out', 'SourceDestinationShouldNotSame'],
  ])('%s to %s: the same or nested', (source, destination, code) => {
    expect(refusalOf(() => toJobOptions({ job: 'abc', source, destination }, {}, '/work')).code).toBe(code)
  })

  it.each([
    ['photos:a/', 'photos:b/'],
    ['/a', '/ab'],
    ['photos', 'photos2'],
    ['/photos', 'photos'],
  ])('but not %s to %s', (source, destination) => {
    expect(toJobOptions({ job: 'abc', source, destination }, {}, '/work')).toMatchObject({ job: 'abc' })
  })
})
