import { describe, expect, it } from 'vitest'
import { readBefore } from '../../activities/outcomes-before.ts'
import type { BatchState } from '../../ledger/entry.ts'
import { openLedger } from '../../ledger/ledger.ts'
import type { OutcomesRef } from '../../model/batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { contextOf } from '../report/support.ts'

const stateOf = (key: string): BatchState => ({ outcomes: [{ key, size: 1, mtimeMs: 1, kind: 'skipped', reason: 'same' }], uploads: [] })

/** What a successor finds where these were recorded, and the last one that was named is `named`. */
async function foundBy(mine: OutcomesRef, recorded: readonly OutcomesRef[], named?: OutcomesRef): Promise<OutcomesRef | undefined> {
  const ledger = openLedger(openMemory(), contextOf({}))
  for (const ref of recorded) await ledger.writeOutcomes(7, ref, stateOf(`${ref.generation}.${ref.attempt}`))
  const before = await readBefore((ref) => ledger.readOutcomes(7, ref), mine, named)
  if (before) expect(before.state.outcomes[0]?.key).toBe(`${before.ref.generation}.${before.ref.attempt}`)
  return before?.ref
}
const ref = (generation: number, attempt: number): OutcomesRef => ({ generation, attempt })

describe('what an attempt goes on from', () => {
  it('is what the attempt before it recorded, named or not', async () => {
    expect(await foundBy(ref(0, 2), [ref(0, 1)])).toEqual(ref(0, 1))
    expect(await foundBy(ref(0, 4), [ref(0, 1), ref(0, 2)], ref(0, 1))).toEqual(ref(0, 2))
  })

  it('is what a worker recorded that died before a heartbeat could name it, also when the job was stopped meanwhile', async () => {
    expect(await foundBy(ref(1, 1), [ref(0, 1)])).toEqual(ref(0, 1))
    expect(await foundBy(ref(2, 1), [ref(0, 1), ref(1, 2)], ref(0, 1))).toEqual(ref(1, 2))
    expect(await foundBy(ref(2, 1), [ref(1, 1), ref(1, 2), ref(1, 3)], ref(1, 1))).toEqual(ref(1, 3))
  })

  it('is what was named, where nothing newer is there', async () => {
    expect(await foundBy(ref(3, 1), [ref(0, 1), ref(1, 1)], ref(1, 1))).toEqual(ref(1, 1))
    expect(await foundBy(ref(0, 1), [])).toBeUndefined()
  })
})
