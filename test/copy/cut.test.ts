import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { StorageError } from '../../storage/error.ts'
import type { Storage } from '../../storage/storage.ts'
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
  it('gives up a piece that hangs, keeps what was done, and leaves the file to who goes on', async () => {
    const source = openMemory()
    for (const key of ['a', 'b', 'hangs']) await put(source, key, 'bytes')
    const cut = new AbortController()
    const store = openMemory()
    const destination: Storage = {
      ...store,
      put: async (key, body, options) => {
        if (key !== 'hangs') return await store.put(key, body, options)
        cut.abort()
        return await new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(new StorageError('cut', { kind: 'aborted' }))))
      },
    }
    const result = await copyBatch(rig({ source, destination, entries: await entriesOf(source), cut: cut.signal, graceMs: 20 }))
    expect(result).toMatchObject({ done: false, counts: { completed: { files: 2 }, failed: { files: 0 } } })
    expect(result.outcomes.map(({ key }) => key).toSorted()).toEqual(['a', 'b'])
  })
})
