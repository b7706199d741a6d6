import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { counting, entriesOf, losingAnswers, put, rig } from './support.ts'

describe('a batch that is cut', () => {
  it('ends with the pieces that are on their way: those that wait for a place never begin', async () => {
    const source = openMemory()
    for (let i = 0; i < 40; i++) await put(source, `file ${i}`, 'bytes')
    const cut = new AbortController()
    const cutOff = (): undefined => {
      cut.abort()
      return undefined
    }
    const to = counting(losingAnswers(openMemory(), cutOff))
    const result = await copyBatch(rig({ source, destination: to.storage, entries: await entriesOf(source), pool: makeRequestPool(4), cut: cut.signal }))
    expect(result).toMatchObject({ done: false, counts: { failed: { files: 0 } } })
    expect(to.calls.filter(({ operation }) => operation === 'put').length).toBeLessThanOrEqual(4)
  })
})
