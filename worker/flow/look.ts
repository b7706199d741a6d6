/** What a host sees of a job's flow control with `describe`, and how it joins: no worker needs to answer but to join. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { shareName } from '../../activities/share.ts'
import { decodePayload } from '../../client/payload.ts'
import type { Flow, FlowInForce } from '../../model/flow/flow.ts'
import type { Claim, Participant } from '../../model/flow/share.ts'
import { flowWorkflowIdOf, workflowIdOf, workflowTaskQueue } from '../../model/job.ts'
import type { StatusMemo } from '../../model/status.ts'
import type { FlowControlInput, JoinMessage } from '../../workflows/flow-control.ts'

/** Undefined: nothing limits the job, or Temporal has forgotten it. */
export interface SeenJob {
  readonly timeZone: string
  readonly flow?: Flow
}

export interface SeenControl {
  readonly flow: FlowInForce
  readonly participants: readonly Participant[]
}

const answerWithinMs = 2_000

type Described = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>

export async function lookAtJob(client: Client, job: string): Promise<SeenJob | undefined> {
  const memo = (await describe(client, workflowIdOf(job)))?.memo?.['status'] as StatusMemo | undefined
  return memo && { timeZone: memo.timeZone, ...(memo.flow && { flow: memo.flow }) }
}

/** Undefined: it does not run, or has not said anything yet. */
export async function lookAtControl(client: Client, job: string): Promise<SeenControl | undefined> {
  const description = await describe(client, flowWorkflowIdOf(job))
  const flow = description?.memo?.['flow'] as FlowInForce | undefined
  if (!description || !flow || description.status.name !== 'RUNNING') return undefined
  const { pendingActivities } = description.raw
  const shares = (pendingActivities ?? []).filter(({ activityType, state }) => activityType?.name === 'share' && running.has(state ?? 0))
  return { flow, participants: await Promise.all(shares.map((share) => participantOf(client, description.runId, share))) }
}

/** Starts `flow/<job>` where it does not run. Without a queue it is only told of the job's flow control. */
export async function join(client: Client, job: string, timeZone: string, message: JoinMessage): Promise<void> {
  const input: FlowControlInput = { job, timeZone, flow: message.flow }
  await client.withDeadline(Date.now() + answerWithinMs, () =>
    client.workflow.signalWithStart('flowControl', {
      workflowId: flowWorkflowIdOf(job), taskQueue: workflowTaskQueue, args: [input], signal: 'join', signalArgs: [message],
      staticSummary: `flow control of ${job}`,
    }),
  )
}

async function describe(client: Client, workflowId: string): Promise<Described | undefined> {
  try {
    return await client.withDeadline(Date.now() + answerWithinMs, () => client.workflow.getHandle(workflowId).describe())
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** Temporal's PendingActivityState: started, cancel requested, pause requested. */
const running: ReadonlySet<number> = new Set([2, 3, 5])

type PendingActivity = NonNullable<Described['raw']['pendingActivities']>[number]

async function participantOf(client: Client, runId: string, { activityId, heartbeatDetails }: PendingActivity): Promise<Participant> {
  const payload = heartbeatDetails?.payloads?.[0]
  const recorded = payload && ((await decodePayload(client, payload)) as Claim)
  return { share: shareName(runId, activityId ?? ''), ...(recorded && { recorded }) }
}
