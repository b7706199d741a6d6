import { describe, expect, it } from 'vitest'
import { makeBatchOrder } from '../../copy/batch-order.ts'

describe('batches beside each other', () => {
  it('are the first one after the other, in the order in which they began', async () => {
    const order = makeBatchOrder()
    const firsts: string[] = []
    const begin = (name: string) => {
      const place = order.join()
      void place.first.then(() => firsts.push(name))
      return place
    }
    const [a, b, c] = [begin('a'), begin('b'), begin('c')]
    await a.first
    expect(firsts).toEqual(['a'])
    b.leave()
    b.leave()
    a.leave()
    await c.first
    expect(firsts).toEqual(['a', 'c'])
    c.leave()
    await begin('d').first
    expect(firsts).toEqual(['a', 'c', 'd'])
  })
})
