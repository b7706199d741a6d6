/** A job: one workflow that lives through all its runs. It decides and counts; activities list, copy and write. */
import {
  ApplicationFailure, CancellationScope, CancelledFailure, allHandlersFinished, condition, makeContinueAsNewFunc, patched, workflowInfo,
} from '@temporalio/workflow'
import type { Fault } from '../model/codes.ts'
import type { JobOptions } from '../model/job.ts'
import { accountingFault, blockedLimitMs, blockedWaitMs, emptyFault, hasFailed, newJobState, retryDays, statusOf, toMemo } from '../model/job-state.ts'
import type { Blocked, JobState } from '../model/job-state.ts'
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
  const job = new Job(options, { ...state }, input.searchAttributes)
  bindMessages(job, (only) => beginRetry(job, only))
  job.publish()
  CancellationScope.current().cancelRequested.catch(() => {
    job.state.cancelled = true
    job.cut()
  })
  return await CancellationScope.nonCancellable(() => live(job, input))
}

async function live(job: Job, input: MigrationInput): Promise<StatusMemo> {
  if (job.state.stopped) await rest(job)
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
    const result = await reporter(`run ${run.run}: report lists`, job.options).writeReport({
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
  if (await condition(isDisturbed, waitMs, { summary: 'until the next run is due' })) {
    if (state.cancelled) endJob(job)
    return
  }
  state.fault = null
  state.run = newRun(state.run.run + ((state.done ?? 0) > 0 ? 1 : 0), Date.now())
  state.phase = 'copying'
}

async function waitForRetry(job: Job): Promise<void> {
  const retried = await condition(() => job.state.phase !== 'waiting' || job.state.cancelled, `${retryDays}d`, { summary: 'until failed files can be retried no more' })
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

/** It rests in a run of the workflow that holds nothing else: after weeks that is all that new code replays. */
async function stopped(job: Job, input: MigrationInput): Promise<void> {
  job.state.stopped = true
  job.publish()
  if (patched('rest-apart')) return await carryOn(job, input)
  await started(job)
  if (!job.state.cancelled) await carryOn(job, input)
}

async function started(job: Job): Promise<void> {
  const { state } = job
  await condition(() => state.wanted === 'run' || state.cancelled)
  state.stopped = false
  job.nudged = false
}

/** An address that was at fault is looked at as soon as the job goes on: time it was stopped for does not count. */
async function rest(job: Job): Promise<void> {
  await started(job)
  const { blocked, cancelled } = job.state
  if (blocked !== null && !cancelled) await look(job, { fault: blocked.fault, since: Date.now(), tries: 0 })
}

async function blocked(job: Job): Promise<void> {
  const { state } = job
  const before = state.blocked
  if (before === null) return
  if (!patched('start-while-looking')) job.nudged = false
  job.publish()
  await condition(() => job.nudged || state.cancelled || state.wanted === 'stop', blockedWaitMs(before.tries), { summary: 'until the address is looked at again' })
  job.nudged = false
  if (state.wanted === 'stop' && !state.cancelled) return
  if (state.cancelled) state.blocked = null
  else await look(job, before)
}

async function look(job: Job, before: Blocked): Promise<void> {
  const { state } = job
  const fault = await faultNow(job, before)
  const isPatient = Date.now() - before.since < blockedLimitMs
  state.blocked = fault !== null && isPatient ? { ...before, fault, tries: before.tries + 1 } : null
  if (fault !== null && !isPatient) state.fault = fault
}

/** A check that does not come to an end tells nothing new. */
async function faultNow({ options, state }: Job, { fault }: Blocked): Promise<Fault | null> {
  try {
    return (await checks('is the address well again?').checkJob({ options, epoch: state.epoch, again: true })).fault
  } catch {
    return fault
  }
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
