import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastPerSecond, longestHoldMs, notSlowed, rateAt, refuse, type SlowDown } from '../../model/slow-down.ts'
import { printedSeed } from '../support/seed.ts'

const second = 1_000
/** Refused at 1,000 calls a second. */
const first = refuse(notSlowed, { startedMs: -1, nowMs: 0, usedPerSecond: 1_000 })

describe('a store that asks for less', () => {
  it('limits nothing before', () => expect(rateAt(notSlowed, 0)).toBe(Infinity))

  it.each([
    ['is asked half as much at once', 0, 500],
    ['then a tenth more each second', second, 600],
    ['of what was too much', 4 * second, 900],
    ['until it is what it was, and nothing is limited any more', 5 * second, Infinity],
  ])('%s', (_, nowMs, rate) => expect(rateAt(first, nowMs)).toBeCloseTo(rate))

  it('is cut once for all calls that were on their way', () => {
    const again = refuse(first, { startedMs: 0, nowMs: 50, usedPerSecond: 1_000 })
    expect(again).toEqual({ ...first, heldUntilMs: 50 })
    expect(rateAt(refuse(again, { startedMs: 1, nowMs: 60, usedPerSecond: 1_000 }), 60)).toBeCloseTo(500 / 2, -1)
  })

  it('is probed beyond what was too much, twice as much every five seconds', () => {
    const low = [1, 2, 3, 4].reduce((state, at) => refuse(state, { startedMs: at, nowMs: at, usedPerSecond: 1_000 }), first)
    const ceiling = low.ceiling
    expect(ceiling).toBeLessThan(70)
    expect(rateAt(low, 4 + 5 * second)).toBeCloseTo(ceiling)
    expect(rateAt(low, 4 + 10 * second)).toBeCloseTo(2 * ceiling)
    expect(rateAt(low, 4 + 35 * second)).toBe(Infinity)
  })

  it('is asked nothing before the moment that it names, and half as much after it', () => {
    const held = refuse(notSlowed, { startedMs: 0, nowMs: 10, usedPerSecond: 100, retryAfterMs: 30 * second })
    expect(held.heldUntilMs).toBe(10 + 30 * second)
    expect(rateAt(held, held.heldUntilMs)).toBeCloseTo(50)
    expect(refuse(notSlowed, { startedMs: 0, nowMs: 0, usedPerSecond: 1, retryAfterMs: 86_400_000 }).heldUntilMs).toBe(longestHoldMs)
  })
})

interface Store {
  /** Calls a second that it answers. */
  readonly allows: number
  readonly roundTripMs: number
  /** Calls a second that there would be. */
  readonly wanted: number
}

interface Second {
  readonly answered: number
  readonly refused: number
}

/** A store with a bucket of a tenth of a second, asked as fast as the model allows. */
function simulate({ allows, roundTripMs, wanted }: Store, seconds: number): Second[] {
  let state: SlowDown = notSlowed
  let nextMs = 0
  let tokens = 0
  const begun: number[] = []
  const refusals: { startedMs: number; nowMs: number }[] = []
  const told = Array.from({ length: seconds }, () => ({ answered: 0, refused: 0 }))
  for (let nowMs = 0; nowMs < seconds * second; nowMs++) {
    tokens = Math.min(allows / 10 + 1, tokens + allows / second)
    while (refusals[0] && refusals[0].nowMs <= nowMs) {
      const { startedMs } = refusals.shift()!
      state = refuse(state, { startedMs, nowMs, usedPerSecond: 4 * begun.length })
    }
    while (nextMs <= nowMs) {
      nextMs = Math.max(nextMs, nowMs - 50) + second / Math.min(wanted, rateAt(state, nowMs))
      begun.push(nowMs)
      if (tokens >= 1) tokens -= 1
      else refusals.push({ startedMs: nowMs, nowMs: nowMs + roundTripMs })
      told[Math.floor(nowMs / second)]![refusals.at(-1)?.startedMs === nowMs ? 'refused' : 'answered']++
    }
    while (begun[0] !== undefined && begun[0] <= nowMs - second / 4) begun.shift()
  }
  return told
}

const sum = (seconds: readonly Second[], of: keyof Second): number => seconds.reduce((total, one) => total + one[of], 0)

describe('against a store with a limit', () => {
  it('half of the limit or more is used, few calls are refused, and nothing is slowed where nothing is refused', () => {
    const stores = fc.record({ allows: fc.integer({ min: 10, max: 1_000 }), roundTripMs: fc.integer({ min: 2, max: 300 }), wanted: fc.integer({ min: 5, max: 2_000 }) })
    const property = fc.property(stores, (store) => {
      const settled = simulate(store, 60).slice(20)
      const most = Math.min(store.allows, store.wanted) * settled.length
      expect(sum(settled, 'answered')).toBeGreaterThan(0.5 * most)
      expect(sum(settled, 'refused')).toBeLessThan(0.15 * sum(settled, 'answered') + settled.length)
      if (store.wanted < 0.9 * store.allows) expect(sum(settled, 'refused')).toBe(0)
    })
    fc.assert(property, { numRuns: 25, seed: printedSeed('slow down') })
  })

  it('never asks less than the least, and is free again within a minute and a half of any refusals', () => {
    const refusals = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), ageMs: fc.integer({ min: 0, max: 500 }), used: fc.integer({ min: 0, max: 5_000 }) }), { maxLength: 60 })
    const property = fc.property(refusals, (asked) => {
      let [state, nowMs] = [notSlowed, 0]
      for (const { afterMs, ageMs, used } of asked) {
        nowMs += afterMs
        state = refuse(state, { startedMs: nowMs - ageMs, nowMs, usedPerSecond: used })
        expect(rateAt(state, nowMs)).toBeGreaterThanOrEqual(leastPerSecond)
        expect(state.ceiling).toBeLessThanOrEqual(state.peak)
      }
      expect(rateAt(state, nowMs + 90 * second)).toBe(Infinity)
    })
    fc.assert(property, { seed: printedSeed('slow down') })
  })
})
