import type { FragmentIndex } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FragmentRef } from '../model/batch.ts'
import { eachOf } from '../model/each-of.ts'
import type { CallOptions } from '../storage/storage.ts'

export type Fragment = readonly [FragmentRef, FragmentIndex]

const readsAtOnce = 16

/** `fragments` and those that they stand for, in the order in which they were merged. */
export async function allFragments(ledger: Ledger, fragments: readonly FragmentRef[], { signal }: CallOptions): Promise<Fragment[]> {
  const found: Fragment[][] = []
  await eachOf(fragments.entries(), readsAtOnce, async ([i, ref]) => {
    const index = await ledger.readFragmentIndex(ref, { signal })
    const before = index.before ? await allFragments(ledger, index.before, { signal }) : []
    found[i] = [...before, [ref, index]]
  })
  return found.flat()
}
