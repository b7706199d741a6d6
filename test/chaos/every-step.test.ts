import { describe, expect, it } from 'vitest'
import { printedSeed } from '../support/seed.ts'
import { runTrials, sentenceOf, tableOf } from './trials.ts'

/** `npm run chaos` takes every step. */
const every = 40

describe('a job whose worker, client or Temporal is killed at any step', () => {
  it('ends with every object, every row and nothing left over', { timeout: 400_000 }, async () => {
    const done = await runTrials({ lanes: 2, every, seed: printedSeed('chaos'), say: () => {} })
    console.log(tableOf(done))
    expect(done.trials.filter(({ faults }) => faults.length > 0).map(sentenceOf)).toEqual([])
    expect(done.trials.filter(({ missed }) => !missed).length).toBeGreaterThan(done.trials.length / 2)
  })
})
