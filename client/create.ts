/** Makes a job: its workflow, started together with the question whether its addresses are well. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client'
import { priorityOf, workflowIdOf, workflowTaskQueue, type JobOptions } from '../model/job.ts'
import type { CreatedAnswer } from '../model/messages.ts'
import { noCounts, noTally, type StatusMemo } from '../model/status.ts'
import type { migrationJob, MigrationInput } from '../workflows/migration-job.ts'
import { describeJob } from './describe.ts'
import { TranshipError } from './errors.ts'
import { createWorkerWatch, type WatchOptions } from './worker-watch.ts'

const lookEveryMs = 500

export interface StartOptions extends WatchOptions {
  readonly signal?: AbortSignal
}

/** Answers once the addresses are checked. Fails `JobAlreadyExist` while a job of the name is open, `NoWorker`. */
export async function startJob(client: Client, input: MigrationInput, options: StartOptions): Promise<CreatedAnswer> {
  const { job } = input.options
  const over = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal
  const asked = client.withAbortSignal(signal, () => ask(client, input))
  const watched = watchWorker(client, job, signal, options)
  try {
    return await Promise.race([asked, watched])
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw alreadyOpen(job)
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError && !signal.aborted)
      return await Promise.race([untilChecked(client, job, signal), watched])
    throw error
  } finally {
    over.abort()
    await Promise.allSettled([asked, watched])
  }
}

export const alreadyOpen = (job: string): TranshipError =>
  new TranshipError(
    'JobAlreadyExist',
    `A job "${job}" is open already.`,
    `"tranship status ${job}" shows it; choose another name, or end it with "tranship remove ${job}".`,
  )

async function ask(client: Client, input: MigrationInput): Promise<CreatedAnswer> {
  const { job, source, destination } = input.options
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof migrationJob>('migrationJob', {
    args: [input],
    workflowId: workflowIdOf(job),
    taskQueue: workflowTaskQueue,
    workflowIdConflictPolicy: 'FAIL',
    memo: { status: memoAtStart(input.options) },
    staticSummary: `${source} → ${destination}`.slice(0, 180),
    priority: priorityOf(input.options),
  })
  return await client.workflow.executeUpdateWithStart<typeof migrationJob, CreatedAnswer, []>('created', {
    startWorkflowOperation,
  })
}

/** What `describe` shows until a worker has taken the job up. */
function memoAtStart({ source, destination, timeZone, expectFiles, expectBytes }: JobOptions): StatusMemo {
  return {
    status: 'Migrating',
    phase: 'checking',
    reason: null,
    run: 1,
    runs: 1,
    epoch: '',
    source,
    destination,
    listed: { ...noTally, complete: false },
    excluded: noTally,
    counts: noCounts,
    failures: {},
    expected: expectFiles === undefined ? null : { files: expectFiles, bytes: expectBytes ?? 0 },
    timeZone,
    startedAt: Date.now(),
    endedAt: null,
    lists: [],
  }
}

/** Never answers by itself: fails once no worker came, ends when `signal` fires. */
async function watchWorker(client: Client, job: string, signal: AbortSignal, options: WatchOptions): Promise<never> {
  const watch = createWorkerWatch(client, options)
  for (;;) {
    await delay(lookEveryMs, undefined, { signal })
    const described = await describeJob(client, job)
    if (described?.open) await watch.observe(described.idle)
  }
}

/** The question was cut off by the server's own limit: the memo tells as well. */
async function untilChecked(client: Client, job: string, signal: AbortSignal): Promise<CreatedAnswer> {
  for (;;) {
    const described = await describeJob(client, job)
    if (!described) throw new TranshipError('JobNotExist', `The job "${job}" is gone.`)
    const { status, phase, reason } = described.view
    if (phase !== 'checking' || !described.open) return { status, fault: status === 'Create Failed' ? reason : null }
    await delay(lookEveryMs, undefined, { signal })
  }
}
