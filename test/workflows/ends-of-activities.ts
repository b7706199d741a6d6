/** How the activities of a workflow's run ended, as its history tells. */
import type { Client } from '@temporalio/client'

export interface End {
  readonly type: string
  readonly input: { readonly batch?: { readonly n: number }; readonly generation?: number; readonly call?: number }
  readonly cancelled: boolean
  readonly how: 'open' | 'completed' | 'cancelled' | 'failed' | 'timed-out'
  readonly attempt: number
}

export async function endsOfActivities(client: Client, workflowId: string, runId: string): Promise<End[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const ends = new Map<string, End>()
  const change = (id: { toString(): string } | null | undefined, changes: Partial<End>): void => {
    const before = ends.get(String(id))
    if (before) ends.set(String(id), { ...before, ...changes })
  }
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes
    if (scheduled) {
      const input = JSON.parse(Buffer.from(scheduled.input?.payloads?.[0]?.data ?? '{}').toString()) as End['input']
      ends.set(String(event.eventId), { type: scheduled.activityType?.name ?? '', input, cancelled: false, how: 'open', attempt: 0 })
    }
    change(event.activityTaskCancelRequestedEventAttributes?.scheduledEventId, { cancelled: true })
    change(event.activityTaskStartedEventAttributes?.scheduledEventId, { attempt: event.activityTaskStartedEventAttributes?.attempt ?? 0 })
    change(event.activityTaskCompletedEventAttributes?.scheduledEventId, { how: 'completed' })
    change(event.activityTaskCanceledEventAttributes?.scheduledEventId, { how: 'cancelled' })
    change(event.activityTaskFailedEventAttributes?.scheduledEventId, { how: 'failed' })
    change(event.activityTaskTimedOutEventAttributes?.scheduledEventId, { how: 'timed-out' })
  }
  return [...ends.values()]
}
