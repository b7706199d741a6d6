import { isLimiting, timetableOf, type Flow } from '../model/flow/flow.ts'
import { limitAt, nextChange } from '../model/flow/timetable.ts'
import type { Limit } from '../model/flow/limit.ts'

export interface BoundaryInput {
  readonly flow: Flow
  readonly timeZone: string
  readonly atMs: number
}
export interface Boundary {
  readonly limitBytesPerSecond: Limit
  readonly nextChangeAt: number | null
}

/** Recorded, because two versions of Node may know different time zones. */
export async function nextBoundary({ flow, timeZone, atMs }: BoundaryInput): Promise<Boundary> {
  if (!isLimiting(flow)) return { limitBytesPerSecond: null, nextChangeAt: null }
  const timetable = timetableOf(flow, timeZone)
  return { limitBytesPerSecond: limitAt(timetable, atMs), nextChangeAt: nextChange(timetable, atMs) }
}
