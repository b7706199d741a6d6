import { nextMerge, withMerged } from '../model/run-state.ts'
import { reporter } from './activities.ts'
import type { Job } from './job.ts'

/** Merges the next finished batches into a fragment of the report; false when there are none to merge yet. */
export async function mergeNext(job: Job): Promise<boolean> {
  const { run } = job.state
  const batches = nextMerge(run)
  if (batches === undefined) return false
  const result = await reporter(`run ${run.run}: outcomes of ${batches.length} batches`).mergeBatches({
    context: job.context, merge: run.merges, batches,
  })
  job.state.run = withMerged(job.state.run, batches.length, result)
  return true
}
