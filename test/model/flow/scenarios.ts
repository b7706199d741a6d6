/** What may happen to hosts that share a limit, at random, and what is measured of it. */
import fc from 'fast-check'
import { tickMs, type Course, type Delays, type Event, type Happening, type Scenario } from './simulator.ts'

export const MB = 1_000_000
export const second = 1_000
const ticks = (ms: number): number => Math.round(ms / tickMs)

const perTick = tickMs / 1_000

/** At each tick the highest limit of the five seconds before. */
const allowedIn = ({ limits }: Course): number[] => limits.map((_, i) => Math.max(...limits.slice(Math.max(0, i - ticks(5 * second)), i + 1)))

/** What all took to be theirs at one moment, by what is allowed. */
export function worstMoment(course: Course): number {
  const allowed = allowedIn(course)
  return Math.max(...course.granted.map((granted, i) => (granted === 0 ? 0 : granted / allowed[i]!)))
}

/** The most that any ten seconds saw, by what is allowed at each of their moments. */
export function worstWindow(course: Course): number {
  const { bytes } = course
  const allowed = allowedIn(course).map((limit) => limit * perTick)
  const width = ticks(10 * second)
  let [worst, moved, may] = [0, 0, 0]
  for (let i = 0; i < bytes.length; i++) {
    moved += bytes[i]! - (bytes[i - width] ?? 0)
    may += allowed[i]! - (allowed[i - width] ?? 0)
    if (i >= width && moved > 0.5) worst = Math.max(worst, may < 0.5 ? Infinity : moved / may)
  }
  return worst
}

/** What was moved of what could have been. */
export function use({ bytes, limits, demands }: Course, fromMs = 0): number {
  const from = ticks(fromMs)
  const could = limits.slice(from).reduce((sum, limit, i) => sum + Math.min(limit, demands[from + i]!) * perTick, 0)
  return could === 0 ? 1 : sumOf(bytes.slice(from)) / could
}

/** After how long three seconds came to 90 % of what the limit and all demand allow; undefined: never. */
export function secondsUntilUsed({ bytes, limits, demands }: Course, fromMs: number): number | undefined {
  const could = Math.min(limits.at(-1)!, demands.at(-1)!) * 3
  const width = ticks(3 * second)
  const from = Math.ceil(fromMs / tickMs)
  for (let i = from; i + width <= bytes.length; i++) if (sumOf(bytes.slice(i, i + width)) >= 0.9 * could) return ((i - from) * tickMs) / second
  return undefined
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

const limit = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: MB, max: 100 * MB }) }, { weight: 1, arbitrary: fc.constant(0) })
export const demand = fc.oneof(fc.constant(Infinity), fc.constant(0), fc.integer({ min: MB / 2, max: 40 * MB }))
const host = fc.integer({ min: 0, max: 5 })

export const calm: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('limit' as const), limit }),
  fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), host }),
  fc.record({ kind: fc.constant('demand' as const), host, demand }),
)
export const rough: fc.Arbitrary<Happening> = fc.oneof(
  calm, calm,
  fc.record({ kind: fc.constant('die' as const), host }),
  fc.record({ kind: fc.constant('cut' as const), host, lost: fc.constantFrom('heartbeats' as const, 'views' as const, 'both' as const), forMs: fc.integer({ min: 1, max: 30 }).map((s) => s * second) }),
)

const pieces = { host, demand: fc.constantFrom(0, Infinity) }
/** Work that moves from host to host under one limit, and hosts that lose touch for about as long as a share lasts. */
export const handover: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('demand' as const), ...pieces }),
  fc.record({ kind: fc.constantFrom('join' as const, 'join' as const, 'leave' as const, 'die' as const), host }),
  fc.record({ kind: fc.constant('cut' as const), host, lost: fc.constantFrom('heartbeats' as const, 'views' as const, 'both' as const), forMs: fc.integer({ min: 8, max: 25 }).map((s) => s * second) }),
)

/** Something happens every one to four seconds (or up to 25 s); then a last limit, and nothing for `quietMs`. */
export const scenario = (happening: fc.Arbitrary<Happening>, delays: Delays, longestPauseMs: number, quietMs: number): fc.Arbitrary<Scenario> =>
  fc
    .record({
      seed: fc.nat(2 ** 31 - 1),
      limit,
      demands: fc.array(demand, { minLength: 1, maxLength: 6 }),
      steps: fc.array(fc.record({ afterMs: fc.integer({ min: second, max: longestPauseMs }), happening }), { minLength: 1, maxLength: 25 }),
      last: fc.integer({ min: MB, max: 100 * MB }),
    })
    .map(({ steps, last, ...rest }) => {
      let atMs = 0
      const events: Event[] = steps.map((step) => ({ ...step.happening, atMs: (atMs += step.afterMs) }))
      events.push({ kind: 'limit', limit: last, atMs })
      return { ...rest, delays, events, endMs: Math.ceil((atMs + quietMs) / tickMs) * tickMs }
    })
