/** Bytes that a server counted, second by second, against the limits that were in force. */
import type { TrafficSecond } from '../servers/stores/counters.ts'

export const MiB = 1024 ** 2

/** A limit that somebody set: it may be used as soon as it was asked for, and counts once it was answered. The next one ends it. */
export interface Stretch {
  readonly name: string
  /** Bytes a second; 0 holds, null is none. */
  readonly limit: number | null
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

export type Traffic = ReadonlyMap<number, number>
export const trafficOf = (seconds: readonly TrafficSecond[], direction: 'bytesIn' | 'bytesOut'): Traffic =>
  new Map(seconds.map((traffic) => [traffic.second, traffic[direction]]))

/** Promised to people: so long may a worker take to keep to a new limit. */
const settleMs = 5_000
const width = 10

/** In each whole second between two moments. */
export function secondsBetween(traffic: Traffic, fromMs: number, toMs: number): number[] {
  const [from, to] = [Math.ceil(fromMs / 1_000), Math.floor(toMs / 1_000)]
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => traffic.get(from + i) ?? 0)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
export const mean = (numbers: readonly number[]): number => sum(numbers) / Math.max(1, numbers.length)

/** The most that may pass in this second: any limit that was in force in it, or until five seconds before. */
function mostIn(second: number, stretches: readonly Stretch[]): number {
  const counts = stretches.filter(({ askedAtMs }, i) => askedAtMs < (second + 1) * 1_000 && second * 1_000 < (stretches[i + 1]?.answeredAtMs ?? Infinity) + settleMs)
  return Math.max(...counts.map(({ limit }) => limit ?? Infinity))
}

/** The ten seconds in which most passed of what may pass, by the parts of it. */
export function worstTen(traffic: Traffic, stretches: readonly Stretch[], toMs: number): { readonly part: number; readonly from: number } {
  const first = Math.ceil((stretches[0]?.askedAtMs ?? 0) / 1_000)
  const starts = Array.from({ length: Math.max(0, Math.floor(toMs / 1_000) - first - width + 1) }, (_, i) => first + i)
  const parts = starts.map((from) => {
    const seconds = Array.from({ length: width }, (_, i) => from + i)
    const passed = sum(seconds.map((second) => traffic.get(second) ?? 0))
    return { from: from - first, part: passed === 0 ? 0 : passed / sum(seconds.map((second) => mostIn(second, stretches))) }
  })
  return parts.reduce((worst, next) => (next.part > worst.part ? next : worst), { part: 0, from: 0 })
}

const rate = (bytes: number): string => (bytes / MiB).toFixed(1).padStart(6)

/** A line for each stretch: its limit, and what was measured in its last seconds and in its busiest ten. */
export function table(traffic: Traffic, stretches: readonly Stretch[], toMs: number, lastSeconds: number): string {
  const rows = stretches.map(({ name, limit, answeredAtMs }, i) => {
    const untilMs = stretches[i + 1]?.askedAtMs ?? toMs
    const seconds = secondsBetween(traffic, answeredAtMs, untilMs)
    const tens = seconds.map((_, at) => seconds.slice(at, at + width)).filter(({ length }) => length === width)
    const busiest = tens.length === 0 ? '     –' : rate(Math.max(...tens.map(mean)))
    return `${name.padEnd(36)} ${String(seconds.length).padStart(4)} s  ${limit === null ? '  none' : rate(limit)}  ${rate(mean(seconds.slice(-lastSeconds)))}  ${busiest}  |${seconds.map(rate).join('')}`
  })
  return ['window                                 long   limit  at end  any 10  MiB/s, each second', ...rows].join('\n')
}
