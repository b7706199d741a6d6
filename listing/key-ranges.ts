/**
 * Divides what is left of a listing into ranges that can be read beside each other. A probe asks the store for the first key after
 * a guess: a range is cut there only if keys lie on both sides. Ranges lie edge to edge whatever the probes say, so no key falls
 * between two, also none that comes later.
 */
import { compareKeys } from '../model/keys.ts'
import type { Storage } from '../storage/storage.ts'
import { at } from './blocked.ts'
import { guessesBetween, guessesBeyond } from './key-guess.ts'

/** Keys after `key` up to and with `until`; absent: from the beginning, to the end. */
export interface KeyRange {
  readonly key?: string
  readonly until?: string
}

/** A range with the bounds between which its keys are known to lie. */
interface Stretch {
  readonly range: KeyRange
  readonly low: string
  readonly high: string | undefined
}

interface Probe {
  readonly guess: string
  /** The first key after it; absent where there is none. */
  readonly key: string | undefined
}

const rounds = 3
const probesBeyond = 16
/** With more stretches than this their ends are not looked for. */
const fewStretches = 4

/** False: only where a listing can begin anywhere at the price of a page. */
export const isDivisible = ({ abilities }: Storage): boolean => abilities.ordered && abilities.startAfter && !abilities.keepsMtime

/** At least as many ranges as were given, in the same order; about `parts` where the keys allow it. */
export async function divideRanges(source: Storage, ranges: readonly KeyRange[], parts: number, signal: AbortSignal): Promise<KeyRange[]> {
  const probe = async (guess: string): Promise<Probe> => {
    const { entries } = await at('source', source.list({ startAfter: guess, limit: 1, signal }))
    return { guess, key: entries[0]?.key }
  }
  let stretches = ranges.map((range): Stretch => ({ range, low: range.key ?? '', high: range.until }))
  for (let round = 0; round < rounds && stretches.length < parts / 2; round++) {
    if (stretches.length <= fewStretches) stretches = await Promise.all(stretches.map((stretch) => narrow(stretch, probe)))
    const each = Math.ceil(parts / stretches.length) - 1 || 1
    stretches = (await Promise.all(stretches.map((stretch) => cut(stretch, each, probe)))).flat()
  }
  return stretches.map(({ range }) => range)
}

type ProbeAt = (guess: string) => Promise<Probe>

/** Finds an end beyond which the stretch has no key. */
async function narrow(stretch: Stretch, probe: ProbeAt): Promise<Stretch> {
  const probes = await Promise.all(guessesBeyond(stretch.low, stretch.high, probesBeyond).map(probe))
  const end = probes.find(({ key }) => !isWithin(key, stretch))
  return end ? { ...stretch, high: end.guess } : stretch
}

async function cut(stretch: Stretch, count: number, probe: ProbeAt): Promise<Stretch[]> {
  const probes = await Promise.all(guessesBetween(stretch.low, stretch.high, count).map(probe))
  const cuts: Stretch[] = []
  let rest = stretch
  for (const { guess, key } of probes) {
    if (!isWithin(key, rest)) {
      rest = { ...rest, high: guess }
      break
    }
    if (key === rest.low) continue
    cuts.push({ range: { ...rest.range, until: guess }, low: rest.low, high: guess })
    rest = { range: { ...rest.range, key: guess }, low: key, high: rest.high }
  }
  return [...cuts, rest]
}

const isWithin = (key: string | undefined, { range: { until } }: Stretch): key is string =>
  key !== undefined && (until === undefined || compareKeys(key, until) <= 0)
