/**
 * The API of the system: every door uses this and nothing else. Each function fails with a TranshipError that carries a code, a
 * sentence and, where there is one, a hint. Looking works without a worker; what needs one says so and gives up after a while.
 */
import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { Role } from '../model/address.ts'
import { workflowIdOf, workflowTaskQueue, type JobOptions } from '../model/job.ts'
import { withChanged, type ChangeFields } from '../model/change.ts'
import { parseMessage, type Message, type MessageName, type ResetFlowMessage } from '../model/messages.ts'
import { withFlow } from '../model/flow/flow.ts'
import { suggest } from '../model/suggest.ts'
import type { JobView } from '../model/status.ts'
import type { addressCheck } from '../workflows/address-check.ts'
import type { pastJob } from '../workflows/past-job.ts'
import type { MigrationInput } from '../workflows/migration-job.ts'
import { sendMessage } from './answer.ts'
import { alreadyOpen, startJob } from './create.ts'
import { describeJob, viewOfListed, type Described } from './describe.ts'
import { TranshipError } from './errors.ts'
import { hasEnded, isOver, type Until } from './ended.ts'
import { followJob } from './follow.ts'
import { inputOf } from './past-input.ts'
import { removeJob } from './remove.ts'
import { readListChunk, readRunningSlices, type ListChunk, type ListRef, type RunningPosition, type RunningSlices } from './report.ts'
import { runningParts, type Running } from './running.ts'
import { runWatched } from './run-watched.ts'
import { runVerify, type VerifyOptions, type VerifyView } from './verify.ts'

export interface JobsOptions {
  readonly client: Client
  /** Whether the namespace has the search attributes: asked before a job is made. */
  readonly searchAttributes: () => Promise<boolean>
  /** Who asks, as `user@host`: noted in the job. */
  readonly by: string
  /** How long to wait for a worker before `NoWorker`; 0: for ever. */
  readonly workerTimeoutMs?: number
  /** Sentences for people, while something takes long or goes another way. */
  readonly onNotice?: (message: string) => void
}

export interface CreateOptions {
  /** False: checked, then Stopped. */
  readonly start?: boolean
  /** Go on after the last run of a job of this name. */
  readonly again?: boolean
  readonly signal?: AbortSignal
}

export interface WaitOptions {
  readonly onView?: (view: JobView) => void
  readonly signal?: AbortSignal
  readonly everyMs?: number
}

export interface RetryOptions {
  readonly only?: string
  readonly to?: string
}

export interface VerifyJobOptions extends VerifyOptions {
  /** So many files, chosen at random; absent: all. */
  readonly sampleFiles?: number
  readonly to?: string
}

export interface Told {
  readonly view: JobView
  /** A sentence for people: what happens now. */
  readonly message: string
}

export interface Retried extends Omit<Told, 'view'> {
  /** Null: Temporal has forgotten the job, and there was nothing to retry. */
  readonly view: JobView | null
}

/** The JSON of `tranship address check`. */
export type AddressCheckResult = Awaited<ReturnType<typeof addressCheck>>

export interface Jobs {
  /** The job once its addresses are checked; `Create Failed` with a reason when they are not well. Fails `JobAlreadyExist`. */
  create(options: JobOptions, how?: CreateOptions): Promise<JobView>
  status(job: string): Promise<JobView>
  /** As `status`; undefined when Temporal holds no job of that name. */
  find(job: string): Promise<JobView | undefined>
  /** All that Temporal holds, the newest first; eventually complete. */
  list(): Promise<JobView[]>
  stop(job: string): Promise<Told>
  start(job: string): Promise<Told>
  /**
   * Tries failed files again, those of one code if `only` says so; a closed job gets a run more. One that Temporal has forgotten
   * is known by its report at the address `to`.
   */
  retry(job: string, how?: RetryOptions): Promise<Retried>
  /**
   * Reads what the job's runs copied again, at the destination, and compares it with their completed lists. A job that Temporal has
   * forgotten is known by its report at the address `to`. Refused while a run goes on.
   */
  verify(job: string, how?: VerifyJobOptions): Promise<VerifyView>
  /** Rows and the most outside them replace what was in force, all of it; the running job keeps to it within 5 s, a stopped one once it goes on. */
  resetFlow(job: string, limits: Omit<ResetFlowMessage, 'by'>): Promise<Told>
  /** Window, overwrite rule and priority count at once, filters for what is listed from then on. Fails `InvalidParameters` before anything is sent. */
  change(job: string, fields: ChangeFields): Promise<Told>
  /** Ends the job and forgets it; what was copied and its report stay. */
  remove(job: string): Promise<void>
  /** Looks until `until` holds, by default until the run is over. */
  follow(job: string, how?: WaitOptions, until?: Until): Promise<JobView>
  /** Runs on a worker. */
  checkAddress(address: string, role: Role): Promise<AddressCheckResult>
  /** A piece of a report list, read by a worker. */
  readList(ref: ListRef, offset: number): Promise<ListChunk>
  /** What of the running run is finished so far, and the job it is of. */
  running(job: string): Promise<Running>
  /** The next bytes of its lists so far, read by a worker. */
  readRunning(running: Running, at: RunningPosition): Promise<RunningSlices>
}

export const defaultWorkerTimeoutMs = 30_000

export function createJobs({
  client,
  searchAttributes,
  by,
  workerTimeoutMs = defaultWorkerTimeoutMs,
  onNotice = () => undefined,
}: JobsOptions): Jobs {
  const watch = { workerTimeoutMs, onNotice }

  const find = async (job: string): Promise<Described> => {
    const described = await describeJob(client, job)
    if (described) return described
    const meant = suggest(
      job,
      (await listViews()).map((view) => view.job),
    )
    throw new TranshipError(
      'JobNotExist',
      `There is no job "${job}".${meant ? ` Did you mean "${meant}"?` : ''}`,
      '"tranship list" shows the jobs that Temporal holds; "tranship retry NAME --to DST" takes up one that it has forgotten.',
    )
  }

  const listViews = async (): Promise<JobView[]> => {
    const views = new Map<string, JobView>()
    for await (const info of client.workflow.list({ query: 'WorkflowType = "migrationJob"' })) {
      const view = info.status.name === 'CONTINUED_AS_NEW' ? undefined : viewOfListed(info)
      const known = view && views.get(view.job)
      if (view && (!known || view.startedAt > known.startedAt)) views.set(view.job, view)
    }
    return [...views.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt))
  }

  const tell = async (job: string, name: MessageName, fields: Message = {}): Promise<Told> => {
    const answer = await sendMessage(client, job, name, { by, ...fields })
    const message =
      answer?.message ?? 'No worker answered within 5 s, so it was sent as a Signal: it counts as soon as a worker is there.'
    return { view: (await find(job)).view, message }
  }

  const begin = async (input: MigrationInput, signal?: AbortSignal): Promise<JobView> => {
    await startJob(client, input, { ...watch, ...(signal && { signal }) })
    const { job } = input.options
    if (!input.paused) return (await find(job)).view
    return await followJob(client, job, (view) => view.status === 'Stopped' || isOver(view), watch)
  }

  const create: Jobs['create'] = async (options, { start = true, again = false, signal } = {}) => {
    await refuseTaken(client, options.job, again)
    return await begin(
      { options, searchAttributes: await searchAttributes(), ...(!start && { paused: true }), ...(again && { again: true }) },
      signal,
    )
  }

  const retryClosed = async (job: string, described: Described, only: string | undefined): Promise<Told> => {
    if (described.view.status === 'Create Failed')
      throw new TranshipError(
        'InvalidJobStatusForCurrentOperation',
        `The job "${job}" could not be made: mend what its reason says and create it again.`,
      )
    const past = await inputOf(client, job, described.runId)
    const message =
      described.memo.lists.length === 0
        ? 'No report of the job stands, so all of it is gone through again.'
        : 'The failed files are tried again.'
    const { state: _state, paused: _paused, ...input } = past
    const { flow, changed } = described.memo
    return { view: await beginRetry({ ...input, options: withChanged(withFlow(input.options, flow), changed) }, only), message }
  }

  const beginRetry = async (input: Pick<MigrationInput, 'options'>, only: string | undefined): Promise<JobView> =>
    await begin({ ...input, searchAttributes: await searchAttributes(), again: true, retry: only === undefined ? {} : { only } })

  const retryForgotten = async (job: string, { only, to = '' }: RetryOptions): Promise<Retried> => {
    const past = await runWatched<typeof pastJob>(
      client,
      'pastJob',
      { workflowId: `past-job/${randomUUID()}`, taskQueue: workflowTaskQueue, args: [{ destination: to, job }] },
      watch,
    )
    if (past === null) throw new TranshipError('JobNotExist', `Neither Temporal nor ${to} knows of a job "${job}".`)
    if (past.failedFiles === 0) return { view: null, message: nothingToRetry }
    return {
      view: await beginRetry({ options: { ...past.options, destination: to } }, only),
      message: `The ${past.failedFiles} failed files of run ${past.run} are tried again.`,
    }
  }

  return {
    create,
    status: async (job) => (await find(job)).view,
    find: async (job) => (await describeJob(client, job))?.view,
    running: async (job) => await runningParts(client, job, await find(job), workerTimeoutMs),
    list: listViews,
    stop: async (job) => await openOnly(job, await find(job), () => tell(job, 'stop')),
    start: async (job) => await openOnly(job, await find(job), () => tell(job, 'start')),
    resetFlow: async (job, limits) => await openOnly(job, await find(job), () => tell(job, 'resetFlowControl', limits)),
    change: async (job, fields) => {
      const message = parseMessage('change', fields)
      if (!message.ok) throw new TranshipError('InvalidParameters', message.fault)
      return await openOnly(job, await find(job), () => tell(job, 'change', fields))
    },
    retry: async (job, how = {}) => {
      const { only } = how
      const known = await describeJob(client, job)
      if (!known && how.to !== undefined) return await retryForgotten(job, how)
      const described = known ?? (await find(job))
      if (nothingFailed(described.view)) return { view: described.view, message: nothingToRetry }
      return described.open ? await tell(job, 'retry', only === undefined ? {} : { only }) : await retryClosed(job, described, only)
    },
    verify: async (job, { to, sampleFiles, ...how } = {}) => {
      const known = await describeJob(client, job)
      const destination = to ?? (known ?? (await find(job))).view.destination
      if (known) refuseRunning(known.view)
      return await runVerify(client, { job, destination, ...(sampleFiles !== undefined && { sampleFiles }) }, how, watch)
    },
    remove: async (job) => await removeJob(client, job, await find(job), watch),
    follow: async (job, how = {}, until = hasEnded) => await followJob(client, job, until, { ...watch, ...how }),
    checkAddress: async (address, role) =>
      await runWatched<typeof addressCheck>(
        client,
        'addressCheck',
        { workflowId: `address-check/${randomUUID()}`, taskQueue: workflowTaskQueue, args: [{ address, role }] },
        watch,
      ),
    readRunning: async (running, at) => await readRunningSlices(client, running, at, watch),
    readList: async (ref, offset) => await readListChunk(client, ref, offset, watch),
  }
}

const nothingToRetry = 'There is nothing to retry: no file failed.'
const nothingFailed = ({ status, failed }: JobView): boolean => status === 'Completed' && failed.files === 0

/** What a run copies stands in no list before its end. */
function refuseRunning(view: JobView): void {
  if (isOver(view) || view.phase === 'waiting') return
  throw new TranshipError(
    'InvalidJobStatusForCurrentOperation',
    `A run of the job "${view.job}" is not over: it can be verified once its report stands.`,
    `"tranship status ${view.job} --watch" follows it.`,
  )
}

async function openOnly(job: string, { open, view }: Described, act: () => Promise<Told>): Promise<Told> {
  if (open) return await act()
  throw new TranshipError(
    'InvalidJobStatusForCurrentOperation',
    `The job "${job}" is ${view.status}: it is over.`,
    `Run it again with "tranship migrate ${view.source} ${view.destination} --job ${job}".`,
  )
}

/** A job whose run is over but which waits for a retry gives its name to the next one. */
async function refuseTaken(client: Client, job: string, again: boolean): Promise<void> {
  const described = await describeJob(client, job)
  if (!described) return
  if (described.open && again && isOver(described.view)) {
    await client.workflow.getHandle(workflowIdOf(job), described.runId).terminate('followed by the next run of the job')
    return
  }
  if (described.open) throw alreadyOpen(job)
  if (again || described.memo.lists.length === 0) return
  throw new TranshipError(
    'JobAlreadyExist',
    `There was a job "${job}", and its report stands at the destination.`,
    'Choose another name, or add --again for its next run.',
  )
}
