/** Times and durations as people write them. No clock and no zone of the machine's own: the zone is always given. */

/** Whether this JavaScript knows the IANA zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

/**
 * An ISO 8601 date or time in ms since 1970; one without an offset is meant in `timeZone`. A local time that a change of the
 * clock skips counts as if the clock had not been changed yet, one that happens twice as the first.
 * Fails with a RangeError whose message is one sentence for people.
 */
export function parseTime(text: string, timeZone: string): number {
  const match = isoPattern.exec(text.trim())
  if (!match)
    throw new RangeError(`"${text}" is not a time: write ISO 8601, as 2026-03-05, 2026-03-05T08:00 or 2026-03-05T08:00:00Z.`)
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  const parts = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)] as const
  if (!existsOnCalendar(parts)) throw new RangeError(`"${text}" is not a time: there is no such day or hour.`)
  const wallMs = wallTime(parts) + Math.floor(Number(`0.${fraction || 0}`) * 1000)
  return offset === undefined ? localToUtc(wallMs, timeZone) : wallMs - parseOffset(offset)
}

type TimeParts = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number]

function existsOnCalendar(parts: TimeParts): boolean {
  const [year, month, day, hour, minute, second] = parts
  const date = new Date(wallTime([year, month, day, 0, 0, 0]))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
}

function wallTime([year, month, day, hour, minute, second]: TimeParts): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000
}

function parseOffset(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0)
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

/** The zone's offsets half a day before and after enclose any change of the clock near this moment. */
export function localToUtc(wallMs: number, timeZone: string): number {
  const offsetAt = offsetsOf(timeZone)
  const halfDay = 12 * 3_600_000
  const before = offsetAt(wallMs - halfDay)
  const after = offsetAt(wallMs + halfDay)
  const candidates = [wallMs - before, wallMs - after].filter((utcMs) => utcMs + offsetAt(utcMs) === wallMs)
  return candidates.length === 0 ? wallMs - before : Math.min(...candidates)
}

/** By how many ms the zone's clock is ahead of UTC at a moment: whole seconds. */
export function offsetsOf(timeZone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (utcMs) => {
    const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    const wall = wallTime([of('year'), of('month'), of('day'), of('hour'), of('minute'), of('second')])
    return wall - Math.floor(utcMs / 1000) * 1000
  }
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s`, `5m`, `1h30m`, `2d`; a bare number counts seconds. Milliseconds. Fails with a RangeError for people. */
export function parseDuration(text: string): number {
  const compact = text.replace(/\s+/g, '')
  const ms = /^\d+(\.\d+)?$/.test(compact) ? Number(compact) * 1000 : sumOfUnits(text, compact)
  if (Number.isFinite(ms)) return ms
  throw new RangeError(`The duration "${text}" is too long.`)
}

function sumOfUnits(text: string, compact: string): number {
  if (!/^(\d+(\.\d+)?(ms|min|s|m|h|d))+$/.test(compact))
    throw new RangeError(`"${text}" is not a duration: write 30s, 5m, 1h30m or 2d.`)
  return [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * unitMs[unit!]!,
    0,
  )
}

/** `7 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`: two units at most. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const units: readonly [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]
  const first = units.findIndex(([size]) => whole >= size)
  if (first < 0) return '0 s'
  const [size, name] = units[first]!
  const next = units[first + 1]
  const rest = next && Math.floor((whole % size) / next[0])
  return `${Math.floor(whole / size)} ${name}${next && rest ? ` ${rest} ${next[1]}` : ''}`
}
