/** What Temporal still has to do for a workflow by itself, without anybody asking. */
import type { Client } from '@temporalio/client'

/** Activities, children, timers that have neither fired nor been cancelled, and deadlines of the workflow: by `describe` and the history. */
export async function pendingOf(client: Client, workflowId: string): Promise<string[]> {
  const handle = client.workflow.getHandle(workflowId)
  const { raw } = await handle.describe()
  const { events } = await handle.fetchHistory()
  const timers = new Set<string>()
  for (const { timerStartedEventAttributes: started, timerFiredEventAttributes: fired, timerCanceledEventAttributes: cancelled } of events ?? []) {
    if (started?.timerId) timers.add(started.timerId)
    timers.delete(fired?.timerId ?? cancelled?.timerId ?? '')
  }
  const deadlines = [raw.executionConfig?.workflowExecutionTimeout, raw.executionConfig?.workflowRunTimeout].filter((timeout) => Number(timeout?.seconds ?? 0) > 0)
  return [
    ...(raw.pendingActivities ?? []).map(({ activityType }) => `activity ${activityType?.name}`),
    ...(raw.pendingChildren ?? []).map(({ workflowId: child }) => `child ${child}`),
    ...[...timers].map((timer) => `timer ${timer}`),
    ...deadlines.map((timeout) => `deadline ${String(timeout?.seconds)}`),
  ]
}
