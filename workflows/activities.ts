/** Every activity, with its time limits and the line that the Web UI shows for it. Cancelling waits until it has really
 * ended; one whose worker died counts as ended 15 s after its last heartbeat, so that a stop takes 20 s at most. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { ActivityOptions } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { checkTimeoutMs, controlTimeoutMs, heartbeatTimeoutMs } from '../model/heartbeat.ts'
import { copyTaskQueue, priorityOf, type JobOptions } from '../model/job.ts'

const common = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
} as const satisfies ActivityOptions

export const checks = (summary: string): Pick<Activities, 'checkJob' | 'checkAddress' | 'nextRun' | 'readReport' | 'readPastJob' | 'readRunning' | 'planVerify'> =>
  proxyActivities<Activities>({
    ...common, summary, startToCloseTimeout: '2m', heartbeatTimeout: checkTimeoutMs, retry: { ...common.retry, maximumAttempts: 3 },
  })

export const lister = (summary: string, job: JobOptions): Pick<Activities, 'listBatches'> =>
  proxyActivities<Activities>({ ...common, summary, priority: priorityOf(job), startToCloseTimeout: '10m', heartbeatTimeout: controlTimeoutMs(job.tuning) })

export const reporter = (summary: string, job: JobOptions): Pick<Activities, 'mergeBatches' | 'writeReport'> =>
  proxyActivities<Activities>({ ...common, summary, priority: priorityOf(job), startToCloseTimeout: '12h', heartbeatTimeout: controlTimeoutMs(job.tuning) })

export const verifyEnder = (summary: string): Pick<Activities, 'endVerify'> =>
  proxyActivities<Activities>({ ...common, summary, startToCloseTimeout: '12h', heartbeatTimeout: controlTimeoutMs() })

export const copier = (summary: string, job: JobOptions, window: number): Pick<Activities, 'copyBatch'> =>
  proxyActivities<Activities>({
    ...common, summary, priority: priorityOf(job), taskQueue: copyTaskQueue, startToCloseTimeout: '5m', heartbeatTimeout: heartbeatTimeoutMs(window, job.tuning),
  })

/** A long part may take hours under a low limit; heartbeats tell whether its worker lives. */
export const partSender = (summary: string, job: JobOptions, window: number, long: boolean): Pick<Activities, 'copyParts'> =>
  proxyActivities<Activities>({
    ...common, summary, priority: priorityOf(job), taskQueue: copyTaskQueue, startToCloseTimeout: long ? '12h' : '5m', heartbeatTimeout: heartbeatTimeoutMs(window, job.tuning),
  })

/** Repeated for some minutes; what is wrong with an address for longer ends the verification. */
export const verifier = (summary: string): Pick<Activities, 'verifyTurn'> =>
  proxyActivities<Activities>({
    ...common, summary, taskQueue: copyTaskQueue, startToCloseTimeout: '30m', heartbeatTimeout: '30s', retry: { ...common.retry, maximumAttempts: 10 },
  })
