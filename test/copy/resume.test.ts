import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import type { BatchState } from '../../ledger/entry.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import { counting, entriesOf, failing, fault, first, KiB, losingAnswers, put, read, rig, someBytes } from './support.ts'

const size = 640 * KiB
const partCount = 10

/** A file of ten parts, cut after four of them. */
async function cutShort() {
  const store = crypto.randomUUID()
  const source = openMemory()
  const destination = openMemory({ store })
  await put(source, 'large', someBytes(size))
  const entries = await entriesOf(source)
  const cut = new AbortController()
  let parts = 0
  const to = losingAnswers(destination, ({ operation }) => {
    if (operation === 'putPart' && ++parts === 4) cut.abort()
    return undefined
  })
  const pieces = rig({ source, destination, entries })
  const previous = await copyBatch({ ...pieces, destination: to, cut: cut.signal })
  const [open] = previous.uploads
  if (!open) throw new Error('nothing was left open')
  return { store: memoryStore(store), source, destination, entries, previous, open }
}

async function goOn({ source, destination, entries }: Awaited<ReturnType<typeof cutShort>>, previous: BatchState) {
  const to = counting(destination)
  const result = await copyBatch(rig({ source, destination: to.storage, entries, previous }))
  const sent = to.calls.filter(({ operation }) => operation === 'putPart').length
  return { result, sent }
}

describe('a file that was cut', () => {
  it('goes on at what is missing', async () => {
    const left = await cutShort()
    const { result, sent } = await goOn(left, left.previous)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 }, unverified: 0 } })
    expect(sent).toBe(partCount - left.open.parts.length)
    expect(await read(left.destination, 'large')).toEqual(someBytes(size))
  })

  it('sends a part again that only the store has, or only the ledger', async () => {
    const left = await cutShort()
    left.store.uploads.get(left.open.upload.uploadId)?.parts.delete(left.open.parts[0]?.number ?? 0)
    const forgetful = { ...left.previous, uploads: [{ ...left.open, parts: left.open.parts.slice(0, 2) }] }
    const { result, sent } = await goOn(left, forgetful)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(sent).toBe(partCount - 1)
    expect(await read(left.destination, 'large')).toEqual(someBytes(size))
  })

  it('begins anew when its upload is gone', async () => {
    const left = await cutShort()
    left.store.uploads.clear()
    const { result, sent } = await goOn(left, left.previous)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(sent).toBe(partCount)
  })

  it('begins anew when its source is another, and leaves no upload behind', async () => {
    const left = await cutShort()
    await put(left.source, 'large', someBytes(size, 2))
    const { result } = await goOn(left, left.previous)
    expect(result).toMatchObject({ done: true, uploads: [] })
    expect(await read(left.destination, 'large')).toEqual(someBytes(size, 2))
    expect(left.store.uploads.size).toBe(0)
  })

  it('has its upload aborted when it fails for good', async () => {
    const left = await cutShort()
    const source = failing(left.source, ({ operation }) => (operation === 'get' ? fault('archived') : undefined))
    expect(await copyBatch(rig({ ...left, source }))).toMatchObject({ done: true, uploads: [], failures: { Archived: 1 } })
    expect(left.store.uploads.size).toBe(0)
  })
})

describe('a source without ETags', () => {
  it('is found to have changed by size and time, also after its last byte was read', async () => {
    const { source, destination } = { source: openMemory(), destination: openMemory() }
    await put(source, 'large', someBytes(size))
    const plain = intercept(source, async (call, next) => {
      const answer = await next()
      return call.operation === 'get' || call.operation === 'head' ? { ...(answer as object), etag: undefined } as typeof answer : answer
    })
    const entries = (await entriesOf(source)).map((entry) => ({ ...entry, etag: undefined }))
    let gets = 0
    const changing = (at: number) =>
      intercept(plain, async (call, next) => {
        const answer = await next()
        if (call.operation === 'get' && ++gets === at) await put(source, 'large', someBytes(size, at))
        return answer
      })
    for (const at of [3, partCount]) {
      gets = 0
      const to = openMemory()
      expect(await copyBatch(rig({ source: changing(at), destination: to, entries }))).toMatchObject({ counts: { completed: { files: 1 } } })
      expect(await read(to, 'large')).toEqual(someBytes(size, at))
    }
    expect(await copyBatch(rig({ source: plain, destination, entries }))).toMatchObject({ counts: { completed: { files: 1 } } })
  })
})

describe('ending at once', () => {
  it('rejects as aborted, and writes no checkpoint any more', async () => {
    const { source, destination } = { source: openMemory(), destination: openMemory() }
    await put(source, 'a', 'a')
    const stop = new AbortController()
    const from = intercept(source, async (call, next) => {
      if (call.operation === 'get') stop.abort()
      return await next()
    })
    const task = rig({ source: from, destination, entries: await entriesOf(source), signal: stop.signal })
    await expect(copyBatch(task)).rejects.toMatchObject({ kind: 'aborted' })
    expect(task.states).toEqual([])
  })
})

describe('a ledger that cannot be written', () => {
  it('blocks the batch when the address is at fault, and keeps what it could', async () => {
    const { source, destination } = { source: openMemory(), destination: openMemory() }
    await put(source, 'large', someBytes(size))
    const entries = await entriesOf(source)
    const task = rig({ source, destination, entries, checkpoint: () => Promise.reject(fault('full')) })
    expect(await copyBatch(task)).toMatchObject({ done: false, outcomes: [], blocked: { code: 'DestinationFull' } })
    const broken = rig({ source, destination, entries, checkpoint: () => Promise.reject(new Error('no such thing')) })
    await expect(copyBatch(broken)).rejects.toThrow('no such thing')
  })
})

describe('overwriting', () => {
  it('replaces the version that was looked at, not one that came after', async () => {
    const { source, destination } = { source: openMemory(), destination: openMemory() }
    await put(source, 'a', 'the new one')
    await put(destination, 'a', 'old')
    const seen = await destination.head('a')
    const [entry] = await entriesOf(source)
    if (!entry) throw new Error('nothing listed')
    const entries = [{ ...entry, destination: { size: seen.size, mtimeMs: seen.mtimeMs, etag: seen.etag } }]
    const late = intercept(destination, async (call, next) => {
      if (call.operation === 'put') await put(destination, 'a', 'somebody else’s')
      return await next()
    })
    expect(await copyBatch(rig({ source, destination: late, entries }))).toMatchObject({ failures: { DestinationNewer: 1 } })
    expect((await read(destination, 'a')).toString()).toBe('somebody else’s')
    await put(destination, 'a', 'old')
    expect(await copyBatch(rig({ source, destination, entries }))).toMatchObject({ counts: { completed: { files: 1 } } })
  })

  it('fails a part that is refused again and again, once its tries are over', async () => {
    const { source, destination } = { source: openMemory(), destination: openMemory() }
    await put(source, 'large', someBytes(size))
    const to = failing(destination, first(99, 'putPart', fault('invalid')))
    expect(await copyBatch(rig({ source, destination: to, entries: await entriesOf(source) }))).toMatchObject({ done: true, failures: { Unexpected: 1 } })
  })
})
