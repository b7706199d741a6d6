/** Lists, copies and merges until the run is copied or cut. A batch in flight always answers before this returns. */
import { ActivityFailure, CancellationScope, condition, sleep } from '@temporalio/workflow'
import type { Fault } from '../model/codes.ts'
import { maxWindow } from '../model/job.ts'
import { tooManyFailed } from '../model/job-state.ts'
import { batchesOfCall, isCopied, nextMerge, wantsListing, withCall, withCopied, withDue, withListed, withUnknown } from '../model/run-state.ts'
import type { PendingBatch } from '../model/run-state.ts'
import { formatSize } from '../model/size.ts'
import { copier, lister } from './activities.ts'
import { isCutOff, lastOutcomes } from './cut-off.ts'
import type { Job } from './job.ts'
import { LargeObjects } from './large-objects.ts'
import { mergeNext } from './merge.ts'

const promptMs = 200

export async function copyPhase(job: Job): Promise<void> {
  const scope = new CancellationScope({ cancellable: true })
  await job.cuttable(() => scope.cancel(), () => new Pump(job, scope).run())
}

class Pump {
  private readonly job: Job
  private readonly scope: CancellationScope
  private readonly copying = new Set<number>()
  /** Batches whose files are being restored: a timer each, and no worker. */
  private readonly waiting = new Set<number>()
  private readonly large: LargeObjects
  private listing = false
  private merging = false
  private progress = 0

  constructor(job: Job, scope: CancellationScope) {
    this.job = job
    this.scope = scope
    this.large = new LargeObjects(job, (fault) => this.block(fault))
  }

  async run(): Promise<void> {
    for (;;) {
      const seen = this.job.events
      if (!this.job.cutting) this.startWhatCan()
      if (this.isIdle()) return
      await condition(() => this.job.events !== seen)
      if (this.job.wantsContinue(this.progress)) this.job.cut()
      this.job.publish()
    }
  }

  private isIdle(): boolean {
    return this.inFlight === 0 && this.waiting.size === 0 && !this.listing && !this.merging
  }

  private get inFlight(): number {
    return this.copying.size + this.large.inFlight
  }

  private startWhatCan(): void {
    const { run, window } = this.job.state
    if (!this.listing && wantsListing(run, window)) this.launch(() => this.list())
    for (const batch of run.pending) this.startBatch(batch, window)
    if (!this.merging && nextMerge(run) !== undefined) this.launch(() => this.merge())
  }

  private startBatch(pending: PendingBatch, window: number): void {
    const { n } = pending.batch
    if (this.copying.has(n) || this.waiting.has(n)) return
    if (this.large.isOpen(pending)) this.startRanges(pending, window)
    else if ((pending.restoring?.until ?? 0) > Date.now()) this.launch(() => this.waitFor(pending))
    else if (this.inFlight < window && this.large.mayBegin(pending, this.copying)) this.launch(() => this.copy(pending))
  }

  private startRanges(pending: PendingBatch, window: number): void {
    for (const range of this.large.waiting(pending).slice(0, Math.max(0, window - this.inFlight))) this.launch(() => this.large.send(pending, range))
  }

  /** Whatever a task throws beyond being cut is a fault of ours: the run ends, its report is written. */
  private launch(task: () => Promise<void>): void {
    this.scope
      .run(task)
      .then(() => { this.progress += 1 })
      .catch((error: unknown) => {
        if (!isCutOff(error)) this.fail({ code: 'Unexpected', message: messageOf(error) })
      })
      .finally(() => this.job.changed())
  }

  private async list(): Promise<void> {
    this.listing = true
    const { state } = this.job
    state.run = withCall(state.run)
    const { run } = state
    try {
      const maxBatches = batchesOfCall(run.calls)
      const result = await lister(`run ${run.run}, list call ${run.calls}: up to ${maxBatches} batches`, this.job.options).listBatches({
        context: this.job.context,
        ...(run.position && { from: run.position }),
        ...(run.retry && { retry: run.retry }),
        call: run.calls,
        firstBatch: run.nextBatch,
        maxBatches,
      })
      if (result.blocked) this.block(result.blocked)
      else this.job.state.run = withListed(this.job.state.run, result)
    } finally {
      this.listing = false
    }
  }

  private async waitFor({ batch: { n }, restoring }: PendingBatch): Promise<void> {
    if (restoring === undefined) return
    this.waiting.add(n)
    try {
      await sleep(restoring.until - Date.now(), { summary: `batch ${n}: ${restoring.files} files are being restored` })
      this.job.state.run = withDue(this.job.state.run, n)
    } finally {
      this.waiting.delete(n)
    }
  }

  private async copy({ batch, generation, outcomes, counts: known, large }: PendingBatch): Promise<void> {
    const { state, options } = this.job
    const { window } = state
    this.copying.add(batch.n)
    try {
      const again = generation === 0 ? '' : `, generation ${generation}`
      const summary = `run ${state.run.run}, batch ${batch.n}${again}: ${batch.files} files, ${formatSize(batch.bytes)}`
      const result = await copier(summary, options, window).copyBatch({
        context: this.job.context, batch, generation, window, known, splits: true, ...(outcomes && { previous: outcomes }), ...(large && { large }),
      })
      state.run = withCopied(state.run, batch.n, result, { now: Date.now(), ...(options.restoreWaitMs !== undefined && { firstMs: options.restoreWaitMs }) })
      if (this.job.options.window === undefined && result.queuedMs < promptMs) state.window = Math.min(maxWindow, window + 1)
      state.slowedBy = result.slowedBy
      if (result.blocked) this.block(result.blocked)
      const fault = tooManyFailed(state, options)
      if (fault !== null) this.fail(fault)
    } catch (error) {
      if (!isCutOff(error)) throw error
      state.run = withUnknown(state.run, batch.n, lastOutcomes(error))
    } finally {
      this.copying.delete(batch.n)
    }
  }

  private async merge(): Promise<void> {
    this.merging = true
    try {
      await mergeNext(this.job)
    } finally {
      this.merging = false
    }
  }

  private block(fault: Fault): void {
    this.job.state.blocked ??= { fault, since: Date.now(), tries: 0 }
    this.job.cut()
  }

  private fail(fault: Fault): void {
    this.job.state.fault ??= fault
    this.job.cut()
  }
}

export function messageOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

export const isRunCopied = (job: Job): boolean => isCopied(job.state.run) && job.state.run.finished.length === 0
