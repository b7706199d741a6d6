import type { Client } from '@temporalio/client'
import { workflowIdOf, type JobOptions } from '../model/job.ts'
import type { FinishedParts } from '../model/batch.ts'
import type { Described } from './describe.ts'
import { TranshipError } from './errors.ts'
import { inputOf } from './past-input.ts'

export interface Running {
  readonly options: JobOptions
  readonly parts: FinishedParts
}

const longestMs = 60_000

/** Asks the job's own workflow, which needs a worker. */
export async function runningParts(
  client: Client,
  job: string,
  { runId }: Described,
  workerTimeoutMs: number,
): Promise<Running> {
  const { options } = await inputOf(client, job, runId)
  const deadline = Date.now() + (workerTimeoutMs || longestMs)
  try {
    const parts = await client.withDeadline(deadline, () =>
      client.workflow.getHandle(workflowIdOf(job)).query<FinishedParts>('reportParts'),
    )
    return { options, parts }
  } catch (error) {
    if (Date.now() < deadline) throw error
    throw new TranshipError(
      'NoWorker',
      'No worker answered what of the run is finished.',
      'Start one with "tranship worker", or wait until the run has ended.',
    )
  }
}
