import { describe, expect, it } from 'vitest'
import { RowIndexBuilder } from '../../../storage/drivers/http/row-index.ts'
import { openScratch } from '../../../storage/drivers/http/scratch.ts'

describe('the index of a list', () => {
  it('finds each of many rows by its name, rows of one name in order, and nothing else', async () => {
    const rows = 120_000
    const spill = await openScratch()
    const builder = new RowIndexBuilder(spill)
    const nameOf = (row: number) => `dir/${row % 100_000}.jpg`
    for (let row = 0; row < rows; row++) await builder.add(nameOf(row), { offset: row * 2 ** 20, number: row + 1 })
    const index = await builder.finish()
    await spill.close()
    for (let row = 0; row < rows; row += 997) {
      const found = [...index.find(nameOf(row))]
      const expected = [row % 100_000, (row % 100_000) + 100_000].filter((one) => one < rows)
      expect(found).toEqual(expected.map((one) => ({ offset: one * 2 ** 20, number: one + 1 })))
    }
    expect([...index.find('dir/100000.jpg')]).toEqual([])
    await index.close()
  })
})
