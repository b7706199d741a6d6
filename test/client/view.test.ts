import { describe, expect, it } from 'vitest'
import { toJobView, type Observation } from '../../client/view.ts'
import { noCounts, noTally, type StatusMemo, type Tally } from '../../model/status.ts'
import type { CopyHeartbeat } from '../../model/heartbeat.ts'

const startedAt = Date.parse('2026-11-23T15:00:00.000Z')
const files = (count: number): Tally => ({ files: count, bytes: count * 4096 })
const memo: StatusMemo = {
  status: 'Migrating',
  phase: 'copying',
  reason: null,
  run: 1,
  runs: 1,
  epoch: 'e',
  source: 'photos',
  destination: 'archive',
  listed: { ...files(20_000), complete: true },
  excluded: noTally,
  counts: { ...noCounts, completed: files(12_000) },
  failures: { Forbidden: 3 },
  expected: null,
  timeZone: 'Asia/Shanghai',
  startedAt,
  endedAt: null,
  lists: [],
}
const beat = (done: number, run = 1): CopyHeartbeat => ({
  run,
  counts: { ...noCounts, completed: files(done) },
  movedBytes: done * 4096,
  bytesPerSecond: 1_000_000,
})
const view = (change: Partial<Observation> = {}) =>
  toJobView({
    job: 'photos-to-archive',
    workflowId: 'migration/photos-to-archive',
    memo,
    heartbeats: [],
    nowMs: startedAt + 10_000,
    ...change,
  })

describe('the view of a job', () => {
  it('has every field of the contract', () => {
    expect(view()).toEqual({
      job: 'photos-to-archive',
      status: 'Migrating',
      phase: 'copying',
      reason: null,
      run: 1,
      runs: 1,
      nextRunAt: null,
      workflowId: 'migration/photos-to-archive',
      source: 'photos',
      destination: 'archive',
      listed: { files: 20_000, bytes: 81_920_000, complete: true },
      excluded: noTally,
      completed: files(12_000),
      skipped: noTally,
      failed: noTally,
      withoutCrc64: 0,
      restoring: 0,
      slowedBy: [],
      failures: [{ code: 'Forbidden', files: 3, example: null }],
      flow: {
        version: 0,
        limitBytesPerSecond: null,
        bytesPerSecond: 0,
        timeZone: 'Asia/Shanghai',
        nextChangeAt: null,
        rows: [],
        maxBytesPerSecond: null,
      },
      startedAt: '2026-11-23T15:00:00.000Z',
      endedAt: null,
      secondsLeft: 7,
      changes: [],
      report: null,
    })
  })

  it('adds what batches in flight report, and their speed', () => {
    const { completed, flow } = view({ heartbeats: [beat(500), beat(300)] })
    expect(completed).toEqual(files(12_800))
    expect(flow.bytesPerSecond).toBe(2_000_000)
  })

  it('tells whose store slows the job down, as the batches in flight and the last one say, while it moves', () => {
    const slowed = { heartbeats: [beat(1), { ...beat(1), slowedBy: ['source'] as const }], memo: { ...memo, slowedBy: ['destination'] as const } }
    expect(view(slowed).slowedBy).toEqual(['source', 'destination'])
    expect(view({ ...slowed, memo: { ...slowed.memo, status: 'Stopped' } }).slowedBy).toEqual([])
  })

  it('leaves out heartbeats of another run, and never shows more done than listed', () => {
    expect(view({ heartbeats: [beat(500, 2)] }).completed).toEqual(files(12_000))
    expect(view({ heartbeats: [beat(9_000)] }).completed).toEqual(files(12_000))
  })

  it('has no speed and no time left once it does not move', () => {
    expect(view({ memo: { ...memo, status: 'Stopped' } })).toMatchObject({ secondsLeft: null, flow: { bytesPerSecond: 0 } })
  })

  it('names the lists of the report that stands', () => {
    expect(view({ memo: { ...memo, lists: ['a@1_total_list'] } }).report).toEqual({
      folder: 'aliyun_mgw_import_report/',
      lists: ['a@1_total_list'],
    })
  })

  it.each([
    ['terminated', 'Terminated'],
    ['cancelled', 'Cancelled'],
    ['timed-out', 'Unexpected'],
    ['failed', 'Unexpected'],
  ] as const)('is Failed when the workflow was %s whatever the memo still says', (as, code) => {
    const { status, reason, endedAt } = view({ closed: { as, atMs: startedAt + 60_000 } })
    expect({ status, code: reason?.code, endedAt }).toEqual({ status: 'Failed', code, endedAt: '2026-11-23T15:01:00.000Z' })
  })

  it('keeps the last word of a job that had ended before its workflow was closed', () => {
    const ended: StatusMemo = {
      ...memo,
      status: 'Create Failed',
      reason: { code: 'AddressNotExist', message: 'no' },
      endedAt: startedAt + 5,
    }
    expect(view({ memo: ended, closed: { as: 'failed', atMs: startedAt + 99 } })).toMatchObject({
      status: 'Create Failed',
      reason: { code: 'AddressNotExist' },
      endedAt: '2026-11-23T15:00:00.005Z',
    })
    expect(view({ memo: { ...memo, status: 'Completed' }, closed: { as: 'terminated', atMs: startedAt } }).status).toBe(
      'Completed',
    )
  })
})
