import type { JobOptions } from '../model/job.ts'
import { nextRunAt, scheduleOf } from '../model/schedule.ts'

export interface NextRunInput {
  readonly options: JobOptions
  /** Runs of the schedule that are over. */
  readonly done: number
  /** The end of the last one, or the job's beginning. */
  readonly nowMs: number
}

/** When the next run is due, ms since 1970; null: there is none. Time zones belong here: two workers may know different ones, a history may not. */
export const createNextRun = () => (input: NextRunInput): Promise<number | null> =>
  Promise.resolve(nextRunAt(scheduleOf(input.options), input.done, input.nowMs, input.options.timeZone))
