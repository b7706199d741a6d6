/** Large files in the middle of their ranges: one activity a range at a time, each on whichever worker is free. */
import { patched } from '@temporalio/workflow'
import type { Fault } from '../model/codes.ts'
import { openRanges, withRange, type RangeAnswer } from '../model/large.ts'
import { hasRoomFor, isLarge, withLarge, type PendingBatch } from '../model/run-state.ts'
import { partSender } from './activities.ts'
import { isCutOff, lastOutcomes } from './cut-off.ts'
import type { Job } from './job.ts'

export class LargeObjects {
  private readonly job: Job
  private readonly onBlocked: (fault: Fault) => void
  /** Ranges in flight, by batch. */
  private readonly sending = new Map<number, Set<number>>()

  constructor(job: Job, onBlocked: (fault: Fault) => void) {
    this.job = job
    this.onBlocked = onBlocked
  }

  get inFlight(): number {
    return [...this.sending.values()].reduce((sum, ranges) => sum + ranges.size, 0)
  }

  /** The batch's file has ranges that are sent, or are still to be: the batch itself has to wait. */
  isOpen({ batch, large }: PendingBatch): boolean {
    return large !== undefined && (this.sendingOf(batch.n).size > 0 || openRanges(large).length > 0)
  }

  /** Ranges that can be sent now. */
  waiting({ batch, large }: PendingBatch): number[] {
    return large ? openRanges(large).filter((range) => !this.sendingOf(batch.n).has(range)) : []
  }

  /** The batch may begin: it is none of one large file, or there is room for its. */
  mayBegin(pending: PendingBatch, copying: ReadonlySet<number>): boolean {
    const { state, options } = this.job
    if (!isLarge(pending, options.largeBytes) || !patched('few-large-objects')) return true
    return hasRoomFor(state.run, pending, copying, options.largeBytes)
  }

  async send({ batch, outcomes, large }: PendingBatch, range: number): Promise<void> {
    const { state } = this.job
    const at = large?.ranges[range]
    if (large === undefined || at === undefined || outcomes === undefined) return this.note(batch.n, range, { over: 'ended' })
    const { row, split, ranges, long = false } = large
    const known = this.sendingOf(batch.n)
    this.sending.set(batch.n, known.add(range))
    try {
      const again = at.generation === 0 ? '' : `, generation ${at.generation}`
      const summary = `run ${state.run.run}, batch ${batch.n}, range ${range + 1} of ${ranges.length}${again}`
      const result = await partSender(summary, this.job.options, state.window, long).copyParts({
        context: this.job.context, batch, outcomes, row, split, range, ranges: ranges.length, generation: at.generation, window: state.window,
        ...(at.parts && { previous: at.parts }),
      })
      this.note(batch.n, range, result)
      if (result.blocked) this.onBlocked(result.blocked)
    } catch (error) {
      if (!isCutOff(error)) throw error
      const parts = lastOutcomes(error)
      this.note(batch.n, range, parts ? { parts } : {})
    } finally {
      known.delete(range)
    }
  }

  private note(n: number, range: number, answer: RangeAnswer): void {
    const { state } = this.job
    state.run = withLarge(state.run, n, (large) => withRange(large, range, answer))
  }

  private sendingOf(n: number): Set<number> {
    return this.sending.get(n) ?? new Set()
  }
}
