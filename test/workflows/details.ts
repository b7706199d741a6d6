import type { Client } from '@temporalio/client'

/** The markdown that the Web UI shows of a workflow, as a worker answers for it. */
export async function detailsOf(client: Client, workflowId: string): Promise<string | undefined> {
  const { currentDetails } = (await client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata')) as { currentDetails?: string }
  return currentDetails
}
