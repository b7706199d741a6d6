/** How far a job is: pure arithmetic over tallies. */
import { totalOf, type Counts, type Tally } from './status.ts'

/** A small file costs about as much as this many bytes of a large one. */
const fileCostBytes = 64 * 1024
const cost = ({ files, bytes }: Tally): number => files * fileCostBytes + bytes

export interface Extent {
  readonly listed: Tally & { readonly complete: boolean }
  /** Given by the job's creator: counts until the listing is complete or beyond it. */
  readonly expected: Tally | null
}

/** What the job is thought to comprise; undefined while nobody can say. */
export function extentOf({ listed, expected }: Extent): Tally | undefined {
  if (listed.complete) return listed
  if (!expected) return undefined
  return { files: Math.max(expected.files, listed.files), bytes: Math.max(expected.bytes, listed.bytes) }
}

/** 0 to 1; undefined while the extent is unknown. Never above 1, and 1 only when everything is done. */
export function fractionDone(extent: Tally | undefined, done: Tally): number | undefined {
  if (!extent) return undefined
  const whole = cost(extent)
  if (whole === 0) return 1
  return Math.min(1, cost(done) / whole)
}

/** Seconds until the extent is done at this speed, rounded up; null while the extent or the speed is unknown. */
export function secondsLeft(extent: Tally | undefined, done: Tally, costPerSecond: number): number | null {
  if (!extent) return null
  const left = Math.max(0, cost(extent) - cost(done))
  if (left === 0) return 0
  return costPerSecond > 0 ? Math.ceil(left / costPerSecond) : null
}

/** What was done at a moment: samples for a speed. */
export interface Sample {
  readonly atMs: number
  readonly done: Tally
}

/** Keeps the samples of the last `windowMs`, and one older one so that a speed exists from the second sample on. */
export function addSample(samples: readonly Sample[], sample: Sample, windowMs = 15_000): readonly Sample[] {
  const firstInside = samples.findIndex(({ atMs }) => atMs > sample.atMs - windowMs)
  const kept = firstInside < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstInside - 1))
  return [...kept, sample]
}

export interface Speed {
  readonly filesPerSecond: number
  readonly bytesPerSecond: number
  readonly costPerSecond: number
}

export function speedOf(samples: readonly Sample[]): Speed | undefined {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.atMs <= first.atMs) return undefined
  const seconds = (last.atMs - first.atMs) / 1000
  return {
    filesPerSecond: Math.max(0, last.done.files - first.done.files) / seconds,
    bytesPerSecond: Math.max(0, last.done.bytes - first.done.bytes) / seconds,
    costPerSecond: Math.max(0, cost(last.done) - cost(first.done)) / seconds,
  }
}

/** Speed of a run from its beginning; zero at the very start. */
export function averageCostPerSecond(done: Tally, elapsedMs: number): number {
  return elapsedMs > 0 ? cost(done) / (elapsedMs / 1000) : 0
}

export const doneOf = (counts: Pick<Counts, 'completed' | 'skipped' | 'failed'>): Tally => totalOf({ ...counts, unverified: 0 })

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** `width` characters; a fraction that is unknown is an empty bar. */
export function bar(fraction: number | undefined, width: number): string {
  const steps = Math.floor(Math.max(0, Math.min(1, fraction ?? 0)) * width * 8)
  const filled = '█'.repeat(Math.floor(steps / 8)) + eighths[steps % 8]
  return filled.padEnd(width, '░')
}
