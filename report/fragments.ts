/** Merges finished batches into fragments of the report's lists. */
import type { MergeInput, MergeResult } from '../model/batch.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Storage } from '../storage/storage.ts'

export interface MergeTask {
  readonly ledger: Ledger
  readonly input: MergeInput
  readonly attempt: number
  /** What stands before the key in `source_address`: see `sourceAddressPrefix` in report/row.ts. */
  readonly sourcePrefix: string
  /** Where given, uploads that cut batches left open are aborted there. */
  readonly destination?: Storage
  readonly signal: AbortSignal
}

export async function mergeBatches(task: MergeTask): Promise<MergeResult> {
  throw new Error(`not yet: ${task.input.merge}`)
}
