/** The outcomes of one finished batch: exactly one for each of its entries, in the order of the listing. */
import type { BatchState, Entry, OpenUpload, Outcome } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FinishedBatch } from '../model/batch.ts'
import type { CallOptions } from '../storage/storage.ts'
import { AccountingError } from './accounting.ts'

export interface BatchOutcomes {
  readonly outcomes: readonly Outcome[]
  /** What a batch that was cut for good left open. */
  readonly uploads: readonly OpenUpload[]
}

export async function readBatchOutcomes(ledger: Ledger, batch: FinishedBatch, { signal }: CallOptions): Promise<BatchOutcomes> {
  const [n, listAttempt, generation, attempt] = batch
  const [entries, state] = await Promise.all([
    ledger.readEntries(n, listAttempt, { signal }),
    generation < 0 ? noState : ledger.readOutcomes(n, { generation, attempt }, { signal }),
  ])
  return { outcomes: matchOutcomes(n, entries, state, Date.now()), uploads: state.uploads }
}

const noState: BatchState = { outcomes: [], uploads: [] }

/** Files without an outcome were never finished. Fails AccountingMismatch where outcomes and entries do not belong together. */
export function matchOutcomes(n: number, entries: readonly Entry[], { outcomes }: BatchState, now: number): Outcome[] {
  const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]))
  if (byKey.size !== outcomes.length) throw new AccountingError(`Batch ${n} has more than one outcome for a file.`)
  const matched = entries.map((entry) => take(byKey, entry) ?? untried(entry, now))
  if (byKey.size > 0) throw new AccountingError(`Batch ${n} has ${byKey.size} outcomes more than its ${entries.length} files.`)
  return matched
}

function take(byKey: Map<string, Outcome>, { key }: Entry): Outcome | undefined {
  const outcome = byKey.get(key)
  byKey.delete(key)
  return outcome
}

function untried(entry: Entry, now: number): Outcome {
  const { key, size, mtimeMs } = entry
  if (entry.excluded) return { key, size, mtimeMs, kind: 'excluded' }
  if (entry.skip) return { key, size, mtimeMs, kind: 'skipped', reason: entry.skip }
  const fail = entry.fail ?? { code: 'NotAttempted', description: 'The run ended before this file was copied.' }
  return { key, size, mtimeMs, kind: 'failed', startedAt: now, endedAt: now, ...fail }
}
