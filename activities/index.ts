/** Every activity, made over what a worker process shares. */
import type { JobPaces } from '../copy/job-paces.ts'
import { createCheckAddress } from './check/check-address-activity.ts'
import { createCheckJob } from './check/check-job.ts'
import { createCopyBatch } from './copy-batch.ts'
import { createCopyParts } from './copy-parts.ts'
import type { Dependencies } from './dependencies.ts'
import { createListBatches } from './list-batches.ts'
import { createMergeBatches } from './merge-batches.ts'
import { createNextRun } from './next-run.ts'
import { nextBoundary } from './next-boundary.ts'
import { createReadPastJob } from './read-past-job.ts'
import { createReadReport } from './read-report.ts'
import { createReadRunning } from './read-running.ts'
import { createShare, type Sharing } from './share.ts'
import { createEndVerify } from './verify/end-verify.ts'
import { createPlanVerify } from './verify/plan-verify.ts'
import { createVerifyTurn } from './verify/verify-turn.ts'
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
  planVerify: createPlanVerify(dependencies),
  endVerify: createEndVerify(dependencies),
  nextBoundary,
})

/** For the queue `tranship-copy`. */
export const createCopyActivities = (dependencies: Dependencies, paces: JobPaces) => ({
  copyBatch: createCopyBatch(dependencies, paces),
  copyParts: createCopyParts(dependencies, paces),
  verifyTurn: createVerifyTurn(dependencies),
})

/** For the queue of one host alone. */
export const createShareActivities = (sharing: Sharing) => ({
  share: createShare(sharing),
})

export type Activities = ReturnType<typeof createControlActivities> & ReturnType<typeof createCopyActivities> & ReturnType<typeof createShareActivities>
