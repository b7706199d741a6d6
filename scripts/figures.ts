/**
 * Measures what the product promises of itself at size, against real servers on this machine, and ends with exit code 1 when a
 * promise is broken. Takes many minutes; `--scale 0.1` is a tenth of it, `--only memory` a part of it, to try the script.
 *
 *   npm run figures [-- --scale 0.1] [-- --only size|memory|latency|listing|ranges|report|sftp|large|start]
 */
import { parseArgs } from 'node:util'
import { historiesOf, largestPayload, scheduledActivities } from './figures/history.ts'
import { largeFigures } from './figures/large.ts'
import { signalLatencies } from './figures/latency.ts'
import { listingFigures } from './figures/listing.ts'
import { peakBytes } from './figures/memory.ts'
import { rangesFigures } from './figures/ranges.ts'
import { reportFigures } from './figures/report.ts'
import { fill, migrate, startRig } from './figures/rig.ts'
import type { Migration, Rig } from './figures/rig.ts'
import { sftpFigures } from './figures/sftp.ts'
import { startFigures } from './figures/start.ts'
import { printFigures } from './figures/table.ts'
import type { Figure } from './figures/table.ts'

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' }, only: { type: 'string' } } })
const scale = Number(values.scale)
const small = 20_000 * scale
const middle = 100_000 * scale
const large = 200_000 * scale
const MiB = 1024 ** 2
const startedAt = Date.now()
const say = (line: string): void => void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}\n`)

/** With servers of its own. */
const alone: Readonly<Record<string, () => Promise<Figure[]>>> = {
  listing: () => listingFigures(small, large, say),
  ranges: () => rangesFigures(1_000_000 * scale, say),
  large: () => largeFigures(Math.ceil(6 * 1024 * scale) * MiB, Math.ceil(5 * 1024 * scale) * MiB, say),
  report: () => reportFigures(100_000 * scale, 1_000_000 * scale),
  start: () => startFigures(say),
  sftp: () => sftpFigures(Math.ceil(256 * scale) * MiB),
}
const withJobs: Readonly<Record<string, (of: Rig) => Promise<Figure[]>>> = { size, memory, latency }
const isAsked = ([name]: readonly [string, unknown]): boolean => values.only === undefined || values.only === name

const figures = [...(await measureAlone()), ...(await measureJobs())]
if (figures.length === 0) throw new Error(`There is no figure "${values.only}": name one of ${[...Object.keys(withJobs), ...Object.keys(alone)].join(', ')}.`)
printFigures(figures)
process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1

async function measureAlone(): Promise<Figure[]> {
  const measured: Figure[] = []
  for (const [, measure] of Object.entries(alone).filter(isAsked)) measured.push(...(await measure()))
  return measured
}

async function measureJobs(): Promise<Figure[]> {
  const asked = Object.entries(withJobs).filter(isAsked)
  if (asked.length === 0) return []
  const rig = await startRig()
  const measured: Figure[] = []
  try {
    await fillAll(rig)
    for (const [, measure] of asked) measured.push(...(await measure(rig)))
  } finally {
    await rig.stop()
  }
  return measured
}

/** `a/a/` holds the small number, `a/` the middle one, the whole bucket the large one. */
async function fillAll(of: Rig): Promise<void> {
  say(`Filling the source with ${large} objects …`)
  await fill(of, 'a/a/', small)
  await fill(of, 'a/b/', middle - small)
  await fill(of, 'b/', large - middle)
}

/** Activities, payloads and requests of many files; what a job costs whatever its size is taken off by a second, smaller job. */
async function size(of: Rig): Promise<Figure[]> {
  const host = await of.startHost()
  const less = await run(of, 'requests-small', 'a/a/', small)
  const more = await run(of, 'requests-middle', 'a/', middle)
  await host.kill()
  const histories = await historiesOf(of.client.client, 'requests-middle')
  const activities = [...scheduledActivities(histories).values()].reduce((sum, count) => sum + count, 0)
  const largest = largestPayload(histories)
  const each = (more.requests - less.requests) / (middle - small)
  const most = middle / 1_000 + 40
  return [
    { name: `scheduled activities for ${middle} files`, promised: `≤ ${most}`, measured: String(activities), ok: activities <= most },
    { name: 'largest payload', promised: '< 64 KiB', measured: `${largest} bytes`, ok: largest < 64 * 1024 },
    { name: 'requests a new small object, ledger and listing included', promised: '≤ 2.05', measured: each.toFixed(4), ok: each <= 2.05 },
  ]
}

/** Peak memory of fresh worker processes. */
async function memory(of: Rig): Promise<Figure[]> {
  const few = await peakOf(of, 'memory-small', 'a/a/', small)
  const many = await peakOf(of, 'memory-large', '', large)
  const ratio = sum(many) / sum(few)
  const texts = [few, many].map((peaks) => `${toMiB(sum(peaks))} MiB (${peaks.map(toMiB).join(' + ')})`)
  return [{ name: `peak memory at ${large} against ${small} files`, promised: '≤ 1.2 ×', measured: `${ratio.toFixed(2)} ×: ${texts[1]} against ${texts[0]}`, ok: ratio <= 1.2 }]
}

async function peakOf(of: Rig, job: string, prefix: string, files: number): Promise<number[]> {
  const host = await of.startHost()
  await run(of, job, prefix, files)
  const peaks = await peakBytes(host.pid)
  await host.kill()
  return peaks
}

async function latency(of: Rig): Promise<Figure[]> {
  const inFlight = Math.min(200, Math.floor(large / 1_000))
  say(`Signals while ${inFlight} batches are in flight …`)
  const measured = await signalLatencies(of, inFlight)
  const worst = Math.max(...measured)
  const all = measured.map((ms) => Math.round(ms)).join(', ')
  return [{ name: `a signal shows in the memo, ${inFlight} batches in flight`, promised: '< 1,000 ms', measured: `${Math.round(worst)} ms at worst of ${all}`, ok: worst < 1_000 }]
}

async function run(of: Rig, job: string, prefix: string, files: number): Promise<Migration> {
  say(`${job}: ${files} files …`)
  const done = await migrate(of, job, prefix)
  const { view, seconds, operations } = done
  say(`${job}: ${view.status}, ${view.completed.files} completed in ${Math.round(seconds)} s, ${JSON.stringify(operations)}`)
  if (view.status !== 'Completed' || view.completed.files !== files) throw new Error(`${job} did not complete: ${JSON.stringify(view)}`)
  return done
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function toMiB(bytes: number): string {
  return String(Math.round(bytes / MiB))
}
