/** Every activity, with its time limits and the line that the Web UI shows for it. Cancelling waits until it has really ended. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { ActivityOptions } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { checkTimeoutMs, controlTimeoutMs, heartbeatTimeoutMs } from '../model/heartbeat.ts'
import { copyTaskQueue } from '../model/job.ts'
import type { Tuning } from '../model/job.ts'

const common = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
} as const satisfies ActivityOptions

export const checks = (summary: string): Pick<Activities, 'checkJob' | 'checkAddress' | 'nextRun' | 'readReport' | 'readPastJob' | 'readRunning'> =>
  proxyActivities<Activities>({
    ...common, summary, startToCloseTimeout: '2m', heartbeatTimeout: checkTimeoutMs, retry: { ...common.retry, maximumAttempts: 3 },
  })

export const lister = (summary: string, tuning?: Tuning): Pick<Activities, 'listBatches'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '10m', heartbeatTimeout: controlTimeoutMs('list', tuning) })

export const reporter = (summary: string, tuning?: Tuning): Pick<Activities, 'mergeBatches' | 'writeReport'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '12h', heartbeatTimeout: controlTimeoutMs('report', tuning) })

export const copier = (summary: string, window: number, tuning?: Tuning): Pick<Activities, 'copyBatch'> =>
  proxyActivities<Activities>({
    ...common, summary, taskQueue: copyTaskQueue, startToCloseTimeout: '5m', heartbeatTimeout: heartbeatTimeoutMs(window, tuning),
  })
