import type { ReadReportInput, ReadReportResult } from '../activities/read-report.ts'
import type { ReadRunningInput, ReadRunningResult } from '../activities/read-running.ts'
import { checks } from './activities.ts'

/** A piece of a report list, for a client that cannot reach the address itself. */
export const exportReport = async (input: ReadReportInput): Promise<ReadReportResult> =>
  await checks(`${input.job}, run ${input.run}: ${input.list}`).readReport(input)

/** The same of a run that goes on. */
export const exportRunning = async (input: ReadRunningInput): Promise<ReadRunningResult> =>
  await checks(`${input.options.job}, run ${input.parts.run}: lists so far`).readRunning(input)
