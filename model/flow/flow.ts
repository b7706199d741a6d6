/** Flow control of one job: as the job keeps it, and as `flow/<job>` tells the hosts. */
import type { JobOptions } from '../job.ts'
import type { Limit } from './limit.ts'
import { limitAt, nextChange, parseTimetable, type Timetable } from './timetable.ts'

/** Rows and rates as people write them. */
export interface Flow {
  /** Counts from 1 how often it was set. */
  readonly version: number
  /** When it was set, ms since 1970. */
  readonly setAt: number
  readonly rows: readonly string[]
  /** Outside the rows; absent: no limit there. */
  readonly maxFlow?: string
}

/** What the rows say of a moment. */
export interface Boundary {
  readonly limitBytesPerSecond: Limit
  /** Ms since 1970; null: never. */
  readonly nextChangeAt: number | null
}

/** Memo of `flow/<job>` under `flow`. */
export interface FlowInForce extends Flow, Boundary {
  readonly timeZone: string
}

/** What a job begins with; undefined: nothing limits it, and nothing was set. */
export function firstFlow({ flow: rows = [], maxFlow }: JobOptions, setAt: number): Flow | undefined {
  return rows.length === 0 && maxFlow === undefined ? undefined : { version: 1, setAt, rows, ...(maxFlow !== undefined && { maxFlow }) }
}

/** The options of a job that goes on under the flow control that was set last. */
export function withFlow({ flow: _flow, maxFlow: _maxFlow, ...options }: JobOptions, last: Flow | undefined): JobOptions {
  if (last === undefined) return options
  return { ...options, flow: last.rows, ...(last.maxFlow !== undefined && { maxFlow: last.maxFlow }) }
}

export const isLimiting = (flow: Flow | undefined): flow is Flow => flow !== undefined && (flow.rows.length > 0 || flow.maxFlow !== undefined)

/** A job made again under the same name counts its versions anew. */
export const isNewer = (flow: Flow, than: Flow): boolean => flow.setAt > than.setAt || (flow.setAt === than.setAt && flow.version > than.version)

export const timetableOf = ({ rows, maxFlow }: Flow, timeZone: string): Timetable => parseTimetable(rows, maxFlow, timeZone)

/** Asks the machine for the zone. Fails with a RangeError for rows or a zone that cannot be understood. */
export function boundaryAt(flow: Flow, timeZone: string, atMs: number): Boundary {
  if (!isLimiting(flow)) return { limitBytesPerSecond: null, nextChangeAt: null }
  const timetable = timetableOf(flow, timeZone)
  return { limitBytesPerSecond: limitAt(timetable, atMs), nextChangeAt: nextChange(timetable, atMs) }
}
