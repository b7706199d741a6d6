/**
 * The steps of the scripted job, as one run of it was seen to take them: what changes the world outside the processes. Those are
 * the writes at the destination (ledger and report among them) and what Temporal has recorded of activities.
 */
import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import { historiesOf } from '../../scripts/figures/history.ts'
import type { LoggedRequest } from '../servers/stores/request-log.ts'

export const writes = ['PutObject', 'DeleteObject', 'InitiateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'AbortMultipartUpload'] as const

export type Step =
  /** The so-manyth write at the destination: before anything of it is done, or done and not answered. */
  | { readonly kind: 'write'; readonly number: number; readonly at: 'start' | 'answer'; readonly name: string }
  /** Temporal has recorded so many beginnings and ends of activities. */
  | { readonly kind: 'event'; readonly number: number; readonly name: string }

export const isWrite = ({ bucket, operation }: LoggedRequest): boolean =>
  bucket === 'archive' && (writes as readonly string[]).includes(operation)

/** `after`: where what was done and not answered is a step too. */
export function stepsOf(log: readonly LoggedRequest[], events: readonly string[], positions: readonly ('start' | 'answer')[]): Step[] {
  const written = log.filter(isWrite).flatMap((request, i) => positions.map((at): Step => ({ kind: 'write', number: i + 1, at, name: nameOf(request) })))
  return [...written, ...events.map((name, i): Step => ({ kind: 'event', number: i + 1, name }))]
}

const nameOf = ({ operation, key = '', partNumber }: LoggedRequest): string =>
  [operation, key.replace(/report\/[a-z0-9-]+@/, "report/job@").replace(/\.ledger\/[^/]+\/[^/]+\//, '.ledger/').replace(/canary-[^.]+/, 'canary'), partNumber].filter(Boolean).join(' ')

/** Beginnings and ends of activities in the order in which Temporal has them, over all runs of the job's workflow. */
export async function activityEvents(client: Client, job: string): Promise<string[]> {
  const histories = await historiesOf(client, job).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return []
    throw error
  })
  return histories.flatMap(({ events }) => {
    const names = new Map(events?.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name ?? '']))
    return (events ?? []).flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes
      if (scheduled) return [`${scheduled.activityType?.name} is scheduled`]
      const ended = event.activityTaskCompletedEventAttributes ?? event.activityTaskCanceledEventAttributes ?? event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes
      return ended ? [`${names.get(String(ended.scheduledEventId))} has ended`] : []
    })
  })
}

export const describeStep = (step: Step): string =>
  step.kind === 'event' ? `event ${step.number}: ${step.name}` : `write ${step.number} ${step.at === 'start' ? 'before' : 'after'}: ${step.name}`
