import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, isTimeZone, parseDuration, parseTime } from '../../model/time.ts'

const iso = (text: string, zone = 'UTC'): string => new Date(parseTime(text, zone)).toISOString()

describe('times', () => {
  it.each([
    ['2026-03-05', 'UTC', '2026-03-05T00:00:00.000Z'],
    ['2026-03-05', 'Asia/Shanghai', '2026-03-04T16:00:00.000Z'],
    ['2026-03-05T08:00', 'Asia/Shanghai', '2026-03-05T00:00:00.000Z'],
    ['2026-03-05 08:00', 'Asia/Shanghai', '2026-03-05T00:00:00.000Z'],
    ['2026-03-05T08:00:00Z', 'Asia/Shanghai', '2026-03-05T08:00:00.000Z'],
    ['2026-03-05T08:00:01.2345Z', 'UTC', '2026-03-05T08:00:01.234Z'],
    ['2026-03-05T08:00+02:00', 'UTC', '2026-03-05T06:00:00.000Z'],
    ['2026-03-05T08:00-0330', 'UTC', '2026-03-05T11:30:00.000Z'],
    ['2026-03-05T08:00+02', 'UTC', '2026-03-05T06:00:00.000Z'],
    ['2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z'],
  ])('reads %s in %s', (text, zone, expected) => expect(iso(text, zone)).toBe(expected))

  it('takes a time that the clock skips as before the change, one that comes twice as the first', () => {
    expect(iso('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
    expect(iso('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
  })

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2025-02-29',
    '2026-03-05T24:00',
    '2026-03-05T08:60',
    '05.03.2026',
    '1772668800',
    '2026-3-5',
    '2026-03-05T8:00',
  ])('refuses %j with a sentence', (text) => expect(() => parseTime(text, 'UTC')).toThrow(/is not a time.*\.$/))

  it('reads back every moment that JavaScript prints', () => {
    const moment = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(fc.property(moment, (date) => parseTime(date.toISOString(), 'Asia/Tokyo') === date.getTime()))
  })

  it('shows the wall time it was given, in any zone', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham', 'America/St_Johns')
    const moment = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2037-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(moment, zone, (date, timeZone) => {
        const shown = (ms: number): string =>
          new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(ms)
        return shown(parseTime(shown(date.getTime()), timeZone)) === shown(date.getTime())
      }),
    )
  })

  it('knows IANA zones', () => {
    expect(isTimeZone('Asia/Shanghai')).toBe(true)
    expect(isTimeZone('Asia/Shangai')).toBe(false)
  })
})

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['30', 30_000],
    ['0', 0],
    ['5m', 300_000],
    ['5min', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['1 h 5 min', 3_900_000],
  ])('reads %s as %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))
  it.each(['', 'soon', '-1s', '1y', 'h', '1h30x'])('refuses %j with a sentence', (text) =>
    expect(() => parseDuration(text)).toThrow(/is not a duration.*\.$/),
  )

  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [7, '7 s'],
    [60, '1 min'],
    [725, '12 min 5 s'],
    [12_000, '3 h 20 min'],
    [187_200, '2 d 4 h'],
    [86_460, '1 d'],
  ])('shows %d s as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))
})
