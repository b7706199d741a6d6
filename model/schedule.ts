/**
 * When a job's next run is due. A wall clock's day or week may have an hour more or less: zones are asked for, so this belongs into
 * an activity, never into a workflow.
 */
import type { JobOptions, Period } from './job.ts'
import { localToUtc, offsetsOf } from './time.ts'

export const maxTimes = 30
export const maxIntervalMs = 24 * 3_600_000
export const defaultIntervalMs = 3_600_000

/** `times` runs in all, each `intervalMs` after the end of the one before; or one every `period`, counted from `atMs`, for ever. */
export type Schedule =
  | { readonly type: 'full' }
  | { readonly type: 'incremental'; readonly times: number; readonly intervalMs: number }
  | { readonly type: 'sync'; readonly period: Period; readonly atMs: number }

export function scheduleOf({ type, times = 1, intervalMs = defaultIntervalMs, every = 'day', atMs = 0 }: JobOptions): Schedule {
  switch (type) {
    case 'full':
      return { type }
    case 'incremental':
      return { type, times, intervalMs }
    case 'sync':
      return { type, period: every, atMs }
  }
}

/** How many runs there are to be; null: no end. */
export const runsOf = (schedule: Schedule): number | null =>
  schedule.type === 'full' ? 1 : schedule.type === 'incremental' ? schedule.times : null

/**
 * When the run after the `done`-th begins (0: the first), as `nowMs` is the end of the one before; null: there is none. A moment of
 * the schedule that passes while a run goes on is left out: the next run waits for the last.
 */
export function nextRunAt(schedule: Schedule, done: number, nowMs: number, timeZone: string): number | null {
  switch (schedule.type) {
    case 'full':
      return done === 0 ? nowMs : null
    case 'incremental':
      if (done >= schedule.times) return null
      return done === 0 ? nowMs : nowMs + schedule.intervalMs
    case 'sync':
      return done === 0 ? Math.max(nowMs, schedule.atMs) : momentAfter(schedule, nowMs, timeZone)
  }
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The first moment of the schedule after `nowMs`: hours are hours, days and weeks end when the clock on the wall shows the same time again. */
function momentAfter({ period, atMs }: Extract<Schedule, { type: 'sync' }>, nowMs: number, timeZone: string): number {
  if (nowMs < atMs) return atMs
  if (period === 'hour') return atMs + (Math.floor((nowMs - atMs) / hourMs) + 1) * hourMs
  const stepMs = period === 'day' ? dayMs : 7 * dayMs
  const wallMs = atMs + offsetsOf(timeZone)(atMs)
  for (let step = Math.floor((nowMs - atMs) / stepMs); ; step++) {
    const moment = localToUtc(wallMs + step * stepMs, timeZone)
    if (moment > nowMs) return moment
  }
}
