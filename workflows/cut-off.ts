/** Activities that ended without an answer because they were cancelled; or that failed, or lost their worker, after they were: then they are not tried again. */
import { ActivityFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow'
import type { OutcomesRef } from '../model/batch.ts'
import type { CopyHeartbeat } from '../model/heartbeat.ts'

export const isCutOff = (error: unknown): boolean => isCancellation(error) || (error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED')

/** What the attempt had recorded last. */
export const lastOutcomes = (error: unknown): OutcomesRef | undefined =>
  (timeoutOf(error)?.lastHeartbeatDetails as CopyHeartbeat | undefined)?.outcomes

function timeoutOf(error: unknown): TimeoutFailure | undefined {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure ? error.cause : undefined
}
