/** `verify/<job>`: reads again what a job copied, in lanes side by side, and compares it with the completed lists. */
import { makeContinueAsNewFunc, upsertMemo, workflowInfo } from '@temporalio/workflow'
import type { Fault } from '../model/codes.ts'
import { addVerifyCounts, lanesFor, noVerifyCounts, wantedOf } from '../model/verify.ts'
import type { Verified, VerifyCounts, VerifyPlan, VerifyPosition, VerifyProgress, VerifyTask } from '../model/verify.ts'
import { checks, verifier, verifyEnder } from './activities.ts'

export interface VerifyInput {
  readonly task: VerifyTask
  /** Decides which files a sample is of. */
  readonly seed: number
  /** Carried over continue-as-new. */
  readonly state?: VerifyState
}

interface Lane {
  turn: number
  /** Null: it is at its end. Absent: it has not begun. */
  next?: VerifyPosition | null
}
interface VerifyState {
  readonly plan: VerifyPlan
  readonly startedAt: number
  readonly lanes: Lane[]
  counts: VerifyCounts
}

export type VerifyResult = Verified | { readonly fault: Fault }

export async function verifyJob(input: VerifyInput): Promise<VerifyResult> {
  const { task } = input
  const state = input.state ?? (await begin(task))
  if ('fault' in state) return state
  publish(task, state)
  await Promise.all(state.lanes.map((_, lane) => runLane(input, state, lane)))
  if (state.lanes.some(({ next }) => next !== null)) return await makeContinueAsNewFunc<typeof verifyJob>()({ ...input, state })
  await verifyEnder('the list of what differs').endVerify({ task, plan: state.plan })
  return { ...state.plan, task, counts: state.counts, startedAt: state.startedAt, endedAt: Date.now() }
}

async function begin(task: VerifyTask): Promise<VerifyState | { readonly fault: Fault }> {
  const plan = await checks(`${task.job} at ${task.destination}`).planVerify(task)
  if ('fault' in plan) return plan
  const lanes = Array.from({ length: lanesFor(wantedOf(task, plan)) }, (): Lane => ({ turn: 0 }))
  return { plan, startedAt: Date.now(), lanes, counts: noVerifyCounts }
}

/** Ends between two turns when the history has become long. */
async function runLane({ task, seed }: VerifyInput, state: VerifyState, n: number): Promise<void> {
  const lane = state.lanes[n]
  while (lane && lane.next !== null && !workflowInfo().continueAsNewSuggested) {
    const { turn, next: from } = lane
    const { plan, lanes } = state
    const result = await verifier(`lane ${n + 1} of ${lanes.length}, turn ${turn + 1}`).verifyTurn({
      task, plan, seed, lane: n, lanes: lanes.length, turn, ...(from && { from }),
    })
    lane.turn += 1
    lane.next = result.next
    state.counts = addVerifyCounts(state.counts, result.counts)
    publish(task, state)
  }
}

function publish(task: VerifyTask, { plan, counts }: VerifyState): void {
  upsertMemo({ verify: { files: plan.files, wanted: wantedOf(task, plan), counts } satisfies VerifyProgress })
}
