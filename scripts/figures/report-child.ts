/** Merges and writes the report of a run of ROWS files, ledger and report in FOLDER, and says the most memory that took. */
import { openLedger } from '../../ledger/ledger.ts'
import type { Entry, Outcome } from '../../ledger/entry.ts'
import type { FinishedBatch, FragmentRef } from '../../model/batch.ts'
import { maxBatchFiles } from '../../model/batch.ts'
import { jobDefaults } from '../../model/job.ts'
import { batchesPerMerge } from '../../model/run-state.ts'
import { addCounts, noCounts, noTally } from '../../model/status.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { writeReport } from '../../report/write-report.ts'
import { openNas } from '../../storage/drivers/nas/driver.ts'

const [rows, folder] = [Number(process.env['ROWS']), process.env['FOLDER'] ?? '']
const destination = openNas({ vendor: 'nas', path: folder })
const options = { ...jobDefaults, job: 'many-rows', source: 'photos', destination: 'archive', timeZone: 'UTC' }
const context = { options, epoch: 'epoch-1', run: 1, proven: [] }
const ledger = openLedger(destination, context)
const { signal } = new AbortController()

const entryOf = (i: number): Entry => ({ key: `many/"${i % 100}", and\nfile ${i} 😀.bin`, size: i, mtimeMs: i })
/** Nine of ten were copied. */
const outcomeOf = (entry: Entry, i: number): Outcome =>
  i % 10 === 0 ? { ...entry, kind: 'failed', code: 'Archived', description: 'It is in an archive.', startedAt: i, endedAt: i }
  : { ...entry, kind: 'completed', crc64: String(i), completedAt: i, verified: true }

async function finish(n: number): Promise<FinishedBatch> {
  const entries = Array.from({ length: Math.min(maxBatchFiles, rows - n * maxBatchFiles) }, (_, i) => entryOf(n * maxBatchFiles + i))
  await ledger.writeEntries(n, 1, entries)
  await ledger.writeOutcomes(n, { generation: 0, attempt: 1 }, { outcomes: entries.map((entry) => outcomeOf(entry, entry.size)), uploads: [] })
  return [n, 1, 0, 1]
}

const fragments: FragmentRef[] = []
let counts = noCounts
const batches = Math.ceil(rows / maxBatchFiles)
for (let from = 0; from < batches; from += batchesPerMerge) {
  const finished: FinishedBatch[] = []
  for (let n = from; n < Math.min(batches, from + batchesPerMerge); n++) finished.push(await finish(n))
  const merged = await mergeBatches({ ledger, input: { context, merge: fragments.length, batches: finished }, attempt: 1, sourcePrefix: 'nas://here:/', signal })
  fragments.push(merged.fragment)
  counts = addCounts(counts, merged.counts)
}
const input = { context, fragments, counts, excluded: noTally, startedAt: 0, endedAt: 1 }
await writeReport({ destination, ledger, input, attempt: 1, signal, onProgress: () => {} })
process.stdout.write(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }))
