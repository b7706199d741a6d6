import type { ReadReportInput, ReadReportResult } from '../activities/read-report.ts'
import { checks } from './activities.ts'

/** A piece of a report list, for a client that cannot reach the address itself. */
export const exportReport = async (input: ReadReportInput): Promise<ReadReportResult> =>
  await checks(`${input.job}, run ${input.run}: ${input.list}`).readReport(input)
