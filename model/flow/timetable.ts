/**
 * Flow control as people write it: rows of the day, each with the most bytes a second, in one IANA time zone.
 *
 * A row is in force while a clock on a wall of that zone shows `from` or later, but not yet `to`. So where the clock is put forward
 * and skips `from`, the row begins at the jump, and a row that is skipped whole is left out that day; where the clock is put back,
 * the hour that comes twice is under its row twice. Outside the rows `maxBytesPerSecond` holds.
 */
import { formatRate, parseRate } from '../rate.ts'
import { isTimeZone, offsetsOf } from '../time.ts'
import type { Limit } from './limit.ts'

export interface FlowRow {
  /** `HH:MM`, below 24:00. */
  readonly from: string
  /** `HH:MM`, up to 24:00. Earlier than `from`: the row goes on over midnight. */
  readonly to: string
  readonly bytesPerSecond: number
}
export interface Timetable {
  readonly timeZone: string
  /** By `from`; no two overlap. */
  readonly rows: readonly FlowRow[]
  readonly maxBytesPerSecond: Limit
}

/** One for every hour: a job's memo carries them, as texts. */
export const maxFlowRows = 24

/** Rows as `06:00-12:00=5MB/s`. Fails with a RangeError whose message is one sentence for people. */
export function parseTimetable(rows: readonly string[], maxFlow: string | undefined, timeZone: string): Timetable {
  if (!isTimeZone(timeZone)) throw new RangeError(`"${timeZone}" is not a time zone: write an IANA name as Asia/Shanghai.`)
  return { timeZone, ...parseLimits(rows, maxFlow) }
}

/** The same without a zone: asks nothing of the machine. */
export function parseLimits(rows: readonly string[], maxFlow: string | undefined): Omit<Timetable, 'timeZone'> {
  if (rows.length > maxFlowRows) throw new RangeError(`${rows.length} rows are too many: flow control takes up to ${maxFlowRows}.`)
  const parsed = rows.map(parseRow).sort((a, b) => minuteOf(a.from) - minuteOf(b.from))
  assertApart(parsed)
  return { rows: parsed, maxBytesPerSecond: maxFlow === undefined ? null : parseRate(maxFlow) }
}

export const formatRow = ({ from, to, bytesPerSecond }: FlowRow): string => `${from}-${to}=${formatRate(bytesPerSecond)}`

/** The limit in force at a moment. */
export const limitAt = (timetable: Timetable, atMs: number): Limit => limitOf(timetable, offsetsOf(timetable.timeZone), atMs)

/** The first moment after `atMs` at which another limit is in force; null: never. */
export function nextChange(timetable: Timetable, atMs: number): number | null {
  if (timetable.rows.length === 0) return null
  const offsetAt = offsetsOf(timetable.timeZone)
  const now = limitOf(timetable, offsetAt, atMs)
  const edges = [...new Set(timetable.rows.flatMap(({ from, to }) => [minuteOf(from), minuteOf(to)]))]
  for (let at = atMs; at < atMs + horizonMs; ) {
    at = nextEdge(edges, offsetAt, at)
    if (limitOf(timetable, offsetAt, at) !== now) return at
  }
  return null
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** A zone that moves over the date line skips a whole day, and the day after a row may lie in a gap. */
const horizonMs = 4 * dayMs

type OffsetAt = (utcMs: number) => number

function parseRow(text: string): FlowRow {
  const match = /^\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s*=\s*(.*)$/.exec(text)
  if (!match) throw new RangeError(`"${text}" is not a row of flow control: write 06:00-12:00=5MB/s.`)
  const [from, to] = [match[1]!.padStart(5, '0'), match[2]!.padStart(5, '0')]
  if (!isTimeOfDay(from) || from === '24:00') throw new RangeError(`The row "${text}" begins at no time of day: write 00:00 to 23:59.`)
  if (!isTimeOfDay(to)) throw new RangeError(`The row "${text}" ends at no time of day: write 00:00 to 24:00.`)
  if (from === to) throw new RangeError(`The row "${text}" ends where it begins: write 00:00-24:00 for the whole day.`)
  return { from, to, bytesPerSecond: rateOf(text, match[3]!) }
}

const isTimeOfDay = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text) || text === '24:00'

function rateOf(row: string, rate: string): number {
  try {
    return parseRate(rate)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new RangeError(`In the row "${row}": ${error.message}`)
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

function assertApart(rows: readonly FlowRow[]): void {
  for (const [i, a] of rows.entries()) {
    const b = rows.slice(i + 1).find((other) => holds(a, minuteOf(other.from)) || holds(other, minuteOf(a.from)))
    if (b) throw new RangeError(`The rows ${a.from}-${a.to} and ${b.from}-${b.to} overlap: every minute of the day may lie in one row only.`)
  }
}

function holds(row: FlowRow, minute: number): boolean {
  const [from, to] = [minuteOf(row.from), minuteOf(row.to)]
  return from < to ? from <= minute && minute < to : from <= minute || minute < to
}

function limitOf({ rows, maxBytesPerSecond }: Timetable, offsetAt: OffsetAt, atMs: number): Limit {
  const minute = Math.floor(timeOfDay(atMs + offsetAt(atMs)) / minuteMs)
  const row = rows.find((candidate) => holds(candidate, minute))
  return row ? row.bytesPerSecond : maxBytesPerSecond
}

const timeOfDay = (wallMs: number): number => ((wallMs % dayMs) + dayMs) % dayMs

/** When the clock on the wall next shows one of these minutes, or is put forward or back before it does. */
function nextEdge(edges: readonly number[], offsetAt: OffsetAt, atMs: number): number {
  const now = timeOfDay(atMs + offsetAt(atMs))
  const waits = edges.map((minute) => timeOfDay(minute * minuteMs - now) || dayMs)
  return changeOfClock(offsetAt, atMs, atMs + Math.min(...waits))
}

/** The first moment after `fromMs` at which the zone has another offset; `toMs` if there is none before. No zone changes twice within an hour. */
function changeOfClock(offsetAt: OffsetAt, fromMs: number, toMs: number): number {
  const before = offsetAt(fromMs)
  for (let low = fromMs; low < toMs; low += hourMs) {
    const high = Math.min(low + hourMs, toMs)
    if (offsetAt(high) !== before) return bisect(offsetAt, before, low, high)
  }
  return toMs
}

function bisect(offsetAt: OffsetAt, before: number, low: number, high: number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}
