import { nextFold, nextMerge, withMerge, withMerged } from '../model/run-state.ts'
import { reporter } from './activities.ts'
import type { Job } from './job.ts'

/** Merges the next finished batches into a fragment of the report; false when there are none to merge yet. */
export async function mergeNext(job: Job): Promise<boolean> {
  const { state } = job
  const batches = nextMerge(state.run)
  if (batches === undefined) return false
  state.run = withMerge(state.run)
  const { run } = state
  const before = nextFold(run)
  const result = await reporter(`run ${run.run}: outcomes of ${batches.length} batches`, job.options).mergeBatches({
    context: job.context, merge: run.merges, batches, ...(before && { before }),
  })
  state.run = withMerged(state.run, batches.length, result)
  return true
}
