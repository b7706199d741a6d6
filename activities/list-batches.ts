import { Context } from '@temporalio/activity'
import { openLedger } from '../ledger/ledger.ts'
import { listBatches } from '../listing/list-batches.ts'
import type { ListInput, ListResult } from '../model/batch.ts'
import { controlBeatMs } from '../model/heartbeat.ts'
import { noTally } from '../model/status.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'
import { blockingFault } from './fault.ts'

const turnMs = 10_000
/** Batches carry the attempt alone: it must be another in every call. */
const attemptsOfACall = 1_000_000

export const createListBatches = ({ storages }: Dependencies) =>
  async function listBatchesActivity(input: ListInput): Promise<ListResult> {
    const { options } = input.context
    const { attempt } = Context.current().info
    return await beating(controlBeatMs(options.tuning), () => undefined, async ({ cut }) => {
      try {
        return await listBatches({
          source: await storages.source(options),
          destination: await storages.destination(options),
          ledger: openLedger(await storages.ledger(options), input.context),
          input, attempt: input.call * attemptsOfACall + attempt, signal: cut, deadlineMs: Date.now() + turnMs, now: Date.now,
        })
      } catch (error) {
        const blocked = blockingFault(error, 'destination')
        if (blocked === undefined) throw error
        return { batches: [], excluded: noTally, blocked }
      }
    })
  }
