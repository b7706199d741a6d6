/** What a person is told of a job, made of what Temporal shows of its workflow: pure. */
import { reportFolder } from '../model/report-row.ts'
import { averageCostPerSecond, doneOf, extentOf, secondsLeft } from '../model/progress.ts'
import { addCounts, type Counts, type JobView, type StatusMemo, type Tally } from '../model/status.ts'
import type { CopyHeartbeat } from '../model/heartbeat.ts'
import { timetableOf } from '../model/flow/flow.ts'
import { limitAt, nextChange } from '../model/flow/timetable.ts'
import type { FileErrorCode } from '../model/codes.ts'

export type ClosedAs = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out'

export interface Observation {
  readonly job: string
  readonly workflowId: string
  readonly memo: StatusMemo
  /** Of the copies in flight. */
  readonly heartbeats: readonly CopyHeartbeat[]
  /** Absent: open. */
  readonly closed?: { readonly as: ClosedAs; readonly atMs: number }
  readonly nowMs: number
}

export function toJobView(observation: Observation): JobView {
  const { job, workflowId, nowMs } = observation
  const memo = settled(observation)
  const counts = liveCounts(memo, observation.heartbeats)
  const isMoving = memo.status === 'Migrating' && memo.nextRunAt === undefined
  const done = doneOf(counts)
  return {
    job,
    status: memo.status,
    phase: memo.phase,
    reason: memo.reason,
    run: memo.run,
    runs: memo.runs,
    nextRunAt: memo.nextRunAt === undefined ? null : new Date(memo.nextRunAt).toISOString(),
    workflowId,
    source: memo.source,
    destination: memo.destination,
    listed: memo.listed,
    excluded: memo.excluded,
    completed: counts.completed,
    skipped: counts.skipped,
    failed: counts.failed,
    failures: failuresOf(memo),
    withoutCrc64: counts.withoutCrc64 ?? 0,
    restoring: memo.restoring ?? 0,
    slowedBy: isMoving ? slowedBy(memo, observation.heartbeats) : [],
    flow: { ...limitsOf(memo, nowMs), bytesPerSecond: isMoving ? speedOf(memo, observation.heartbeats) : 0 },
    startedAt: new Date(memo.startedAt).toISOString(),
    endedAt: memo.endedAt === null ? null : new Date(memo.endedAt).toISOString(),
    secondsLeft: isMoving ? secondsLeft(extentOf(memo), done, averageCostPerSecond(done, nowMs - memo.startedAt)) : null,
    changes: (memo.changes ?? []).map((change) => ({ ...change, at: new Date(change.at).toISOString() })),
    report: memo.lists.length === 0 ? null : { folder: reportFolder, lists: memo.lists },
  }
}

function limitsOf({ flow, timeZone }: StatusMemo, nowMs: number): Omit<JobView['flow'], 'bytesPerSecond'> {
  if (flow === undefined)
    return { version: 0, limitBytesPerSecond: null, timeZone, nextChangeAt: null, rows: [], maxBytesPerSecond: null }
  const timetable = timetableOf(flow, timeZone)
  const change = nextChange(timetable, nowMs)
  return {
    version: flow.version,
    limitBytesPerSecond: limitAt(timetable, nowMs),
    timeZone,
    nextChangeAt: change === null ? null : new Date(change).toISOString(),
    rows: timetable.rows,
    maxBytesPerSecond: timetable.maxBytesPerSecond,
  }
}

/** The most frequent first. No file is named: a memo never does, the error list has them. */
function failuresOf({ failures }: StatusMemo): JobView['failures'] {
  const rows = Object.entries(failures).map(([code, files]) => ({ code: code as FileErrorCode, files, example: null }))
  return rows.sort((a, b) => b.files - a.files || a.code.localeCompare(b.code))
}

/** The memo is the job's own last word; where the workflow was ended from outside, that is what counts. */
function settled({ memo, closed }: Observation): StatusMemo {
  if (!closed) return memo
  const ended = { ...memo, endedAt: memo.endedAt ?? closed.atMs }
  if (closed.as === 'terminated' && isOpen(memo))
    return {
      ...ended,
      status: 'Failed',
      reason: { code: 'Terminated', message: 'The workflow was terminated in Temporal: run the job again to go on.' },
    }
  if (closed.as === 'cancelled')
    return {
      ...ended,
      status: 'Failed',
      reason: memo.reason ?? {
        code: 'Cancelled',
        message: 'The job was cancelled; run it again to go on with what is missing.',
      },
    }
  if (isOpen(memo))
    return {
      ...ended,
      status: 'Failed',
      reason: { code: 'Unexpected', message: `The workflow ended as ${closed.as}: its history in Temporal says why.` },
    }
  return ended
}

const isOpen = ({ status }: StatusMemo): boolean => status === 'Migrating' || status === 'Stopped'

/** Batches in flight report more than the memo knows, never more than was listed. */
function liveCounts(memo: StatusMemo, heartbeats: readonly CopyHeartbeat[]): Counts {
  const sum = heartbeats
    .filter(({ run }) => run === memo.run)
    .reduce((total, { counts }) => addCounts(total, counts), memo.counts)
  return within(doneOf(sum), memo.listed) ? sum : memo.counts
}

function slowedBy(memo: StatusMemo, heartbeats: readonly CopyHeartbeat[]): JobView['slowedBy'] {
  const told = new Set([memo, ...heartbeats].flatMap((one) => one.slowedBy ?? []))
  return (['source', 'destination'] as const).filter((role) => told.has(role))
}

const within = (part: Tally, whole: Tally): boolean => part.files <= whole.files && part.bytes <= whole.bytes

const speedOf = (memo: StatusMemo, heartbeats: readonly CopyHeartbeat[]): number =>
  Math.round(heartbeats.filter(({ run }) => run === memo.run).reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0))
