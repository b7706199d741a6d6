/**
 * A whole job as the workflow carries it over continue-as-new: plain JSON with a version, at most 100 KiB. The functions say
 * what it looks like from outside; the steps of a run are in run-state.ts.
 */
import type { Role } from './address.ts'
import type { Changed } from './change.ts'
import type { Fault } from './codes.ts'
import { firstFlow, type Flow } from './flow/flow.ts'
import type { JobOptions } from './job.ts'
import { runsOf, scheduleOf } from './schedule.ts'
import type { MessageName } from './messages.ts'
import { countsSoFar, failuresSoFar, newRun, restoringFiles } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { totalOf } from './status.ts'
import type { Change, JobPhase, JobStatus, StatusMemo } from './status.ts'

export const defaultWindow = 20
export const maxRetries = 30
export const retryDays = 7
export const blockedLimitMs = 24 * 3_600_000

export interface Blocked {
  readonly fault: Fault
  readonly since: number
  readonly tries: number
}

export interface JobState {
  readonly version: 1
  readonly epoch: string
  /** What is to be done next; `closed`: nothing. */
  phase: 'checking' | 'scheduled' | 'copying' | 'reporting' | 'waiting' | 'closed'
  checked: boolean
  wanted: 'run' | 'stop'
  /** No worker copies for this job any more. */
  stopped: boolean
  cancelled: boolean
  /** Why the job could not be made, or why its run ended early. */
  fault: Fault | null
  blocked: Blocked | null
  proven: readonly string[]
  window: number
  retries: number
  run: RunState
  lists: readonly string[]
  /** Remarks for people, the newest last: bad signals, warnings of the check. */
  notes: readonly string[]
  endedAt: number | null
  /** Runs of the schedule that are over. Absent: none. */
  done?: number
  /** When the next one is due. Absent: none is. */
  nextRunAt?: number
  /** An earlier run found files: an empty listing is a fault from then on. */
  hadFiles?: boolean
  /** Absent: it was never set. */
  flow?: Flow
  changes?: readonly Change[]
  /** Options that were changed since the job was made. Absent: none. */
  changed?: Changed
  /** Whose store wanted to be asked less, as the last batch told. Absent: neither's. */
  slowedBy?: readonly Role[]
}

export function newJobState(options: JobOptions, epoch: string, now: number, paused: boolean): JobState {
  const flow = firstFlow(options, now)
  return {
    ...(flow && { flow }),
    version: 1, epoch, phase: 'checking', checked: false, wanted: paused ? 'stop' : 'run', stopped: false, cancelled: false, fault: null,
    blocked: null, proven: [], window: options.window ?? defaultWindow, retries: 0, run: newRun(1, now), lists: [], notes: [], endedAt: null,
  }
}

export function statusOf(state: JobState): JobStatus {
  if (state.fault !== null && !state.checked) return 'Create Failed'
  if (state.phase === 'waiting' || state.phase === 'closed') return hasFailed(state) ? 'Failed' : 'Completed'
  return state.stopped ? 'Stopped' : 'Migrating'
}

export const hasFailed = (state: JobState): boolean => state.fault !== null || state.run.counts.failed.files > 0

/** Runs there are to be, by what is known now; null: no end. */
export function runsExpected(state: JobState, options: JobOptions): number | null {
  const all = runsOf(scheduleOf(options))
  if (all === null) return null
  const isScheduled = state.run.retry === undefined && (state.phase === 'checking' || state.phase === 'copying' || state.phase === 'reporting')
  return state.run.run + Math.max(0, all - (state.done ?? 0) - (isScheduled ? 1 : 0))
}

export function phaseOf(state: JobState): JobPhase {
  if (state.phase === 'waiting') return 'waiting'
  if (state.phase === 'closed') return state.checked ? 'reporting' : 'checking'
  if (state.wanted === 'stop' && !state.stopped) return 'stopping'
  if (state.phase === 'scheduled') return 'waiting'
  if (state.blocked !== null) return 'blocked'
  if (state.phase !== 'copying') return state.phase
  return state.run.nextBatch === 0 ? 'listing' : 'copying'
}

/** Waits between looks at a blocked address: 1, 2, 4 … 10 minutes. */
export const blockedWaitMs = (tries: number): number => Math.min(2 ** tries, 10) * 60_000

/** The fault that ends a run early because too many files failed; null while it may go on. */
export function tooManyFailed(state: JobState, options: JobOptions): Fault | null {
  if (options.maxFailed === undefined) return null
  const counts = countsSoFar(state.run)
  const { files } = counts.failed
  const limit = 'files' in options.maxFailed ? options.maxFailed.files : (totalOf(counts).files * options.maxFailed.percent) / 100
  if (files <= limit) return null
  return { code: 'TooManyFailed', message: `${files} files failed, more than --max-failed allows: see the error list, mend the cause and retry.` }
}

/** A source that had files and shows none any more: rather a fault of the source than the truth. */
export function emptyFault({ hadFiles = false, run }: JobState): Fault | null {
  if (!hadFiles || run.retry !== undefined || run.listed.files + run.excluded.files > 0) return null
  return { code: 'SourceEmpty', message: 'The source shows no file, although it had some in the run before: look whether it is mounted, and whether its prefix is still right.' }
}

/** What a finished run must satisfy: the rows of its lists add up to what was copied and listed. */
export function accountingFault(run: RunState): Fault | null {
  const merged = totalOf(run.mergedCounts)
  if (merged.files === run.listed.files) return null
  return {
    code: 'AccountingMismatch',
    message: `The lists hold ${merged.files} files but ${run.listed.files} were listed: keep the report and run the job again.`,
  }
}

export function toMemo(state: JobState, options: JobOptions): StatusMemo {
  const { run } = state
  const restoring = restoringFiles(run)
  return {
    status: statusOf(state),
    phase: phaseOf(state),
    reason: state.fault ?? state.blocked?.fault ?? null,
    run: run.run,
    runs: runsExpected(state, options),
    ...(state.phase === 'scheduled' && state.nextRunAt !== undefined && { nextRunAt: state.nextRunAt }),
    epoch: state.epoch,
    source: options.source,
    destination: options.destination,
    listed: { ...run.listed, complete: run.listingDone },
    excluded: run.excluded,
    counts: countsSoFar(run),
    failures: failuresSoFar(run),
    ...(restoring > 0 && { restoring }),
    ...(state.flow && { flow: state.flow }),
    ...(state.changes && { changes: state.changes }),
    ...(state.changed && { changed: state.changed }),
    ...(state.phase === 'copying' && state.slowedBy && { slowedBy: state.slowedBy }),
    expected: options.expectFiles === undefined ? null : { files: options.expectFiles, bytes: options.expectBytes ?? 0 },
    timeZone: options.timeZone,
    startedAt: run.startedAt,
    endedAt: state.endedAt,
    lists: state.lists,
  }
}

const mostChanges = 20

export const withChange = (changes: readonly Change[] = [], change: Change): readonly Change[] => [...changes, change].slice(-mostChanges)

/** Rows and rates replace what was in force, all of it. */
export const nextFlow = (before: Flow | undefined, { rows, maxFlow }: Pick<Flow, 'rows' | 'maxFlow'>, setAt: number): Flow =>
  ({ version: (before?.version ?? 0) + 1, setAt, rows, ...(maxFlow !== undefined && { maxFlow }) })

/** Why a message cannot be obeyed now, as a sentence; undefined when it can. */
export function refusal(state: JobState, message: MessageName): string | undefined {
  const status = statusOf(state)
  if (message === 'resetFlowControl') return state.phase === 'closed' ? `The job is ${status}: there is nothing to limit.` : undefined
  if (message === 'change') return state.phase === 'closed' ? `The job is ${status}: there is nothing to change.` : undefined
  if (message !== 'retry') return state.phase === 'waiting' || state.phase === 'closed' ? `The job is ${status}: there is nothing to ${message}.` : undefined
  const waits = state.phase === 'waiting' || (state.phase === 'scheduled' && state.run.counts.failed.files > 0)
  if (!waits) return `The job is ${status}: failed files can be retried once its run has ended.`
  if (state.retries >= maxRetries) return `RetryExceedMaxCount: the job was retried ${maxRetries} times; mend the cause and run it again.`
  return undefined
}
