import { Context } from '@temporalio/activity'
import { copyBatch } from '../copy/copy-batch.ts'
import type { JobPaces } from '../copy/job-paces.ts'
import type { Pace } from '../copy/pace.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { BatchState } from '../ledger/entry.ts'
import type { CopyInput, CopyResult, OutcomesRef } from '../model/batch.ts'
import { heartbeatEveryMs } from '../model/heartbeat.ts'
import { countsSince, noCounts } from '../model/status.ts'
import type { CopyHeartbeat } from '../model/heartbeat.ts'
import type { HashName } from '../storage/storage.ts'
import { beating } from './beating.ts'
import type { Ending } from './beating.ts'
import type { Dependencies } from './dependencies.ts'
import { blockingFault } from './fault.ts'
import { readBefore } from './outcomes-before.ts'

/** An activity gives its slot back after this long, finished or not: nothing waits behind a slow batch. */
const turnMs = 60_000
/** Batches that began together end their turns one after the other: what is paced flows on meanwhile. */
const turnOf = (n: number): number => turnMs - (n % 4) * 5_000

export const createCopyBatch = (dependencies: Dependencies, paces: JobPaces) =>
  async function copyBatchActivity(input: CopyInput): Promise<CopyResult> {
    const { pace, release } = paces.hold(input.context.options.job)
    try {
      return await new BatchTurn(dependencies, input, pace).take()
    } finally {
      release()
    }
  }

/** One attempt at a batch: what it has written so far, and what its heartbeats say. */
class BatchTurn {
  private readonly dependencies: Dependencies
  private readonly input: CopyInput
  private readonly pace: Pace
  private readonly startedAt = Date.now()
  private readonly info = Context.current().info
  private readonly mine: OutcomesRef
  private written: OutcomesRef | undefined
  private beat: CopyHeartbeat

  constructor(dependencies: Dependencies, input: CopyInput, pace: Pace) {
    this.dependencies = dependencies
    this.input = input
    this.pace = pace
    this.mine = { generation: input.generation, attempt: this.info.attempt }
    this.written = (this.info.heartbeatDetails as CopyHeartbeat | undefined)?.outcomes ?? input.previous
    this.beat = { run: input.context.run, counts: noCounts, movedBytes: 0, bytesPerSecond: 0, ...(this.written && { outcomes: this.written }) }
  }

  async take(): Promise<CopyResult> {
    return await beating(heartbeatEveryMs(this.input.window, this.input.context.options.tuning), () => this.beat, async (ending) => {
      try {
        return this.answer(await this.copy(ending))
      } catch (error) {
        const blocked = blockingFault(error, 'destination')
        if (blocked === undefined) throw error
        return this.answer({ done: false, blocked })
      }
    })
  }

  private answer(result: Pick<CopyResult, 'done' | 'counts' | 'failures' | 'restoringFiles' | 'blocked'>): CopyResult {
    const { done, counts, failures, restoringFiles, blocked } = result
    return {
      done, ...(counts && { counts }), ...(failures && { failures }), ...(restoringFiles && { restoringFiles }), ...(blocked && { blocked }), ...(this.written && { outcomes: this.written }),
      queuedMs: this.startedAt - this.info.currentAttemptScheduledTimestampMs,
    }
  }

  private async copy({ cut, abort }: Ending) {
    const { storages, pool, pieces } = this.dependencies
    const { context, batch, generation } = this.input
    const { options } = context
    const ledger = openLedger(await storages.ledger(options), context)
    const before = await readBefore(ledger, batch.n, this.mine, this.written, { signal: abort })
    this.written = before?.ref
    const checkpoint = async (state: BatchState): Promise<void> => {
      await ledger.writeOutcomes(batch.n, this.mine, state, { signal: abort })
      this.written = this.mine
      this.beat = { ...this.beat, outcomes: this.mine }
    }
    return await copyBatch({
      source: await storages.source(options),
      destination: await storages.destination(options),
      entries: await ledger.readEntries(batch.n, batch.listAttempt, { signal: abort }),
      previous: before?.state, followsOthers: generation > 0 || this.mine.attempt > 1,
      options, pool, pieces, pace: this.pace, cut, checkpoint, canaryKey: ledger.canaryKey, signal: abort, deadlineMs: this.startedAt + turnOf(batch.n), now: Date.now,
      proven: new Set(context.proven as readonly HashName[]),
      onProgress: ({ counts, movedBytes, bytesPerSecond }) => { this.beat = { ...this.beat, counts: countsSince(counts, this.input.known), movedBytes, bytesPerSecond } },
    })
  }
}
