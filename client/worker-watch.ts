/** Notices that a job waits for a worker and none is there. */
import type { Client } from '@temporalio/client'
import { TranshipError } from './errors.ts'
import type { Idle } from './describe.ts'

export interface WatchOptions {
  /** How long to wait for a worker; 0: for ever. */
  readonly workerTimeoutMs: number
  /** A sentence for people. */
  readonly onNotice: (message: string) => void
}

const noticeAfterMs = 3_000
/** A worker polls at least this often; the server shows when it did last. */
const pollMs = 75_000
const activityQueueType = 2

export interface WorkerWatch {
  /** To be told what waits, every second or so. Fails `NoWorker` once nobody took it for the whole time. */
  observe(idle: Idle): Promise<void>
}

export function createWorkerWatch(client: Client, { workerTimeoutMs, onNotice }: WatchOptions): WorkerWatch {
  let since: number | undefined
  let noticed = false
  return {
    async observe(idle) {
      if (!(await isMissing(client, idle))) {
        if (noticed) onNotice('A worker is there now.')
        ;[since, noticed] = [undefined, false]
        return
      }
      since ??= Date.now()
      const waitedMs = Date.now() - since
      if (workerTimeoutMs > 0 && waitedMs >= workerTimeoutMs) throw noWorker(workerTimeoutMs)
      if (waitedMs < noticeAfterMs || noticed) return
      noticed = true
      onNotice('No worker answers: the job waits until one is there ("tranship worker" starts one).')
    },
  }
}

function noWorker(waitedMs: number): TranshipError {
  return new TranshipError(
    'NoWorker',
    `No worker answered within ${waitedMs / 1000} s.`,
    'The job stays and starts when a worker comes: "tranship worker" starts one.',
  )
}

/** A decision that lies there needs no second look; activities may wait because their workers are busy with other jobs. */
async function isMissing(client: Client, { decision, queues }: Idle): Promise<boolean> {
  if (decision) return true
  if (queues.length === 0) return false
  const polled = await Promise.all(queues.map((queue) => isPolled(client, queue)))
  return polled.includes(false)
}

async function isPolled(client: Client, name: string): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: activityQueueType,
  })
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - pollMs)
}
