import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CopyResult } from '../../model/batch.ts'
import {
  batchesPerMerge, countsSoFar, isCopied, mostFragments, mostRestoringBatches, newRun, nextFold, nextMerge, restoringFiles, wantsListing, withAllFinished, withCall, withCopied, withDue, withListed, withMerge, withMerged, withUnknown,
} from '../../model/run-state.ts'
import type { RunState } from '../../model/run-state.ts'
import { noCounts, noTally, totalOf } from '../../model/status.ts'

const files = 10
const copied = (done: number, generation: number): CopyResult => ({
  done: done === files, outcomes: { generation, attempt: 1 }, failures: {}, queuedMs: 0,
  counts: { ...noCounts, completed: { files: done, bytes: done } },
})
const restoring = (done: number, generation: number): CopyResult => ({ ...copied(done, generation), done: false, restoringFiles: files - done })
const listed = (state: RunState, batches: number, more: boolean, skips: (i: number) => boolean = () => false): RunState =>
  withListed(state, {
    batches: Array.from({ length: batches }, (_, i) => ({ n: state.nextBatch + i, listAttempt: 1, files, bytes: files, ...(skips(i) && { skips: true }) })),
    excluded: noTally, ...(more && { position: { call: state.calls, attempt: 1 } }),
  })

type Step = { readonly kind: 'list' | 'copy' | 'cut' | 'restore' | 'due' | 'unknown' | 'merge'; readonly pick: number }

function apply(state: RunState, { kind, pick }: Step): RunState {
  const pending = state.pending[pick % Math.max(1, state.pending.length)]
  const merge = nextMerge(state)
  if (kind === 'list') return state.listingDone ? state : listed(state, pick % 60, pick % 5 !== 0, (i) => (i + pick) % 3 === 0)
  if (kind === 'merge') return merge ? mergedOnce(state, merge.length) : state
  if (pending === undefined) return state
  if (kind === 'due') return withDue(state, pending.batch.n)
  if (kind === 'restore') return withCopied(state, pending.batch.n, restoring(pending.counts.completed.files, pending.generation), { now: pick })
  if (kind === 'unknown') return withUnknown(state, pending.batch.n)
  const before = pending.counts.completed.files
  return withCopied(state, pending.batch.n, copied(kind === 'copy' ? files : Math.max(before, pick % files), pending.generation))
}

function mergedOnce(before: RunState, batches: number): RunState {
  const state = withMerge(before)
  const counts = { ...noCounts, completed: { files: batches * files, bytes: batches * files } }
  const folded = nextFold(state)?.length
  return withMerged(state, batches, { fragment: { merge: state.merges, attempt: 1, parts: 1 }, ...(folded && { folded }), counts })
}

describe('the state of a run', () => {
  it('counts every listed file exactly once, in whatever order things happen', () => {
    const step = fc.record({ kind: fc.constantFrom<Step['kind']>('list', 'copy', 'cut', 'restore', 'due', 'unknown', 'merge'), pick: fc.nat(1_000) })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const worked = steps.reduce(apply, newRun(1, 0))
      let state = listed(worked, 1, false)
      for (const { batch, generation } of state.pending) state = withCopied(state, batch.n, copied(files, generation))
      for (let merge = nextMerge(state); merge; merge = nextMerge(state)) state = mergedOnce(state, merge.length)
      expect(isCopied(state)).toBe(true)
      expect(totalOf(state.counts)).toEqual(state.listed)
      expect(totalOf(state.mergedCounts)).toEqual(state.listed)
      expect(new Set(state.fragments.map(({ merge }) => merge)).size).toBe(state.fragments.length)
    }))
  })

  it('stays as small after a hundred thousand batches as after a few hundred', () => {
    let [state, largest] = [newRun(1, 0), 0]
    for (let merge = 0; merge < 1_000; merge++) {
      state = mergedOnce(state, 100)
      largest = Math.max(largest, state.fragments.length)
    }
    expect([largest, state.fragments.at(-1)?.merge]).toEqual([mostFragments, 1_000])
  })

  it('names every fragment itself while merges, as an earlier version asks for them, stand for no other', () => {
    let state = newRun(1, 0)
    for (let merge = 1; merge <= 2 * mostFragments; merge++) state = withMerged(state, 100, { fragment: { merge, attempt: 1, parts: 1 }, counts: noCounts })
    expect(state.fragments).toHaveLength(2 * mostFragments)
  })

  it('numbers every call of the lister and every merge anew, also those that repeat one that was cut', () => {
    const twice = withMerge(withMerge(withCall(withCall(newRun(1, 0)))))
    expect([twice.calls, twice.merges]).toEqual([2, 2])
  })

  it('raises the generation with every attempt that ended, so that outcomes never share a name', () => {
    const one = listed(newRun(1, 0), 1, false)
    const two = withUnknown(withCopied(one, 0, copied(3, 0)), 0, { generation: 1, attempt: 2 })
    expect(two.pending[0]).toMatchObject({ generation: 2, outcomes: { generation: 1, attempt: 2 } })
  })

  it('merges a full hundred while it copies, and the rest at the end', () => {
    const state = withAllFinished(listed(newRun(1, 0), batchesPerMerge + 1, true))
    expect(nextMerge(state)).toHaveLength(batchesPerMerge)
    expect(nextMerge({ ...state, finished: state.finished.slice(batchesPerMerge) })).toHaveLength(1)
    expect(nextMerge({ ...listed(newRun(1, 0), 2, true), finished: state.finished.slice(0, 5) })).toBeUndefined()
  })

  it('marks batches without outcomes when a run ends early', () => {
    const state = withAllFinished(withCopied(listed(newRun(1, 0), 2, true), 0, copied(4, 0)))
    expect(state.finished).toEqual([[0, 1, 0, 1], [1, 1, -1, 0]])
    expect(countsSoFar(state).completed.files).toBe(4)
  })

  it('keeps the lister a bounded number of batches ahead', () => {
    expect(wantsListing(listed(newRun(1, 0), 69, true), 20)).toBe(true)
    expect(wantsListing(listed(newRun(1, 0), 70, true), 20)).toBe(false)
    expect(wantsListing(listed(newRun(1, 0), 1, false), 20)).toBe(false)
  })

  it('finishes what is skipped as it is listed, and waits for the merges where that is much', () => {
    let state = listed(newRun(1, 0), 50, true, (i) => i > 0)
    expect([state.pending.length, state.finished.length]).toEqual([1, 49])
    expect(state.finished[0]).toEqual([1, 1, -1, 0])
    expect(countsSoFar(state).skipped).toEqual({ files: 490, bytes: 490 })
    for (let call = 0; call < 6; call++) state = listed(state, 50, true, () => true)
    expect([state.finished.length, wantsListing(state, 20)]).toEqual([349, false])
    expect(wantsListing(mergedOnce(state, 100), 20)).toBe(true)
  })

  it('waits for restored copies a while that grows to an hour, and says how many files do', () => {
    let state = listed(newRun(1, 0), 2, false)
    const waits: number[] = []
    for (let generation = 0; generation < 8; generation++) {
      state = withCopied(withDue(state, 0), 0, restoring(3, generation), { now: 1_000 })
      waits.push(((state.pending[0]?.restoring?.until ?? 0) - 1_000) / 60_000)
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
    expect(restoringFiles(state)).toBe(7)
    expect(withDue(state, 0).pending[0]?.restoring?.until).toBe(0)
    expect(withDue(state, 1)).toBe(state)
    state = withCopied(state, 0, copied(5, 8))
    expect([restoringFiles(state), isCopied(state), state.pending[0]?.restoring]).toEqual([0, false, undefined])
  })

  it('goes on listing beside batches that wait for restored copies, until they are many', () => {
    let state = listed(newRun(1, 0), mostRestoringBatches, true)
    expect(wantsListing(state, 20)).toBe(false)
    for (let n = 0; n < mostRestoringBatches - 1; n++) state = withCopied(state, n, restoring(0, 0), { now: 0 })
    expect(wantsListing(state, 20)).toBe(true)
    state = withCopied(state, mostRestoringBatches - 1, restoring(0, 0), { now: 0 })
    expect(wantsListing(state, 20)).toBe(false)
    expect(JSON.stringify(state).length).toBeLessThan(100 * 1024)
  })
})
