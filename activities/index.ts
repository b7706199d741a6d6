/** Every activity, made over what a worker process shares. */
import { createCheckAddress } from './check/check-address-activity.ts'
import { createCheckJob } from './check/check-job.ts'
import { createCopyBatch } from './copy-batch.ts'
import type { Dependencies } from './dependencies.ts'
import { createListBatches } from './list-batches.ts'
import { createMergeBatches } from './merge-batches.ts'
import { createNextRun } from './next-run.ts'
import { createReadPastJob } from './read-past-job.ts'
import { createReadReport } from './read-report.ts'
import { createReadRunning } from './read-running.ts'
import { createWriteReport } from './write-report.ts'

/** For the queue `tranship`: what a job's own decisions wait for. */
export const createControlActivities = (dependencies: Dependencies) => ({
  checkJob: createCheckJob(dependencies),
  checkAddress: createCheckAddress(dependencies),
  listBatches: createListBatches(dependencies),
  mergeBatches: createMergeBatches(dependencies),
  writeReport: createWriteReport(dependencies),
  nextRun: createNextRun(),
  readReport: createReadReport(dependencies),
  readPastJob: createReadPastJob(dependencies),
  readRunning: createReadRunning(dependencies),
})

/** For the queue `tranship-copy`. */
export const createCopyActivities = (dependencies: Dependencies) => ({
  copyBatch: createCopyBatch(dependencies),
})

export type Activities = ReturnType<typeof createControlActivities> & ReturnType<typeof createCopyActivities>
