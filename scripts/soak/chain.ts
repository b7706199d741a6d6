/** Whether the histories of a job, put end to end, tell of every batch once and in an order that may be. */
import { defaultPayloadConverter } from '@temporalio/common'
import type { MergeInput } from '../../model/batch.ts'
import { scheduledActivities, type History } from '../figures/history.ts'

/** Sentences; none: all is well. */
export function chainFaults(histories: readonly History[], batches: number): string[] {
  const merged = histories.flatMap(mergedBatches)
  const expected = Array.from({ length: batches }, (_, n) => n)
  const copies = scheduledActivities(histories).get('copyBatch') ?? 0
  return [
    ...(JSON.stringify(merged.toSorted((a, b) => a - b)) === JSON.stringify(expected) ? [] : [`${merged.length} batches were merged, ${new Set(merged).size} different ones, of ${batches}`]),
    ...(copies >= batches ? [] : [`${copies} batches were copied of ${batches}`]),
    ...histories.slice(0, -1).flatMap(({ events }, i) => (events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes ? [] : [`run ${i + 1} of the workflow did not go on as another`])),
  ]
}

/** By merges that ended: one that was cut is done again. */
function mergedBatches({ events }: History): number[] {
  const ended = new Set((events ?? []).map(({ activityTaskCompletedEventAttributes: completed }) => String(completed?.scheduledEventId)))
  return (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    const [payload] = scheduled?.input?.payloads ?? []
    if (scheduled?.activityType?.name !== 'mergeBatches' || !payload || !ended.has(String(eventId))) return []
    return defaultPayloadConverter.fromPayload<MergeInput>(payload).batches.map(([n]) => n)
  })
}

/** Batches that were merged before the last one was given to a copier: reports grow while the job runs. */
export function mergedMeanwhile(histories: readonly History[]): number {
  const events = histories.flatMap((history) => history.events ?? [])
  const last = events.findLastIndex((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'copyBatch')
  return mergedBatches({ events: events.slice(0, last) } as History).length
}
