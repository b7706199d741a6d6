import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Smallest } from '../../../storage/tree/smallest.ts'

it('the smallest names are kept, in order, and never more than twice as many held', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (names, most) => {
    const smallest = new Smallest<{ shown: string }>(most)
    for (const shown of names) {
      smallest.add({ shown })
      expect(smallest.held).toBeLessThanOrEqual(2 * most)
    }
    expect(smallest.sorted().map(({ shown }) => shown)).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, most))
    expect(smallest.dropped).toBe(names.length > most)
  }))
})
