/** The lister: pages the source, joins it with what the destination holds, and cuts batches into the ledger. */
import type { ListInput, ListResult } from '../model/batch.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Storage } from '../storage/storage.ts'

export interface ListTask {
  readonly source: Storage
  readonly destination: Storage
  readonly ledger: Ledger
  readonly input: ListInput
  /** Attempt of the activity: names the files that this call writes. */
  readonly attempt: number
  readonly signal: AbortSignal
  /** The call returns soon after `now()` has passed this. */
  readonly deadlineMs: number
  readonly now: () => number
}

export async function listBatches(task: ListTask): Promise<ListResult> {
  throw new Error(`not yet: ${task.input.call}`)
}
