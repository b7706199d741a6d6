import { describe, expect, it } from 'vitest'
import { climb, fewestPlaces, mostPlaces, startClimb, type Climb } from '../../copy/climb.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'

/** After so many windows of a store that brings `rateAt(places)` a second. */
function climbed(rateAt: (places: number) => number, windows = 60, full = true): Climb {
  let state = startClimb()
  for (let i = 0; i < windows; i++) state = climb(state, { ended: rateAt(state.places) * 2, ms: 2_000, full })
  return state
}

describe('places for requests', () => {
  it('grow to the most where a store is far away: each place brings its own', () => {
    expect(climbed((places) => places / 0.2).places).toBe(mostPlaces)
  })

  it('grow to where they bring no more, and a step is taken back', () => {
    const { places } = climbed((n) => Math.min(n, 120) / 0.1)
    expect(places).toBeGreaterThanOrEqual(100)
    expect(places).toBeLessThanOrEqual(157)
  })

  it('stay as they are where the machine is the limit, but for one try in a while', () => {
    let [state, windows] = [startClimb(), 0]
    for (let i = 0; i < 160; i++) {
      state = climb(state, { ended: 2_000, ms: 2_000, full: true })
      if (state.places > fewestPlaces) windows += 1
    }
    expect(windows).toBeLessThanOrEqual(11)
  })

  it('do not grow where nobody waits for one', () => {
    expect(climbed((places) => places / 0.2, 60, false).places).toBe(fewestPlaces)
  })

  it('are those of a pool, by what it sees', async () => {
    let nowMs = 0
    const pool = makeRequestPool(undefined, () => nowMs)
    let [running, most, ended] = [0, 0, 0]
    const request = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      nowMs += 200 / running
      running -= 1
      ended += 1
    }
    await Promise.all(Array.from({ length: 400 }, async () => {
      while (ended < 20_000) await pool.run(request)
    }))
    expect(most).toBe(mostPlaces)
  })
})
