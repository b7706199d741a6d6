/** What a job left in Temporal: all its histories, over every continue-as-new. */
import type { Client } from '@temporalio/client'
import { workflowIdOf } from '../../model/job.ts'

export type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>

/** The histories of a job's whole life, the first run's first. */
export async function historiesOf(client: Client, job: string): Promise<History[]> {
  const workflowId = workflowIdOf(job)
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const histories: History[] = []
  let runId = raw.workflowExecutionInfo?.firstRunId ?? undefined
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    histories.push(history)
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined
  }
  return histories
}

/** How often an activity of each name was scheduled. */
export function scheduledActivities(histories: readonly History[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const event of histories.flatMap(({ events }) => events ?? [])) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

export const eventCount = (histories: readonly History[]): number => histories.reduce((sum, { events }) => sum + (events?.length ?? 0), 0)

/** The largest payload anywhere in the histories, in bytes of its data. */
export function largestPayload(histories: readonly History[]): number {
  let largest = 0
  for (const data of payloadsOf(histories)) largest = Math.max(largest, data.length)
  return largest
}

/** The data of every payload, wherever in the events it stands. */
export function* payloadsOf(value: unknown): Generator<Uint8Array> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  if ('data' in value && value.data instanceof Uint8Array) yield value.data
  for (const inner of Object.values(value)) yield* payloadsOf(inner)
}
