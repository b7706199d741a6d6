import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import { entriesOf, fault, first, KiB, losingAnswers, noMetadata, put, read, rig, someBytes } from './support.ts'

const size = 200 * KiB

async function largeFile() {
  const store = crypto.randomUUID()
  const source = openMemory()
  const destination = openMemory({ store })
  await put(source, 'large', someBytes(size))
  return { store: memoryStore(store), source, destination, entries: await entriesOf(source) }
}

describe('an upload that nobody knows but the store', () => {
  it('is aborted by whoever takes the batch over from a worker that crashed before its checkpoint', async () => {
    const { store, source, destination, entries } = await largeFile()
    await destination.multipart?.create('large', { metadata: noMetadata, size, partBytes: 64 * KiB })
    const result = await copyBatch(rig({ source, destination, entries, followsOthers: true }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(store.uploads.size).toBe(0)
  })

  it('is aborted when the answer to its beginning was lost', async () => {
    const { store, source, destination, entries } = await largeFile()
    const to = losingAnswers(destination, first(1, 'create', fault('timeout', { retryable: true })))
    expect(await copyBatch(rig({ source, destination: to, entries }))).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(store.uploads.size).toBe(0)
  })

  it('is aborted when the object proves to be there already, made by an attempt that could not record it', async () => {
    const { store, source, destination, entries } = await largeFile()
    await copyBatch(rig({ source, destination, entries }))
    expect(await copyBatch(rig({ source, destination, entries, followsOthers: true }))).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(store.uploads.size).toBe(0)
    expect(await read(destination, 'large')).toEqual(someBytes(size))
  })
})
