import { Context } from '@temporalio/activity'
import { copyRange, type RangeResult } from '../copy/copy-range.ts'
import type { HeldPace, JobPaces } from '../copy/job-paces.ts'
import { partsOf } from '../copy/send-parts.ts'
import type { BatchState, Entry } from '../ledger/entry.ts'
import { openLedger, type Ledger } from '../ledger/ledger.ts'
import type { OutcomesRef, PartsInput, PartsResult } from '../model/batch.ts'
import { heartbeatEveryMs, type CopyHeartbeat } from '../model/heartbeat.ts'
import { rangeNumbers } from '../model/large.ts'
import { noCounts } from '../model/status.ts'
import type { CallOptions, HashName } from '../storage/storage.ts'
import { beating, type Ending } from './beating.ts'
import { turnOf } from './copy-batch.ts'
import type { Dependencies } from './dependencies.ts'
import { blockingFault } from './fault.ts'
import { readBefore } from './outcomes-before.ts'

/** Sends one range of a large file's parts; as `copyBatch`, it gives its slot back after a while. Only a long part may take longer. */
export const createCopyParts = (dependencies: Dependencies, paces: JobPaces) =>
  async function copyPartsActivity(input: PartsInput): Promise<PartsResult> {
    const held = paces.hold(input.context.options.job)
    try {
      return await new RangeTurn(dependencies, input, held).take()
    } finally {
      held.release()
    }
  }

interface Begun {
  readonly entry: Entry
  readonly numbers: { readonly first: number; readonly last: number }
  readonly state: BatchState
}

class RangeTurn {
  private readonly dependencies: Dependencies
  private readonly input: PartsInput
  private readonly held: HeldPace
  private readonly startedAt = Date.now()
  private readonly mine: OutcomesRef
  private written: OutcomesRef | undefined
  private beat: CopyHeartbeat

  constructor(dependencies: Dependencies, input: PartsInput, held: HeldPace) {
    const { attempt, heartbeatDetails } = Context.current().info
    this.dependencies = dependencies
    this.input = input
    this.held = held
    this.mine = { generation: input.generation, attempt }
    this.written = (heartbeatDetails as CopyHeartbeat | undefined)?.outcomes ?? input.previous
    this.beat = { run: input.context.run, counts: noCounts, movedBytes: 0, bytesPerSecond: 0, ...(this.written && { outcomes: this.written }) }
  }

  async take(): Promise<PartsResult> {
    return await beating(heartbeatEveryMs(this.input.window), () => this.beat, async (ending) => {
      try {
        return this.answer(await this.send({ ...ending, abort: AbortSignal.any([ending.abort, this.held.lost]) }))
      } catch (error) {
        const blocked = blockingFault(error, 'destination')
        if (blocked === undefined) throw error
        return this.answer({ blocked })
      }
    })
  }

  private answer({ over, blocked }: RangeResult): PartsResult {
    return { ...(over && { over }), ...(blocked && { blocked }), ...(this.written && { parts: this.written }) }
  }

  private async send({ cut, abort }: Ending): Promise<RangeResult> {
    const { storages, pool, pieces } = this.dependencies
    const { context, batch, split, range } = this.input
    const { options } = context
    const ledger = openLedger(await storages.ledger(options), context)
    const begun = await this.begin(ledger, { signal: abort })
    if (begun === undefined) return { over: 'ended' }
    const checkpoint = async (state: BatchState): Promise<void> => {
      await ledger.writeParts(batch.n, { split, range, ...this.mine }, state, { signal: abort })
      this.written = this.mine
      this.beat = { ...this.beat, outcomes: this.mine }
    }
    return await copyRange({
      source: await storages.source(options),
      destination: await storages.destination(options),
      entry: begun.entry, numbers: begun.numbers, previous: begun.state,
      options, pool, pieces, pace: this.held.pace, cut, checkpoint, canaryKey: ledger.canaryKey, signal: abort, deadlineMs: this.startedAt + turnOf(range), now: Date.now,
      proven: new Set(context.proven as readonly HashName[]),
      onProgress: ({ movedBytes, bytesPerSecond }) => { this.beat = { ...this.beat, movedBytes, bytesPerSecond } },
    })
  }

  /** The range's own last word, or else what the batch knows of its parts. Undefined: there is no such upload. */
  private async begin(ledger: Ledger, call: CallOptions): Promise<Begun | undefined> {
    const { batch, row, split, range, ranges, outcomes } = this.input
    const entry = (await ledger.readEntries(batch.n, batch.listAttempt, call))[row]
    const before = await readBefore((ref) => ledger.readParts(batch.n, { split, range, ...ref }, call), this.mine, this.written)
    this.written = before?.ref
    const { uploads, tries } = before?.state ?? (await ledger.readOutcomes(batch.n, outcomes, call))
    const open = uploads.find(({ key }) => key === entry?.key)
    if (entry === undefined || open === undefined) return undefined
    const numbers = rangeNumbers({ range, ranges }, partsOf(open))
    const parts = open.parts.filter(({ number }) => number >= numbers.first && number <= numbers.last)
    return { entry, numbers, state: { outcomes: [], uploads: [{ ...open, parts }], ...(before && tries && { tries }) } }
  }
}
