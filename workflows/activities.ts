/** Every activity, with its time limits and the line that the Web UI shows for it. Cancelling waits until it has really ended. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { ActivityOptions } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { heartbeatTimeoutMs } from '../model/heartbeat.ts'
import { copyTaskQueue } from '../model/job.ts'

const common = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
} as const satisfies ActivityOptions

export const checks = (summary: string): Pick<Activities, 'checkJob' | 'checkAddress' | 'nextRun' | 'readReport' | 'readPastJob' | 'readRunning' | 'planVerify'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '2m', retry: { ...common.retry, maximumAttempts: 3 } })

export const lister = (summary: string): Pick<Activities, 'listBatches'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '10m', heartbeatTimeout: '15s' })

export const reporter = (summary: string): Pick<Activities, 'mergeBatches' | 'writeReport' | 'endVerify'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '12h', heartbeatTimeout: '30s' })

export const copier = (summary: string, window: number): Pick<Activities, 'copyBatch'> =>
  proxyActivities<Activities>({
    ...common, summary, taskQueue: copyTaskQueue, startToCloseTimeout: '5m', heartbeatTimeout: heartbeatTimeoutMs(window),
  })

/** Repeated for some minutes; what is wrong with an address for longer ends the verification. */
export const verifier = (summary: string): Pick<Activities, 'verifyTurn'> =>
  proxyActivities<Activities>({
    ...common, summary, taskQueue: copyTaskQueue, startToCloseTimeout: '30m', heartbeatTimeout: '30s', retry: { ...common.retry, maximumAttempts: 10 },
  })
