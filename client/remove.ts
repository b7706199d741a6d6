/** Ends a job and forgets it. What was copied stays, and so does the report. */
import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { workflowIdOf } from '../model/job.ts'
import { describeJob, type Described } from './describe.ts'
import type { WatchOptions } from './worker-watch.ts'
import { followJob } from './follow.ts'
import { TranshipError } from './errors.ts'

const forgottenWithinMs = 15_000

export async function removeJob(client: Client, job: string, described: Described, watch: WatchOptions): Promise<void> {
  if (described.open) await endJob(client, job, described, watch)
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowIdOf(job)}"` })) await forget(client, job, runId)
  await forget(client, job, described.runId)
  const deadline = Date.now() + forgottenWithinMs
  while ((await describeJob(client, job)) && Date.now() < deadline) await delay(200)
}

/** Cancelling lets workers end what is in flight, abort uploads and write the report; without a worker nothing is in flight. */
async function endJob(client: Client, job: string, { runId }: Described, watch: WatchOptions): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(job))
  await handle.cancel()
  try {
    await followJob(client, job, ({ reason, status }) => status === 'Failed' && reason !== null, watch)
    await untilClosed(client, job)
  } catch (error) {
    if (!(error instanceof TranshipError) || error.code !== 'NoWorker') throw error
    watch.onNotice('No worker could end the job cleanly: it is ended as it is, its last run without a report.')
    await client.workflow.getHandle(workflowIdOf(job), runId).terminate('removed').catch(() => handle.terminate('removed'))
  }
}

async function untilClosed(client: Client, job: string): Promise<void> {
  while ((await describeJob(client, job))?.open) await delay(200)
}

async function forget(client: Client, job: string, runId: string): Promise<void> {
  try {
    await client.workflowService.deleteWorkflowExecution({ namespace: client.options.namespace, workflowExecution: { workflowId: workflowIdOf(job), runId } })
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError) && !isNotFound(error)) throw error
  }
}

const isNotFound = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 5
