import { Context } from '@temporalio/activity'
import { openLedger } from '../ledger/ledger.ts'
import type { MergeInput, MergeResult } from '../model/batch.ts'
import { mergeBatches } from '../report/fragments.ts'
import { sourceAddressPrefix } from '../report/row.ts'
import { controlBeatMs } from '../model/heartbeat.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

export const createMergeBatches = ({ storages }: Dependencies) =>
  async function mergeBatchesActivity(input: MergeInput): Promise<MergeResult> {
    const { options } = input.context
    const { attempt } = Context.current().info
    return await beating(controlBeatMs(options.tuning), () => undefined, async ({ cut }) => {
      const ledger = openLedger(await storages.ledger(options), input.context)
      const destination = await storages.destination(options)
      const source = await storages.source(options)
      return await mergeBatches({ ledger, destination, input, attempt, sourcePrefix: sourceAddressPrefix(source.info), signal: cut })
    })
  }
