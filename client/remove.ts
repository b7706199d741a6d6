/** Ends a job and forgets it. What was copied stays, and so does the report. */
import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { workflowIdOf } from '../model/job.ts'
import { describeJob, type Described } from './describe.ts'
import type { WatchOptions } from './worker-watch.ts'
import { isOver } from './ended.ts'
import { followJob } from './follow.ts'
import { TranshipError } from './errors.ts'

const forgottenWithinMs = 60_000
const sayAfterMs = 3_000

export async function removeJob(client: Client, job: string, described: Described, watch: WatchOptions): Promise<void> {
  if (described.open && isOver(described.view))
    await client.workflow.getHandle(workflowIdOf(job), described.runId).terminate('removed')
  else if (described.open) await endJob(client, job, watch)
  const last = await describeJob(client, job)
  if (last) await forget(client, job, last.runId)
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowIdOf(job)}"` }))
    await forget(client, job, runId)
  await untilForgotten(client, job, watch)
}

/** The server forgets in the background, a job that has just ended after some seconds. */
async function untilForgotten(client: Client, job: string, { onNotice }: WatchOptions): Promise<void> {
  const begun = Date.now()
  for (let told = false; await describeJob(client, job); await delay(200)) {
    const waitedMs = Date.now() - begun
    if (waitedMs > forgottenWithinMs) return onNotice('Temporal has not forgotten the job yet: it does so in the background.')
    if (waitedMs > sayAfterMs && !told) onNotice('Temporal takes some seconds to forget a job that has just ended …')
    told ||= waitedMs > sayAfterMs
  }
}

/** Cancelling lets workers end what is in flight, abort uploads and write the report; without a worker nothing is in flight. */
async function endJob(client: Client, job: string, watch: WatchOptions): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(job))
  await handle.cancel()
  try {
    await followJob(client, job, ({ reason, status }) => status === 'Failed' && reason !== null, watch)
    await untilClosed(client, job)
  } catch (error) {
    if (!(error instanceof TranshipError) || error.code !== 'NoWorker') throw error
    watch.onNotice('No worker could end the job cleanly: it is ended as it is, its last run without a report.')
    await handle.terminate('removed')
  }
}

async function untilClosed(client: Client, job: string): Promise<void> {
  while ((await describeJob(client, job))?.open) await delay(200)
}

async function forget(client: Client, job: string, runId: string): Promise<void> {
  try {
    await client.workflowService.deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: workflowIdOf(job), runId },
    })
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError) && !isNotFound(error)) throw error
  }
}

const isNotFound = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 5
