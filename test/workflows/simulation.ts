/** Activities that move nothing and remember everything: for what the workflow decides, on a real Temporal server. */
import { Context } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import type { WorkerOptions } from '@temporalio/worker'
import { createNextRun } from '../../activities/next-run.ts'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { Activities } from '../../activities/index.ts'
import { nextBoundary } from '../../activities/next-boundary.ts'
import type { BatchRef, CopyInput, CopyResult, LargeState, PartsInput, PartsResult } from '../../model/batch.ts'
import type { Fault } from '../../model/codes.ts'
import { heartbeatEveryMs } from '../../model/heartbeat.ts'
import { copyTaskQueue, jobDefaults, workflowTaskQueue } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import { noVerifyCounts } from '../../model/verify.ts'
import { addCounts, noCounts, noTally } from '../../model/status.ts'
import type { Counts } from '../../model/status.ts'
import { payloadConverterPath } from '../../worker/bundle.ts'
import { workflowBundle } from '../support/temporal.ts'

export interface SimulationOptions {
  readonly batches: number
  /** How long a copy takes; it ends earlier when cut, with a part of its files done. */
  readonly copyMs?: number
  readonly failing?: number
  /** The destination is at fault from this copy on, until the simulation is `mended`. */
  readonly blockedAfter?: number
  /** The files of batch 0 are archived, and can be read at so many looks. */
  readonly readyAtLook?: number
  /** What the check of the addresses throws. */
  readonly checkFails?: Error
  /** Batch 0 is one large file of so many ranges; each takes two activities. */
  readonly ranges?: number
}

/** What the simulated data plane saw: how often each batch's files were copied, by batch. */
export interface Simulation {
  readonly activities: Activities
  readonly copied: Map<number, number>
  readonly merged: Set<number>
  readonly copying: () => number
  readonly most: () => number
  readonly looks: () => number
  /** The options that each activity was told, in the order of their calls. */
  readonly told: Record<'listBatches' | 'copyBatch' | 'writeReport', JobOptions[]>
  /** How often each range was sent, and what its batch was told in the end. */
  readonly sent: Map<number, number>
  readonly gathered: () => LargeState | undefined
  readonly mend: () => void
}

const revoked: Fault = { code: 'DestAddrAccessKeyInvalid', message: 'Check the access key id.' }
const filesPerBatch = 100
const kib = 1024

export const counts = (files: number, failed = 0): Counts =>
  ({ ...noCounts, completed: { files: files - failed, bytes: (files - failed) * kib }, failed: { files: failed, bytes: failed * kib } })

export function simulate({ batches, copyMs = 0, failing = 0, blockedAfter = Infinity, readyAtLook = 0, checkFails, ranges = 0 }: SimulationOptions): Simulation {
  const copied = new Map<number, number>()
  const merged = new Set<number>()
  let copying = 0
  let most = 0
  let copies = 0
  let mended = false
  let looks = 0
  const told: Simulation['told'] = { listBatches: [], copyBatch: [], writeReport: [] }
  const sent = new Map<number, number>()
  let gathered: LargeState | undefined

  async function copyParts({ range, generation, previous, split }: PartsInput): Promise<PartsResult> {
    const isAgain = generation > 0
    if (isAgain !== (previous !== undefined) || split !== 0) throw new Error(`range ${range} was given what is not its own`)
    await Context.current().sleep(copyMs).catch(() => undefined)
    sent.set(range, (sent.get(range) ?? 0) + 1)
    return { parts: { generation, attempt: 1 }, ...(isAgain && { over: 'sent' }) }
  }

  async function copyBatch({ batch, window, large, context: { options } }: CopyInput): Promise<CopyResult> {
    told.copyBatch.push(options)
    if (batch.n === 0 && ranges > 0 && large === undefined)
      return { done: false, outcomes: { generation: 0, attempt: 1 }, counts: noCounts, failures: {}, queuedMs: 0, large: { row: 0, ranges } }
    gathered ??= large
    if (++copies > blockedAfter && !mended) return { done: false, counts: noCounts, failures: {}, queuedMs: 0, blocked: revoked }
    if (batch.n === 0 && looks++ < readyAtLook) return { done: false, counts: noCounts, failures: {}, queuedMs: 0, restoringFiles: batch.files }
    const context = Context.current()
    const beat = setInterval(() => context.heartbeat(), window > 20 ? heartbeatEveryMs(window) : 200)
    most = Math.max(most, ++copying)
    const whole = await Promise.race([
      context.sleep(copyMs).then(() => true, () => false),
      context.cancelled.catch(() => false),
    ])
    clearInterval(beat)
    copying--
    const before = copied.get(batch.n) ?? 0
    const done = whole ? batch.files : Math.min(batch.files, before + 10)
    copied.set(batch.n, done)
    const failed = batch.n === 0 ? Math.min(failing, done) : 0
    return {
      done: done === batch.files, outcomes: { generation: 0, attempt: 1 }, counts: counts(done, failed),
      failures: failed === 0 ? {} : { Forbidden: failed }, queuedMs: 1_000,
    }
  }

  const activities: Activities = {
    copyBatch,
    copyParts,
    checkJob: async () => {
      if (checkFails) throw checkFails
      return { fault: copies > blockedAfter && !mended ? revoked : null, latestRun: 0, proven: ['md5'], warnings: [] }
    },
    checkAddress: async ({ address }) => ({ address, ok: true, checks: [], abilities: null, limits: null, rights: null }),
    async listBatches({ firstBatch, maxBatches, call, retry, context }) {
      told.listBatches.push(context.options)
      const last = retry ? 1 : batches
      const refs: BatchRef[] = []
      for (let n = firstBatch; n < last && refs.length < maxBatches; n++) {
        const files = retry ? failing : filesPerBatch
        refs.push({ n, listAttempt: 1, files, bytes: files * kib })
      }
      const more = firstBatch + refs.length < last
      return { batches: refs, excluded: noTally, ...(more && { position: { call, attempt: 1 } }) }
    },
    async mergeBatches({ merge, batches: finished, context }) {
      for (const [n] of finished) {
        if (merged.has(n) && context.run === 1) throw new Error(`batch ${n} was merged twice`)
        merged.add(n)
      }
      const sum = finished.reduce((all, [n]) => addCounts(all, counts(copied.get(n) ?? 0, n === 0 ? failing : 0)), noCounts)
      const lost = context.run === 1 ? finished.length * filesPerBatch - sum.completed.files - sum.failed.files : 0
      const whole = context.run === 1 ? { ...sum, failed: { files: sum.failed.files + lost, bytes: 0 } } : counts(failing)
      return { fragment: { merge, attempt: 1, parts: 1 }, counts: whole }
    },
    async writeReport({ context, counts: all }) {
      told.writeReport.push(context.options)
      return { lists: [`${context.options.job}@${context.run}_total_list`], counts: all }
    },
    nextRun: createNextRun(),
    readPastJob: async () => null,
    readRunning: async () => ({ slices: [], next: null, gone: false }),
    readReport: async () => ({ bytes: '', size: 0 }),
    nextBoundary,
    planVerify: async () => ({ run: 1, files: 0 }),
    verifyTurn: async () => ({ next: null, counts: noVerifyCounts }),
    endVerify: async () => undefined,
    share: async () => undefined,
  }
  return { activities, copied, merged, copying: () => copying, most: () => most, looks: () => looks, told, sent, gathered: () => gathered, mend: () => { mended = true } }
}

export const optionsOf = (job: string, more: Partial<JobOptions> = {}): JobOptions =>
  ({ ...jobDefaults, job, source: 'here', destination: 'there', timeZone: 'UTC', ...more })

type WithActivities = Pick<Simulation, 'activities'>
type Bundle = NonNullable<WorkerOptions['workflowBundle']>

const common = (environment: TestWorkflowEnvironment, { activities }: WithActivities) =>
  ({ connection: environment.nativeConnection, activities, maxHeartbeatThrottleInterval: 200 }) as const

/** A worker that decides, lists and reports, and none that copies. */
export async function withControl<T>(environment: TestWorkflowEnvironment, simulation: WithActivities, body: () => Promise<T>, bundle: Bundle = workflowBundle()): Promise<T> {
  const worker = await Worker.create({
    ...common(environment, simulation), taskQueue: workflowTaskQueue, workflowBundle: bundle, dataConverter: { payloadConverterPath },
  })
  return await worker.runUntil(body)
}

/** Workers of both queues over the simulated activities, for as long as `body` runs. */
export async function withWorkers<T>(environment: TestWorkflowEnvironment, simulation: WithActivities, body: () => Promise<T>, bundle?: Bundle): Promise<T> {
  const copy = await Worker.create({ ...common(environment, simulation), taskQueue: copyTaskQueue, maxConcurrentActivityTaskExecutions: 300 })
  return await copy.runUntil(() => withControl(environment, simulation, body, bundle))
}
