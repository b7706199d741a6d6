import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewDestination } from '../../listing/destination-view.ts'
import { compareKeys } from '../../model/keys.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { put } from '../copy/support.ts'
import { signal } from '../report/support.ts'

/** Few letters, so that keys collide and are each other's prefixes; some above U+FFFF, which JavaScript's order puts wrong. */
const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '!', '~', 'é', '\u{ffee}', '😀', '\u0001'), minLength: 1, maxLength: 4 })

describe('the destination’s view', () => {
  it('agrees with a look at each key, whatever the keys and the size of pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 60 }), fc.uniqueArray(key, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (held, asked, page) => {
        const storage = openMemory({ limits: { maxListEntries: page } })
        for (const name of held) await put(storage, name, name)
        const view = viewDestination(storage, signal)
        for (const name of asked.toSorted(compareKeys)) {
          const seen = await view.lookup(name)
          if (seen === undefined) continue
          expect([name, seen !== null]).toEqual([name, held.includes(name)])
        }
      }),
      { numRuns: 300 },
    )
  })
})
