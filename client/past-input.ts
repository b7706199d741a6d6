import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { workflowIdOf } from '../model/job.ts'
import type { MigrationInput } from '../workflows/migration-job.ts'
import { TranshipError } from './errors.ts'
import { decodePayload } from './payload.ts'

/** What a workflow was started with: its history's first event tells. */
export async function inputOf(client: Client, job: string, runId: string): Promise<MigrationInput> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: workflowIdOf(job), runId },
    maximumPageSize: 1,
  })
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]
  if (!payload) throw new WorkflowNotFoundError(`The history of "${job}" is gone.`, workflowIdOf(job), runId)
  const input = await decodePayload(client, payload)
  if (isMigrationInput(input)) return input
  throw new TranshipError('JobNotExist', `"${workflowIdOf(job)}" is not a migration job.`)
}

const isMigrationInput = (value: unknown): value is MigrationInput =>
  typeof value === 'object' && value !== null && 'options' in value
