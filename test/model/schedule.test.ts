import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextRunAt, runsOf, type Schedule } from '../../model/schedule.ts'
import { printedSeed } from '../support/seed.ts'

const seed = printedSeed('schedule')

const at = (text: string): number => Date.parse(text)
const hour = 3_600_000

describe('the schedule of a job', () => {
  it('of one run has nothing after it', () => {
    expect(nextRunAt({ type: 'full' }, 0, 5, 'UTC')).toBe(5)
    expect(nextRunAt({ type: 'full' }, 1, 5, 'UTC')).toBeNull()
  })

  it('counts an interval from the end of the last run, as often as it was asked to', () => {
    const schedule: Schedule = { type: 'incremental', times: 2, intervalMs: hour }
    expect(nextRunAt(schedule, 0, at('2026-03-10T08:00Z'), 'UTC')).toBe(at('2026-03-10T08:00Z'))
    expect(nextRunAt(schedule, 1, at('2026-03-10T09:00Z'), 'UTC')).toBe(at('2026-03-10T10:00Z'))
    expect(nextRunAt(schedule, 2, at('2026-03-10T10:30Z'), 'UTC')).toBeNull()
    expect(runsOf(schedule)).toBe(2)
  })

  it('begins a sync at its moment, or at once where that has passed', () => {
    const schedule: Schedule = { type: 'sync', period: 'day', atMs: at('2026-03-10T02:00Z') }
    expect(nextRunAt(schedule, 0, at('2026-03-09T12:00Z'), 'UTC')).toBe(at('2026-03-10T02:00Z'))
    expect(nextRunAt(schedule, 0, at('2026-03-11T12:00Z'), 'UTC')).toBe(at('2026-03-11T12:00Z'))
    expect(runsOf(schedule)).toBeNull()
  })

  it('leaves out what passed while a run went on', () => {
    const schedule: Schedule = { type: 'sync', period: 'hour', atMs: at('2026-03-10T02:30Z') }
    expect(nextRunAt(schedule, 1, at('2026-03-10T05:10Z'), 'UTC')).toBe(at('2026-03-10T05:30Z'))
    expect(nextRunAt(schedule, 1, at('2026-03-10T05:30Z'), 'UTC')).toBe(at('2026-03-10T06:30Z'))
  })

  it.each([
    ['day', '2026-03-28T04:00:00Z', '2026-03-29T03:00:00Z'],
    ['day', '2026-10-24T03:00:00Z', '2026-10-25T04:00:00Z'],
    ['week', '2026-03-22T04:00:00Z', '2026-03-29T03:00:00Z'],
  ] as const)('keeps the time of day over a change of the clock, every %s', (period, from, next) => {
    const schedule: Schedule = { type: 'sync', period, atMs: at('2026-03-01T04:00:00Z') }
    expect(nextRunAt(schedule, 1, at(from) - 1, 'Europe/Berlin')).toBe(at(from))
    expect(nextRunAt(schedule, 1, at(from), 'Europe/Berlin')).toBe(at(next))
  })

  it(`always lies ahead, and no more than a period and an hour`, () => {
    const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe')
    const moments = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-12-31T00:00Z') })
    const longest = { hour, day: 25 * hour, week: (7 * 24 + 1) * hour }
    fc.assert(
      fc.property(moments, moments, zones, fc.constantFrom('hour', 'day', 'week'), (atMs, nowMs, zone, period) => {
        const next = nextRunAt({ type: 'sync', period, atMs }, 1, nowMs, zone) ?? 0
        expect(next).toBeGreaterThan(nowMs)
        expect(next - Math.max(nowMs, atMs)).toBeLessThanOrEqual(longest[period])
      }),
      { seed },
    )
  })
})
