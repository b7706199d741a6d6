import { describe, expect, it } from 'vitest'
import { toDetails, toFlowDetails } from '../../model/details.ts'
import { jobDefaults } from '../../model/job.ts'
import { newJobState, toMemo } from '../../model/job-state.ts'
import type { StatusMemo } from '../../model/status.ts'

const nowMs = Date.parse('2026-11-25T08:00:00Z')
const options = { ...jobDefaults, job: 'photos', source: 'share', destination: 'archive', timeZone: 'Asia/Shanghai' }
const memo = (changes: Partial<StatusMemo> = {}): StatusMemo => ({ ...toMemo({ ...newJobState(options, 'epoch', 0, false), phase: 'copying' }, options), ...changes })
const rows = { version: 3, setAt: 0, rows: ['06:00-12:00=5MB/s'] }

describe('the summary of a job', () => {
  it.each([
    [rows, '- Flow control 3: 06:00-12:00=5MB/s (Asia/Shanghai)\n- Limit in force: no limit until 2026-11-25T22:00:00.000Z'],
    [{ ...rows, maxFlow: '20MB/s' }, '- Limit in force: 20MB/s until 2026-11-25T22:00:00.000Z'],
    [{ ...rows, rows: ['12:00-24:00=0'] }, '- Limit in force: 0, nothing flows until 2026-11-25T16:00:00.000Z'],
    [{ ...rows, rows: [], maxFlow: '1MiB/s' }, '- Limit in force: 1MiB/s\n'],
  ])('tells the limit of %j and until when', (flow, words) => {
    expect(toDetails(memo({ flow }), [], nowMs)).toContain(words)
  })

  it.each([
    ['there are no rows', memo({ flow: { ...rows, rows: [] } })],
    ['the job is stopped', memo({ flow: rows, status: 'Stopped' })],
    ['nobody here knows the zone', memo({ flow: rows, timeZone: 'Mars/Olympus' })],
    ['the rows cannot be read', memo({ flow: { ...rows, rows: ['all day'] } })],
  ])('tells none where %s', (_why, of) => {
    expect(toDetails(of, [], nowMs)).not.toContain('Limit in force')
  })

  it('tells which run of how many it is, who changed what, and what else there is to say', () => {
    const changes = [{ at: nowMs, by: 'ann@desk', what: 'flow 3' }]
    const text = toDetails(memo({ run: 2, runs: 5, changes }), ['Stopped by ann@desk.'], nowMs)
    expect(text).toContain('**share → archive**, run 2 of 5')
    expect(text).toContain('### Changes\n- 2026-11-25T08:00:00.000Z ann@desk: flow 3\n\n### Notes\n- Stopped by ann@desk.')
    expect(toDetails(memo({ run: 7, runs: null }), [], nowMs)).toContain('run 7, again and again until it is stopped')
  })

  it('stays below what Temporal takes, with all that can be in it', () => {
    const changes = Array.from({ length: 20 }, () => ({ at: nowMs, by: 'b'.repeat(100), what: `retry ${'x'.repeat(40)}` }))
    const flow = { ...rows, rows: Array.from({ length: 24 }, (_, i) => `${String(i).padStart(2, '0')}:00-${String(i).padStart(2, '0')}:59=123456.789kB/s`) }
    const notes = Array.from({ length: 20 }, () => 'n'.repeat(300))
    expect(toDetails(memo({ flow, changes }), notes, nowMs).length).toBeLessThan(20_000)
  })
})

it('the summary of flow control tells the limit, until when, and how many hosts share it', () => {
  const flow = { ...rows, timeZone: 'UTC', limitBytesPerSecond: 5_000_000, nextChangeAt: nowMs }
  expect(toFlowDetails('photos', flow, 3)).toContain('## 5MB/s until 2026-11-25T08:00:00.000Z\nFlow control 3 of **photos**: 06:00-12:00=5MB/s (UTC)\n\n3 worker hosts share it.')
  expect(toFlowDetails('photos', { ...flow, limitBytesPerSecond: null, nextChangeAt: null }, 1)).toContain('## no limit\n')
})
