/**
 * `flow/<job>`: says which limit is in force, and records which part of it each host claims. The first host that copies for a
 * limited job starts it, by joining; it ends when no host shares the limit any more, so a job that is stopped for weeks leaves no timer.
 */
import {
  ActivityCancellationType, CancellationScope, condition, defineSignal, makeContinueAsNewFunc, proxyActivities, proxyLocalActivities, setCurrentDetails,
  setHandler, upsertMemo, workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { toFlowDetails } from '../model/details.ts'
import { isNewer, type Flow, type FlowInForce } from '../model/flow/flow.ts'
import { shareTimeoutMs } from '../model/flow/share.ts'
import { parseLimits } from '../model/flow/timetable.ts'

export interface FlowControlInput {
  readonly job: string
  readonly timeZone: string
  readonly flow: Flow
}

export interface JoinMessage {
  /** The job's flow control as the host has seen it: the newest counts. */
  readonly flow: Flow
  /** Task queue of the host that joins; absent: it shares already. */
  readonly queue?: string
}

export const joinSignal = defineSignal<[unknown]>('join')

const idleMs = 30_000
const { nextBoundary } = proxyLocalActivities<Pick<Activities, 'nextBoundary'>>({ startToCloseTimeout: '10s' })

export async function flowControl({ job, timeZone, flow: first }: FlowControlInput): Promise<void> {
  const shares = new Set<string>()
  const scope = new CancellationScope({ cancellable: true })
  let flow = first
  let inForce: FlowInForce | undefined

  const show = (): void => {
    if (inForce) setCurrentDetails(toFlowDetails(job, inForce, shares.size))
  }
  const share = async (queue: string): Promise<void> => {
    shares.add(queue)
    show()
    try {
      await scope.run(() => sharer(queue).share({ job }))
    } catch {
      // It was lost or cut off: its host joins again.
    } finally {
      shares.delete(queue)
      show()
    }
  }
  setHandler(joinSignal, (message) => {
    if (!isJoin(message)) return
    const { flow: seen, queue } = message
    if (isNewer(seen, flow)) flow = seen
    if (queue !== undefined && !shares.has(queue) && !workflowInfo().continueAsNewSuggested) void share(queue)
  })

  const turn = async (): Promise<never> => {
    for (;;) {
      const current = flow
      const { limitBytesPerSecond, nextChangeAt } = await nextBoundary({ flow: current, timeZone, atMs: Date.now() })
      inForce = { ...current, timeZone, limitBytesPerSecond, nextChangeAt }
      upsertMemo({ flow: inForce })
      show()
      const isReplaced = () => flow !== current
      if (nextChangeAt === null) await condition(isReplaced)
      else await condition(isReplaced, Math.max(1, nextChangeAt - Date.now()), { summary: 'until another limit is in force' })
    }
  }
  const ended = async (): Promise<void> => {
    do await condition(() => shares.size === 0 || workflowInfo().continueAsNewSuggested)
    while (!workflowInfo().continueAsNewSuggested && (await condition(() => shares.size > 0, idleMs, { summary: 'until it ends, as nobody copies' })))
  }

  await Promise.race([turn(), ended()])
  if (shares.size === 0) return
  scope.cancel()
  await condition(() => shares.size === 0)
  await makeContinueAsNewFunc<typeof flowControl>()({ job, timeZone, flow })
}

/** Hosts send no other; a person may. */
function isJoin(value: unknown): value is JoinMessage {
  const { flow, queue = '' } = (value ?? {}) as Partial<JoinMessage>
  return Array.isArray(flow?.rows) && typeof flow.version === 'number' && typeof flow.setAt === 'number' && typeof queue === 'string' && canBeRead(flow)
}

function canBeRead({ rows, maxFlow }: Flow): boolean {
  try {
    parseLimits(rows, maxFlow)
    return true
  } catch {
    return false
  }
}

/** A share that is lost is not begun again for its host: the host joins again, under another name. */
const sharer = (taskQueue: string): Pick<Activities, 'share'> =>
  proxyActivities<Pick<Activities, 'share'>>({
    taskQueue,
    summary: 'part of a host',
    heartbeatTimeout: shareTimeoutMs,
    scheduleToStartTimeout: shareTimeoutMs,
    startToCloseTimeout: '7d',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
  })
