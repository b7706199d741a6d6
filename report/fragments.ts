/**
 * Merges finished batches into fragments of the report's lists, while the run goes on: the final lists are these, put end to end.
 * Memory is bounded by the size of a part, not by the number of batches.
 */
import type { FragmentIndex, OpenUpload } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { MergeInput, MergeResult } from '../model/batch.ts'
import { countsOf } from '../model/outcome-counts.ts'
import { listNames, type ListName } from '../model/report-row.ts'
import { addCounts, noCounts, type Counts } from '../model/status.ts'
import { isStorageError } from '../storage/error.ts'
import type { Storage } from '../storage/storage.ts'
import { readBatchOutcomes, type BatchOutcomes } from './batch-outcomes.ts'
import { toCsv } from './csv.ts'
import { rowsOf } from './row.ts'

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

/** Fails AccountingMismatch, naming the batch, where a batch has not exactly one outcome for each of its files. */
export async function mergeBatches(task: MergeTask): Promise<MergeResult> {
  const { ledger, input, attempt, signal } = task
  const writer = makeWriter(task)
  let counts: Counts = noCounts
  let droppedMetadata = 0
  for await (const { outcomes, uploads } of readAhead(task)) {
    counts = addCounts(counts, countsOf(outcomes))
    droppedMetadata += outcomes.filter((outcome) => outcome.kind === 'completed' && outcome.dropped).length
    for (const outcome of outcomes) for (const { list, cells } of rowsOf(outcome, task.sourcePrefix)) writer.add(list, cells)
    await writer.flush(partBytes)
    for (const { upload } of uploads) await abortUpload(task, upload)
  }
  await writer.flush(1)
  const index: FragmentIndex = { parts: writer.parts(), droppedMetadata, ...(input.before && { before: input.before }) }
  await ledger.writeFragmentIndex(input.merge, attempt, index, { signal })
  return { fragment: { merge: input.merge, attempt, parts: index.parts.length }, ...(input.before && { folded: input.before.length }), counts }
}

/** Best effort: what cannot be aborted now is found by a later job of the name. */
async function abortUpload({ destination, signal }: MergeTask, upload: OpenUpload['upload']): Promise<void> {
  try {
    await destination?.multipart?.abort(upload, { signal })
  } catch (error) {
    if (!isStorageError(error) || error.kind === 'aborted') throw error
  }
}

const batchesAhead = 4

async function* readAhead({ ledger, input, signal }: MergeTask): AsyncGenerator<BatchOutcomes> {
  const reading: Promise<BatchOutcomes>[] = []
  const rest = [...input.batches]
  for (;;) {
    for (let batch = rest[0]; batch && reading.length < batchesAhead; batch = rest[0]) {
      rest.shift()
      const read = readBatchOutcomes(ledger, batch, { signal })
      read.catch(() => undefined)
      reading.push(read)
    }
    const next = reading.shift()
    if (next === undefined) return
    yield await next
  }
}

const partBytes = 4 * 1024 ** 2

/** Collects rows by list, and writes a list as a part once it has enough bytes. */
function makeWriter({ ledger, input, attempt, signal }: MergeTask) {
  const waiting = new Map<ListName, { rows: number; chunks: Buffer[]; bytes: number; cells: (readonly string[])[] }>()
  const parts: { list: ListName; rows: number; bytes: number }[] = []

  const encode = (list: ListName) => {
    const held = waiting.get(list)
    if (held === undefined || held.cells.length === 0) return held
    const chunk = toCsv(held.cells)
    held.rows += held.cells.length
    held.bytes += chunk.length
    held.chunks.push(chunk)
    held.cells = []
    return held
  }
  return {
    parts: () => parts,
    add(list: ListName, cells: readonly string[]) {
      const held = waiting.get(list) ?? { rows: 0, chunks: [], bytes: 0, cells: [] }
      held.cells.push(cells)
      waiting.set(list, held)
    },
    async flush(leastBytes: number) {
      for (const list of listNames) {
        const held = encode(list)
        if (held === undefined || held.bytes < leastBytes) continue
        waiting.delete(list)
        await ledger.writeFragment(input.merge, attempt, parts.length, Buffer.concat(held.chunks), { signal })
        parts.push({ list, rows: held.rows, bytes: held.bytes })
      }
    },
  }
}
