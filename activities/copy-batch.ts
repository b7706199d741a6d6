import { Context } from '@temporalio/activity'
import { copyBatch } from '../copy/copy-batch.ts'
import type { CopyProgress } from '../copy/copy-task.ts'
import type { HeldPace, JobPaces } from '../copy/job-paces.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { BatchState } from '../ledger/entry.ts'
import type { Role } from '../model/address.ts'
import type { CopyInput, CopyResult, OutcomesRef } from '../model/batch.ts'
import { defaultLargeBytes } from '../model/large.ts'
import { heartbeatEveryMs } from '../model/heartbeat.ts'
import { countsSince } from '../model/status.ts'
import type { CopyHeartbeat } from '../model/heartbeat.ts'
import type { HashName, Storage } from '../storage/storage.ts'
import { beating } from './beating.ts'
import type { Ending } from './beating.ts'
import type { Dependencies } from './dependencies.ts'
import { blockingFault } from './fault.ts'
import { gatherRanges } from './gather-ranges.ts'
import { readBefore } from './outcomes-before.ts'

/** An activity gives its slot back after this long, finished or not: nothing waits behind a slow batch. */
const turnMs = 60_000
/** Batches that began together end their turns one after the other: what is paced flows on meanwhile. */
export const turnOf = (n: number): number => turnMs - (n % 4) * 5_000

export const createCopyBatch = (dependencies: Dependencies, paces: JobPaces) =>
  async function copyBatchActivity(input: CopyInput): Promise<CopyResult> {
    const held = paces.hold(input.context.options.job)
    try {
      return await new BatchTurn(dependencies, input, held).take()
    } finally {
      held.release()
    }
  }

/** One attempt at a batch: what it has written so far, and what its heartbeats say. */
class BatchTurn {
  private readonly dependencies: Dependencies
  private readonly input: CopyInput
  private readonly held: HeldPace
  private readonly startedAt = Date.now()
  private readonly info = Context.current().info
  private readonly mine: OutcomesRef
  private written: OutcomesRef | undefined
  private progress: CopyProgress
  private ends: Readonly<Partial<Record<Role, Storage>>> = {}

  constructor(dependencies: Dependencies, input: CopyInput, held: HeldPace) {
    this.dependencies = dependencies
    this.input = input
    this.held = held
    this.mine = { generation: input.generation, attempt: this.info.attempt }
    this.written = (this.info.heartbeatDetails as CopyHeartbeat | undefined)?.outcomes ?? input.previous
    this.progress = { counts: input.known, movedBytes: 0, bytesPerSecond: 0 }
  }

  async take(): Promise<CopyResult> {
    return await beating(heartbeatEveryMs(this.input.window, this.input.context.options.tuning), () => this.beat(), async (ending) => {
      try {
        return this.answer(await this.copy({ ...ending, abort: AbortSignal.any([ending.abort, this.held.lost]) }))
      } catch (error) {
        const blocked = blockingFault(error, 'destination')
        if (blocked === undefined) throw error
        return this.answer({ done: false, blocked })
      }
    })
  }

  private beat(): CopyHeartbeat {
    const { counts, movedBytes, bytesPerSecond } = this.progress
    const { context, known } = this.input
    return { run: context.run, counts: countsSince(counts, known), movedBytes, bytesPerSecond, ...(this.written && { outcomes: this.written }), ...this.slowed }
  }

  private get slowed(): Pick<CopyHeartbeat, 'slowedBy'> {
    const slowedBy = (['source', 'destination'] as const).filter((role) => this.ends[role]?.turns?.slowed)
    return slowedBy.length > 0 ? { slowedBy } : {}
  }

  private answer(result: Pick<CopyResult, 'done' | 'counts' | 'failures' | 'restoringFiles' | 'large' | 'blocked'>): CopyResult {
    const { done, counts, failures, restoringFiles, large, blocked } = result
    return {
      done, ...(counts && { counts }), ...(failures && { failures }), ...(restoringFiles && { restoringFiles }), ...(large && { large }), ...(blocked && { blocked }), ...(this.written && { outcomes: this.written }), ...this.slowed,
      queuedMs: this.startedAt - this.info.currentAttemptScheduledTimestampMs,
    }
  }

  private async copy({ cut, abort }: Ending) {
    const { storages, pool, pieces, order } = this.dependencies
    const { context, batch, generation, large, splits } = this.input
    const { options } = context
    const ledger = openLedger(await storages.ledger(options), context)
    const before = await readBefore((ref) => ledger.readOutcomes(batch.n, ref, { signal: abort }), this.mine, this.written)
    this.written = before?.ref
    const [source, destination] = [await storages.source(options), await storages.destination(options)]
    this.ends = { source, destination }
    const checkpoint = async (state: BatchState): Promise<void> => {
      await ledger.writeOutcomes(batch.n, this.mine, state, { signal: abort })
      this.written = this.mine
    }
    const entries = await ledger.readEntries(batch.n, batch.listAttempt, { signal: abort })
    const gathered = before && large && (await gatherRanges(ledger, batch.n, entries, before.state, large, { signal: abort }))
    if (gathered) await checkpoint(gathered)
    return await copyBatch({
      source, destination,
      entries, previous: gathered ?? before?.state, followsOthers: generation > 0 || this.mine.attempt > 1,
      options, pool, pieces, order, pace: this.held.pace, cut, checkpoint, canaryKey: ledger.canaryKey, signal: abort, deadlineMs: this.startedAt + turnOf(batch.n), now: Date.now,
      proven: new Set(context.proven as readonly HashName[]),
      ...(splits && { largeBytes: large ? Infinity : (options.largeBytes ?? defaultLargeBytes) }),
      onProgress: (progress) => { this.progress = progress },
    })
  }
}
