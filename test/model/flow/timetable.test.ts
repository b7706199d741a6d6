import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRow, limitAt, maxFlowRows, nextChange, parseTimetable, type Timetable } from '../../../model/flow/timetable.ts'
import { printedSeed } from '../../support/seed.ts'
import { formatRate, maxRate, minRate, parseRate } from '../../../model/rate.ts'

const minuteMs = 60_000
const at = (text: string): number => Date.parse(text)
const changesFrom = (timetable: Timetable, from: string, count: number): string[] => {
  const changes: string[] = []
  for (let next = nextChange(timetable, at(from)); next !== null && changes.length < count; next = nextChange(timetable, next))
    changes.push(`${new Date(next).toISOString().replace('.000Z', 'Z')} ${limitAt(timetable, next)}`)
  return changes
}

describe('rows of flow control', () => {
  it('are read as people write them, sorted by time, and written back', () => {
    const { rows, maxBytesPerSecond } = parseTimetable(['22:00-06:00=0', ' 6:00 - 12:00 = 5MB/s', '12:00-22:00=512KiB/s'], '20MB/s', 'Asia/Shanghai')
    expect(rows.map(formatRow)).toEqual(['06:00-12:00=5MB/s', '12:00-22:00=512KiB/s', '22:00-06:00=0'])
    expect(maxBytesPerSecond).toBe(20_000_000)
  })

  it.each([
    ['5MB/s', /"5MB\/s" is not a row of flow control: write 06:00-12:00=5MB\/s\.$/],
    ['06:00-12:00', /is not a row/],
    ['06:00-25:00=5MB/s', /ends at no time of day: write 00:00 to 24:00\.$/],
    ['06:60-12:00=5MB/s', /begins at no time of day: write 00:00 to 23:59\.$/],
    ['24:00-06:00=5MB/s', /begins at no time of day/],
    ['06:00-06:00=5MB/s', /ends where it begins: write 00:00-24:00 for the whole day\.$/],
    ['06:00-12:00=-5MB/s', /In the row "06:00-12:00=-5MB\/s": "-5MB\/s" is not a rate.*\.$/],
    ['06:00-12:00=', /"" is not a rate/],
    ['06:00-12:00=9000TB/s', /lies outside 1 kB\/s to 1 TB\/s/],
    ['06:00-12:00=1kbit/s', /lies outside/],
  ])('refuse %j with a sentence', (row, sentence) => {
    expect(() => parseTimetable([row], undefined, 'UTC')).toThrow(sentence)
  })

  it('refuse to overlap, over midnight too', () => {
    const parse = (...rows: string[]) => () => parseTimetable(rows.map((row) => `${row}=1MB/s`), undefined, 'UTC')
    expect(parse('06:00-12:00', '11:59-13:00')).toThrow('The rows 06:00-12:00 and 11:59-13:00 overlap')
    expect(parse('22:00-06:00', '05:59-07:00')).toThrow('The rows 05:59-07:00 and 22:00-06:00 overlap')
    expect(parse('22:00-02:00', '23:00-01:00')).toThrow(/overlap/)
    expect(parse('00:00-24:00', '23:59-24:00')).toThrow(/overlap/)
    expect(parse('12:00-00:00', '00:00-12:00')).not.toThrow()
    expect(parse('22:00-06:00', '06:00-22:00')).not.toThrow()
  })

  it('refuse an unknown zone, too many rows, and an absurd rate for the rest of the day', () => {
    expect(() => parseTimetable([], undefined, 'Asia/Shangai')).toThrow(/"Asia\/Shangai" is not a time zone.*\.$/)
    const many = Array.from({ length: maxFlowRows + 1 }, (_, i) => `00:${String(i).padStart(2, '0')}-00:${String(i + 1).padStart(2, '0')}=0`)
    expect(() => parseTimetable(many, undefined, 'UTC')).toThrow('25 rows are too many: flow control takes up to 24.')
    expect(() => parseTimetable([], '5MB', 'UTC')).toThrow(/is not a rate/)
  })

  it('rates are written so that they are read as the same number', () => {
    const rate = fc.oneof(fc.integer({ min: minRate, max: 1e9 }), fc.integer({ min: minRate, max: maxRate }))
    fc.assert(fc.property(rate, (bytes) => parseRate(formatRate(bytes)) === bytes), { seed: printedSeed('rates written and read') })
    expect([0, 1_000, 5_000_000, 2.5e9, 524_288, 1024 ** 3].map(formatRate)).toEqual(['0', '1kB/s', '5MB/s', '2.5GB/s', '512KiB/s', '1GiB/s'])
  })
})

describe('the limit in force', () => {
  it('is the row’s from its first minute until its last, else the rest’s, else none', () => {
    const timetable = parseTimetable(['06:00-12:00=5MB/s', '22:00-02:00=0'], '20MB/s', 'Asia/Shanghai')
    const limits = ['21:59:59', '22:00:00', '03:59:59', '04:00:00', '14:00:00', '17:59:59', '18:00:00'].map((time) => limitAt(timetable, at(`2026-11-23T${time}Z`)))
    expect(limits).toEqual([20_000_000, 5_000_000, 5_000_000, 20_000_000, 0, 0, 20_000_000])
    expect(limitAt({ ...timetable, maxBytesPerSecond: null }, at('2026-11-23T05:00Z'))).toBe(null)
  })

  it('changes at the rows’ ends, and never where there is nothing to change', () => {
    const timetable = parseTimetable(['06:00-12:00=5MB/s', '12:00-18:00=5MB/s', '22:00-24:00=0'], undefined, 'Asia/Kathmandu')
    expect(changesFrom(timetable, '2026-11-23T00:00Z', 4)).toEqual([
      '2026-11-23T00:15:00Z 5000000', '2026-11-23T12:15:00Z null', '2026-11-23T16:15:00Z 0', '2026-11-23T18:15:00Z null',
    ])
    expect(nextChange(parseTimetable([], '5MB/s', 'UTC'), 0)).toBe(null)
    expect(nextChange(parseTimetable(['00:00-24:00=5MB/s'], undefined, 'Europe/Berlin'), at('2026-03-28T12:00Z'))).toBe(null)
    expect(nextChange(parseTimetable(['06:00-12:00=5MB/s'], '5MB/s', 'UTC'), 0)).toBe(null)
  })

  it('begins at the jump where the clock skips its beginning; what is skipped whole is left out', () => {
    const berlin = (row: string) => changesFrom(parseTimetable([`${row}=5MB/s`], undefined, 'Europe/Berlin'), '2026-03-28T12:00Z', 2)
    expect(berlin('02:30-04:00')).toEqual(['2026-03-29T01:00:00Z 5000000', '2026-03-29T02:00:00Z null'])
    expect(berlin('01:00-02:30')).toEqual(['2026-03-29T00:00:00Z 5000000', '2026-03-29T01:00:00Z null'])
    expect(berlin('02:10-02:50')).toEqual(['2026-03-30T00:10:00Z 5000000', '2026-03-30T00:50:00Z null'])
  })

  it('comes twice where the hour comes twice', () => {
    const berlin = (row: string, count: number) => changesFrom(parseTimetable([`${row}=5MB/s`], undefined, 'Europe/Berlin'), '2026-10-24T12:00Z', count)
    expect(berlin('02:10-02:50', 4)).toEqual([
      '2026-10-25T00:10:00Z 5000000', '2026-10-25T00:50:00Z null', '2026-10-25T01:10:00Z 5000000', '2026-10-25T01:50:00Z null',
    ])
    expect(berlin('02:30-05:00', 4)).toEqual([
      '2026-10-25T00:30:00Z 5000000', '2026-10-25T01:00:00Z null', '2026-10-25T01:30:00Z 5000000', '2026-10-25T04:00:00Z null',
    ])
  })

  it('knows zones that change by half an hour, at midnight, or skip a whole day', () => {
    const changes = (zone: string, row: string, from: string) => changesFrom(parseTimetable([`${row}=5MB/s`], undefined, zone), from, 2)
    expect(changes('Australia/Lord_Howe', '02:15-03:00', '2026-10-03T00:00Z')).toEqual(['2026-10-03T15:30:00Z 5000000', '2026-10-03T16:00:00Z null'])
    expect(changes('Asia/Beirut', '00:00-06:00', '2026-03-28T12:00Z')).toEqual(['2026-03-28T22:00:00Z 5000000', '2026-03-29T03:00:00Z null'])
    expect(changes('Pacific/Apia', '06:00-12:00', '2011-12-30T00:00Z')).toEqual(['2011-12-30T16:00:00Z 5000000', '2011-12-30T22:00:00Z null'])
  })
})

/** Days around changes of the clock, and ordinary ones. */
const days: readonly (readonly [zone: string, day: string])[] = [
  ['Europe/Berlin', '2026-03-28T12:00Z'], ['Europe/Berlin', '2026-10-24T12:00Z'], ['America/New_York', '2026-03-07T18:00Z'],
  ['America/St_Johns', '2026-11-01T00:00Z'], ['Australia/Lord_Howe', '2026-10-03T00:00Z'], ['Australia/Lord_Howe', '2026-04-04T00:00Z'],
  ['Asia/Beirut', '2026-03-28T12:00Z'], ['Asia/Beirut', '2026-10-24T12:00Z'], ['America/Santiago', '2026-09-05T12:00Z'], ['America/Sao_Paulo', '2018-11-03T12:00Z'],
  ['Africa/Cairo', '2026-04-23T12:00Z'], ['Africa/Casablanca', '2026-02-14T12:00Z'], ['Pacific/Chatham', '2026-09-26T00:00Z'],
  ['Pacific/Apia', '2011-12-29T12:00Z'], ['Asia/Kathmandu', '2026-11-23T00:00Z'], ['Asia/Shanghai', '2026-11-23T00:00Z'], ['UTC', '2026-11-23T00:00Z'],
]

const clockText = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Rows between sorted minutes, some left out; where the last goes on over midnight, up to the first. */
const anyRows = fc
  .record({
    minutes: fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15)), { minLength: 2, maxLength: 9 }),
    rates: fc.array(fc.constantFrom('0', '1MB/s', '5MB/s', undefined), { minLength: 9, maxLength: 9 }),
  })
  .map(({ minutes, rates }) => {
    const sorted = minutes.toSorted((a, b) => a - b)
    return sorted.flatMap((from, i) => (rates[i] === undefined ? [] : [`${clockText(from)}-${clockText(sorted[(i + 1) % sorted.length]!)}=${rates[i]}`]))
  })

/** The limit by what a clock in that zone shows, written down without the code under test. */
function shownLimit({ rows, maxBytesPerSecond }: Timetable, format: Intl.DateTimeFormat, atMs: number): number | null {
  const shown = format.format(atMs)
  const row = rows.find(({ from, to }) => (from < to ? from <= shown && shown < to : shown >= from || shown < to))
  return row ? row.bytesPerSecond : maxBytesPerSecond
}

describe('any timetable on any day', () => {
  it('agrees, minute by minute, with what a clock on the wall shows', () => {
    const property = fc.property(fc.constantFrom(...days), anyRows, fc.constantFrom(undefined, '5MB/s'), fc.nat(24 * 60), ([zone, day], rows, max, offset) => {
      const timetable = parseTimetable(rows, max, zone)
      const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
      const from = at(day) + offset * minuteMs + 17
      const end = nextChange(timetable, from) ?? from + 30 * 60 * minuteMs
      const now = limitAt(timetable, from)
      for (let t = from; t < end; t = t + minuteMs - (t % minuteMs)) {
        const seen = [limitAt(timetable, t), shownLimit(timetable, format, t)]
        if (seen.some((limit) => limit !== now)) throw new Error(`${new Date(t).toISOString()}: ${String(seen)}, not ${now}`)
      }
      if (nextChange(timetable, from) !== null) expect(shownLimit(timetable, format, end)).not.toBe(now)
    })
    fc.assert(property, { numRuns: 80, seed: printedSeed('timetables by the minute') })
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const timetable = parseTimetable(rows, undefined, 'UTC')
        expect(parseTimetable(timetable.rows.map(formatRow), undefined, 'UTC')).toEqual(timetable)
      }),
      { seed: printedSeed('timetables written and read') },
    )
  })
})
