/**
 * A job of very many small objects on a real Temporal: whether memory stays flat, the chain of histories is right, and every file is
 * counted and listed once. Ends with exit code 1 where not. A tenth of the files go first, to compare with.
 *
 *   npm run soak [-- --files 1000000] [-- --copiers 20]
 */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse'
import { maxBatchFiles } from '../model/batch.ts'
import { batchesPerMerge } from '../model/run-state.ts'
import { listFileName, reportFolder, type ListName } from '../model/report-row.ts'
import { optionsOf } from '../test/e2e/tranship.ts'
import { connectJobs } from '../test/support/jobs-client.ts'
import { end, start, temporaryFolder } from '../test/support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../test/support/temporal-server.ts'
import { eventCount, historiesOf } from './figures/history.ts'
import { peakBytes } from './figures/memory.ts'
import { printFigures, type Figure } from './figures/table.ts'
import { chainFaults, mergedMeanwhile } from './soak/chain.ts'
import { keyOf } from './soak/generated.ts'
import type { SoakWork } from './soak/worker.ts'

const { values } = parseArgs({ options: { files: { type: 'string', default: '1000000' }, copiers: { type: 'string', default: '1' } } })
const many = Number(values.files)
const copiers = Number(values.copiers)
const few = Math.ceil(many / 10)
const MiB = 1024 ** 2
const worker = fileURLToPath(new URL('soak/worker.ts', import.meta.url))
/** Garbage is collected when the heap is full: a small one shows what is held, and not how much of it may lie about. */
const heap = ['--max-old-space-size=128', '--max-semi-space-size=8']
const startedAt = Date.now()
const say = (line: string): void => void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}\n`)

interface Soaked {
  readonly files: number
  readonly peak: number
  readonly seconds: number
  readonly events: number
  readonly histories: number
  readonly meanwhile: number
  readonly faults: readonly string[]
}

/** With fewer files histories are cut earlier, so that there is a chain. */
const fullHistory = 4_096
const cutAfter = Math.max(50, Math.min(fullHistory, Math.round((fullHistory * many) / 2_000_000)))

const temporal = await startTemporalServer({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': cutAfter } })
try {
  const [less, more] = [await soak(temporal, 'few', few), await soak(temporal, 'many', many)]
  printFigures(figuresOf(less, more))
  process.exitCode = figuresOf(less, more).every(({ ok }) => ok) ? 0 : 1
} finally {
  await temporal.stop()
}

async function soak({ address }: TemporalServer, job: string, files: number): Promise<Soaked> {
  const work: SoakWork = { address, files, copiers, folder: temporaryFolder('soak') }
  const child = start(process.execPath, [...heap, worker], { output: 'pipe', env: { ...process.env, SOAK: JSON.stringify(work) } })
  child.stderr?.pipe(process.stderr)
  await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit').then(() => Promise.reject(new Error('The worker ended.')))])
  const { client, jobs, close } = connectJobs(address)
  const beganAt = Date.now()
  await jobs.create(optionsOf({ job, source: 'generated', destination: 'forgotten' }))
  const view = await jobs.follow(job, { everyMs: 1_000 })
  const seconds = (Date.now() - beganAt) / 1_000
  const peak = (await peakBytes(child.pid ?? 0)).reduce((sum, bytes) => sum + bytes, 0)
  await end(child)
  say(`${job}: ${view.status}, ${view.completed.files} files in ${Math.round(seconds)} s, ${toMiB(peak)} MiB at most`)
  const histories = await historiesOf(client, job)
  await close()
  const counted = view.status === 'Completed' && view.completed.files === files && view.listed.files === files
  const faults = [
    ...(counted ? [] : [`the job says ${JSON.stringify(view)}`]),
    ...chainFaults(histories, Math.ceil(files / maxBatchFiles)),
    ...(await listFaults(work.folder, job, files)),
  ]
  return { files, peak, seconds, events: eventCount(histories), histories: histories.length, meanwhile: mergedMeanwhile(histories), faults }
}

/** Every file has one row in the total list and one in the completed list, as another CSV reader finds them. */
async function listFaults(folder: string, job: string, files: number): Promise<string[]> {
  const faults: string[] = []
  for (const [list, column] of [['total_list', 1], ['completed_list', 0]] as const satisfies readonly (readonly [ListName, number])[]) {
    const seen = new Uint8Array(files)
    const rows = createReadStream(join(folder, reportFolder, listFileName(job, 1, list))).pipe(parse({ from_line: 2, record_delimiter: '\r\n' }))
    for await (const row of rows as AsyncIterable<string[]>) {
      const i = Number(/(\d+)\.bin$/.exec(row[column] ?? '')?.[1] ?? -1)
      if (keyOf(i) === row[column]) seen[i] = (seen[i] ?? 0) + 1
    }
    const wrong = seen.reduce((sum, times) => sum + (times === 1 ? 0 : 1), 0)
    if (wrong > 0) faults.push(`${wrong} files do not stand in the ${list} once`)
  }
  return faults
}

function figuresOf(less: Soaked, more: Soaked): Figure[] {
  const ratio = more.peak / less.peak
  const faults = [...less.faults, ...more.faults]
  const each = (of: Soaked): string => ((of.events / of.files) * 1_000).toFixed(1)
  return [
    { name: `peak memory at ${many} against ${few} files`, promised: '≤ 1.2 ×', measured: `${ratio.toFixed(2)} ×: ${toMiB(more.peak)} against ${toMiB(less.peak)} MiB`, ok: ratio <= 1.2 },
    { name: 'counts, lists and chain of histories', promised: 'each file once', measured: faults.length === 0 ? 'so it is' : faults.join('; '), ok: faults.length === 0 },
    { name: 'events per 1,000 objects', promised: '≤ 15', measured: `${each(more)} in ${more.histories} histories, ${each(less)} in ${less.histories} at ${few}`, ok: more.events / more.files <= 0.015 },
    { name: 'objects a second', promised: 'none', measured: `${Math.round(more.files / more.seconds)}, ${Math.round(less.files / less.seconds)} at ${few}`, ok: true },
    { name: 'batches merged before the last was begun', promised: '> 0 of more than 100', measured: `${more.meanwhile} of ${Math.ceil(many / maxBatchFiles)}`, ok: more.meanwhile > 0 || many <= batchesPerMerge * maxBatchFiles },
  ]
}

function toMiB(bytes: number): string {
  return String(Math.round(bytes / MiB))
}
