import type { PastJob, PastJobInput } from '../activities/read-past-job.ts'
import { checks } from './activities.ts'

/** What a job was that Temporal has forgotten: its report tells. */
export const pastJob = async (input: PastJobInput): Promise<PastJob | null> =>
  await checks(`${input.job} at ${input.destination}`).readPastJob(input)
