/** A job: one workflow that lives through all its runs. It decides and counts; activities list, copy and write. */
import {
  ApplicationFailure, CancellationScope, CancelledFailure, allHandlersFinished, condition, makeContinueAsNewFunc, workflowInfo,
} from '@temporalio/workflow'
import type { JobOptions } from '../model/job.ts'
import { accountingFault, blockedLimitMs, blockedWaitMs, emptyFault, hasFailed, newJobState, retryDays, statusOf, toMemo } from '../model/job-state.ts'
import type { JobState } from '../model/job-state.ts'
import { newRun, withAllFinished, withRowCounts } from '../model/run-state.ts'
import type { StatusMemo } from '../model/status.ts'
import { checks, reporter } from './activities.ts'
import { copyPhase, isRunCopied, messageOf } from './copy-phase.ts'
import { Job } from './job.ts'
import { mergeNext } from './merge.ts'
import { bindMessages } from './messages.ts'

export interface MigrationInput {
  readonly options: JobOptions
  /** The namespace has our search attributes: upserting unknown ones would fail the workflow task for ever. */
  readonly searchAttributes: boolean
  /** Checked, then `Stopped` until it is started. */
  readonly paused?: boolean
  /** Lists of this name may stand at the destination: go on after the highest run. */
  readonly again?: boolean
  /** The first run is a retry of the last one whose report stands. */
  readonly retry?: { readonly only?: string }
  /** Carried over continue-as-new. */
  readonly state?: JobState
}

export async function migrationJob(input: MigrationInput): Promise<StatusMemo> {
  const { options } = input
  const state = input.state ?? newJobState(options, workflowInfo().firstExecutionRunId, Date.now(), input.paused ?? false)
  const job = new Job(options, { ...state, stopped: false }, input.searchAttributes)
  bindMessages(job, (only) => beginRetry(job, only))
  job.publish()
  CancellationScope.current().cancelRequested.catch(() => {
    job.state.cancelled = true
    job.cut()
  })
  return await CancellationScope.nonCancellable(() => live(job, input))
}

async function live(job: Job, input: MigrationInput): Promise<StatusMemo> {
  while (job.state.phase !== 'closed') {
    if (mayRest(job)) await stopped(job, input)
    else if (job.state.blocked !== null) await blocked(job)
    else await step(job, input)
    job.publish()
    if (job.wantsContinue(1) && !isResting(job)) await carryOn(job, input)
  }
  return await close(job)
}

/** Stopped before the report is being written: that one is brought to its end. */
const mayRest = ({ state }: Job): boolean =>
  state.wanted === 'stop' && (state.phase === 'copying' || state.phase === 'scheduled') && !state.cancelled

const isResting = (job: Job): boolean => job.state.phase === 'closed' || job.state.phase === 'waiting'

async function step(job: Job, input: MigrationInput): Promise<void> {
  switch (job.state.phase) {
    case 'checking':
      return await check(job, input)
    case 'scheduled':
      return await waitForNextRun(job)
    case 'copying':
      return await copy(job)
    case 'reporting':
      return await report(job)
    case 'waiting':
      return await waitForRetry(job)
    case 'closed':
  }
}

async function check(job: Job, input: MigrationInput): Promise<void> {
  const { state, options } = job
  try {
    const result = await checks(`${options.source} and ${options.destination}`).checkJob({
      options, epoch: state.epoch, again: (input.again ?? false) || input.retry !== undefined,
    })
    state.fault = result.fault
    state.proven = result.proven
    state.notes = [...state.notes, ...result.warnings]
    if (result.fault === null) state.run = firstRun(result.latestRun, input)
  } catch (error) {
    state.fault = { code: 'CheckAddressTimeOut', message: `The addresses could not be checked: ${messageOf(error)}` }
  }
  state.checked = state.fault === null
  state.phase = state.checked ? 'copying' : 'closed'
  if (state.checked && options.type === 'sync' && input.retry === undefined) await schedule(job)
}

function firstRun(latest: number, { retry }: MigrationInput): JobState['run'] {
  return newRun(latest + 1, Date.now(), retry && latest > 0 ? { run: latest, ...retry } : undefined)
}

async function copy(job: Job): Promise<void> {
  await copyPhase(job)
  const { state } = job
  const ends = state.cancelled || state.fault !== null
  if (ends) state.run = withAllFinished(state.run)
  if (ends || isRunCopied(job)) state.phase = 'reporting'
}

async function report(job: Job): Promise<void> {
  const { state, options } = job
  if (state.cancelled) state.fault ??= { code: 'Cancelled', message: 'The job was cancelled; run it again to go on with what is missing.' }
  try {
    while (await mergeNext(job));
    state.fault ??= accountingFault(state.run) ?? emptyFault(state)
    const { run } = state
    const result = await reporter(`run ${run.run}: report lists`, options.tuning).writeReport({
      context: job.context, fragments: run.fragments, counts: run.mergedCounts, excluded: run.excluded, startedAt: run.startedAt, endedAt: Date.now(),
    })
    state.lists = result.lists
    state.run = withRowCounts(run)
  } catch (error) {
    state.fault ??= { code: 'Unexpected', message: `The report could not be written: ${messageOf(error)}` }
  }
  state.hadFiles = (state.hadFiles ?? false) || state.run.listed.files > 0
  if (state.run.retry === undefined) state.done = (state.done ?? 0) + 1
  if (options.type === 'full' && state.run.listed.files === 0) job.note('The source is empty: is its prefix right?')
  if (options.type !== 'full' && !state.cancelled) await schedule(job)
  if (state.phase !== 'scheduled') endJob(job)
}

/** The next run, where there is one: at its moment. */
async function schedule({ state, options }: Job): Promise<void> {
  if (state.run.retry === undefined) {
    const done = state.done ?? 0
    state.nextRunAt = (await checks(`after ${done} runs`).nextRun({ options, done, nowMs: Date.now() })) ?? undefined
  }
  if (state.nextRunAt !== undefined) state.phase = 'scheduled'
}

function endJob({ state }: Job): void {
  state.endedAt = Date.now()
  state.wanted = 'run'
  state.phase = hasFailed(state) && !state.cancelled ? 'waiting' : 'closed'
}

async function waitForNextRun(job: Job): Promise<void> {
  const { state } = job
  const isDisturbed = (): boolean => state.phase !== 'scheduled' || state.cancelled || state.wanted === 'stop'
  const waitMs = Math.max(1, (state.nextRunAt ?? 0) - Date.now())
  if (await condition(isDisturbed, waitMs)) {
    if (state.cancelled) endJob(job)
    return
  }
  state.fault = null
  state.run = newRun(state.run.run + ((state.done ?? 0) > 0 ? 1 : 0), Date.now())
  state.phase = 'copying'
}

async function waitForRetry(job: Job): Promise<void> {
  const retried = await condition(() => job.state.phase !== 'waiting' || job.state.cancelled, `${retryDays}d`)
  if (!retried || job.state.cancelled) job.state.phase = 'closed'
}

function beginRetry(job: Job, only: string | undefined): void {
  const { state } = job
  const { run } = state.run
  state.retries += 1
  state.fault = null
  state.endedAt = null
  state.run = newRun(run + 1, Date.now(), { run, ...(only !== undefined && { only }) })
  state.phase = 'copying'
}

/** Going on is a continue-as-new, so that after weeks new code replays nothing old. */
async function stopped(job: Job, input: MigrationInput): Promise<void> {
  job.state.stopped = true
  job.publish()
  await condition(() => job.state.wanted === 'run' || job.state.cancelled)
  job.state.stopped = false
  if (!job.state.cancelled) await carryOn(job, input)
}

async function blocked(job: Job): Promise<void> {
  const { state, options } = job
  const before = state.blocked
  if (before === null) return
  job.nudged = false
  job.publish()
  await condition(() => job.nudged || state.cancelled || state.wanted === 'stop', blockedWaitMs(before.tries))
  if (state.wanted === 'stop' && !state.cancelled) return
  if (state.cancelled) {
    state.blocked = null
    return
  }
  const { fault } = await checks('is the address well again?').checkJob({ options, epoch: state.epoch, again: true })
  if (fault !== null && Date.now() - before.since < blockedLimitMs) state.blocked = { ...before, fault, tries: before.tries + 1 }
  else state.blocked = null
  if (fault !== null && state.blocked === null) state.fault = fault
}

/** An internal stop and start: nothing is in flight, the next run of the workflow goes on from the carried state. */
async function carryOn(job: Job, input: MigrationInput): Promise<never> {
  await condition(allHandlersFinished)
  const carry = makeContinueAsNewFunc<typeof migrationJob>({ memo: { status: toMemo(job.state, job.options) } })
  return await carry({ ...input, state: job.state })
}

async function close(job: Job): Promise<StatusMemo> {
  job.state.endedAt ??= Date.now()
  const memo = toMemo(job.state, job.options)
  job.publish()
  await condition(allHandlersFinished)
  if (job.state.cancelled) throw new CancelledFailure('The job was cancelled.')
  if (statusOf(job.state) === 'Completed') return memo
  const { code, message } = memo.reason ?? { code: 'Failed', message: `${memo.counts.failed.files} files failed: see the error list.` }
  throw ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [memo] })
}
