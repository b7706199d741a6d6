/** Reads a job's workflow with `describe` alone: no worker is needed. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  type WorkflowExecutionStatusName,
} from '@temporalio/client'
import { copyTaskQueue, workflowIdOf, workflowTaskQueue } from '../model/job.ts'
import type { JobView, StatusMemo } from '../model/status.ts'
import type { CopyHeartbeat } from '../model/heartbeat.ts'
import { decodePayload, type Payload } from './payload.ts'
import { toJobView, type ClosedAs } from './view.ts'

export interface Described {
  readonly view: JobView
  readonly memo: StatusMemo
  readonly runId: string
  readonly open: boolean
  readonly idle: Idle
}
/** What waits to be taken by a worker: a decision of the workflow; activities, when none of them runs. */
export interface Idle {
  readonly decision: boolean
  readonly queues: readonly string[]
}

const closedAs: Readonly<Partial<Record<WorkflowExecutionStatusName, ClosedAs>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
}

/** Undefined when Temporal holds no job of that name. */
export async function describeJob(client: Client, job: string): Promise<Described | undefined> {
  try {
    const description = await describeOnceBegun(client, job)
    const memo = memoOf(description)
    if (!memo) return undefined
    const { pendingActivities, pendingWorkflowTask } = description.raw
    const heartbeats = await Promise.all(
      (pendingActivities ?? []).map((activity) => heartbeatOf(client, activity.heartbeatDetails?.payloads?.[0])),
    )
    return {
      view: viewOf(
        description,
        memo,
        heartbeats.filter((beat) => beat !== undefined),
      ),
      memo,
      runId: description.runId,
      open: !Object.hasOwn(closedAs, description.status.name),
      idle: { decision: pendingWorkflowTask?.state === taskScheduled, queues: idleQueues(pendingActivities ?? []) },
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

const begunWithinMs = 1_000

/** A workflow that has just gone on as a new run shows the memo of its first start until a worker has taken it up. */
async function describeOnceBegun(client: Client, job: string): Promise<WorkflowExecutionDescription> {
  const handle = client.workflow.getHandle(workflowIdOf(job))
  const deadline = Date.now() + begunWithinMs
  for (;;) {
    const description = await handle.describe()
    const firstRunId = description.raw.workflowExecutionInfo?.firstRunId
    const isFresh = firstRunId && firstRunId !== description.runId && memoOf(description)?.epoch === ''
    if (!isFresh || Date.now() > deadline) return description
    await delay(50)
  }
}

/** One job of a list: what its memo says. */
export function viewOfListed(info: WorkflowExecutionInfo): JobView | undefined {
  const memo = memoOf(info)
  return memo && viewOf(info, memo, [])
}

function viewOf(
  info: Pick<WorkflowExecutionInfo, 'workflowId' | 'status' | 'closeTime'>,
  memo: StatusMemo,
  heartbeats: readonly CopyHeartbeat[],
): JobView {
  const as = closedAs[info.status.name]
  const nowMs = Date.now()
  const closed = as && { as, atMs: info.closeTime?.getTime() ?? nowMs }
  const job = info.workflowId.slice(workflowIdOf('').length)
  return toJobView({ job, workflowId: info.workflowId, memo, heartbeats, nowMs, ...(closed && { closed }) })
}

const memoOf = ({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): StatusMemo | undefined =>
  memo?.['status'] as StatusMemo | undefined

async function heartbeatOf(client: Client, payload: Payload | undefined): Promise<CopyHeartbeat | undefined> {
  const value = payload && (await decodePayload(client, payload))
  return typeof value === 'object' && value !== null && 'counts' in value ? (value as CopyHeartbeat) : undefined
}

/** Temporal's PendingWorkflowTaskState and PendingActivityState agree here: 1 is scheduled, 2 is started. */
const taskScheduled = 1

interface PendingActivity {
  readonly state?: number | null
  readonly activityType?: { readonly name?: string | null } | null
}

const copies: ReadonlySet<string> = new Set(['copyBatch', 'copyParts'])

/** Queues on which every activity of the job waits to be taken; none while one of them runs. */
function idleQueues(activities: readonly PendingActivity[]): string[] {
  if (activities.some(({ state }) => state !== taskScheduled)) return []
  return [
    ...new Set(activities.map(({ activityType }) => (copies.has(activityType?.name ?? '') ? copyTaskQueue : workflowTaskQueue))),
  ]
}
