import { Context } from '@temporalio/activity'
import { copyBatch } from '../copy/copy-batch.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { BatchState } from '../ledger/entry.ts'
import type { CopyInput, CopyResult, OutcomesRef } from '../model/batch.ts'
import { heartbeatEveryMs } from '../model/heartbeat.ts'
import { noCounts } from '../model/status.ts'
import type { CopyHeartbeat } from '../model/status.ts'
import type { HashName } from '../storage/storage.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

/** An activity gives its slot back after this long, finished or not: nothing waits behind a slow batch. */
const turnMs = 60_000

export const createCopyBatch = ({ storages, pool, pieces }: Dependencies) =>
  async function copyBatchActivity(input: CopyInput): Promise<CopyResult> {
    const { attempt, currentAttemptScheduledTimestampMs, heartbeatDetails } = Context.current().info
    const { context, batch, generation } = input
    const { options, run } = context
    const startedAt = Date.now()
    const before = (heartbeatDetails as CopyHeartbeat | undefined)?.outcomes ?? input.previous
    const mine: OutcomesRef = { generation, attempt }
    let beat: CopyHeartbeat = { run, counts: noCounts, movedBytes: 0, bytesPerSecond: 0, ...(before && { outcomes: before }) }
    return await beating(heartbeatEveryMs(input.window), () => beat, async ({ cut, abort }) => {
      const ledger = openLedger(await storages.ledger(options), context)
      const source = await storages.source(options)
      const destination = await storages.destination(options)
      const previous = before && (await ledger.readOutcomes(batch.n, before, { signal: abort }))
      let written = before
      const checkpoint = async (state: BatchState): Promise<void> => {
        await ledger.writeOutcomes(batch.n, mine, state, { signal: abort })
        written = mine
        beat = { ...beat, outcomes: mine }
      }
      const result = await copyBatch({
        source, destination, options, pool, pieces, cut, checkpoint, previous,
        entries: await ledger.readEntries(batch.n, batch.listAttempt, { signal: abort }),
        signal: abort, deadlineMs: startedAt + turnMs, now: Date.now, proven: new Set(context.proven as readonly HashName[]),
        onProgress: ({ counts, movedBytes, bytesPerSecond }) => { beat = { ...beat, counts, movedBytes, bytesPerSecond } },
      })
      return {
        ...(written && { outcomes: written }),
        done: result.done,
        counts: result.counts,
        failures: result.failures,
        ...(result.blocked && { blocked: result.blocked }),
        queuedMs: startedAt - currentAttemptScheduledTimestampMs,
      }
    })
  }
