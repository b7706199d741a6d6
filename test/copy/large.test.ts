import { describe, expect, it } from 'vitest'
import { copyBatch, type BatchResult } from '../../copy/copy-batch.ts'
import { copyRange, gatherParts, type RangeTask } from '../../copy/copy-range.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import type { BatchState, OpenUpload } from '../../ledger/entry.ts'
import { rangeNumbers } from '../../model/large.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import { StorageError } from '../../storage/error.ts'
import type { Storage } from '../../storage/storage.ts'
import { counting, entriesOf, failing, fault, first, KiB, losingAnswers, put, read, rig, someBytes } from './support.ts'

const size = 640 * KiB
const largeBytes = 256 * KiB

/** A file of ten parts among small ones, which has left its batch with its upload open. */
async function left() {
  const store = crypto.randomUUID()
  const source = openMemory()
  const destination = openMemory({ store })
  await put(source, 'a', 'small')
  await put(source, 'large', someBytes(size))
  const entries = await entriesOf(source)
  const previous = await copyBatch(rig({ source, destination, entries, largeBytes }))
  return { store: memoryStore(store), source, destination, entries, previous }
}
type Left = Awaited<ReturnType<typeof left>>

function uploadOf({ uploads: [open] }: BatchState): OpenUpload {
  if (open === undefined) throw new Error('nothing is open')
  return open
}

async function sendRange({ source, destination, entries, previous }: Left, range: number, more: Partial<RangeTask> = {}) {
  const entry = entries[previous.large?.row ?? -1]
  if (entry === undefined || previous.large === undefined) throw new Error('no file has left')
  const task = rig({ source, destination, entries: [], previous: { outcomes: [], uploads: [uploadOf(previous)] } })
  const result = await copyRange({ ...task, entry, numbers: rangeNumbers({ range, ranges: previous.large.ranges }, 10), ...more })
  return { result, state: task.states.at(-1) }
}

async function gather({ source, destination, entries, previous }: Left, states: readonly (BatchState | undefined)[], to: Storage = destination): Promise<BatchResult> {
  const uploads = states.flatMap((state) => state?.uploads ?? [])
  const gathered = { ...previous, uploads: [gatherParts(uploadOf(previous), uploads)] }
  return await copyBatch(rig({ source, destination: to, entries, previous: gathered, largeBytes: Infinity }))
}

describe('a large file', () => {
  it('leaves its batch once all others are done, with its upload in the ledger and no part sent', async () => {
    const { previous } = await left()
    expect(previous).toMatchObject({ done: false, counts: { completed: { files: 1 } }, large: { row: 1, ranges: 5 } })
    expect(uploadOf(previous)).toMatchObject({ key: 'large', parts: [] })
  })

  it('is sent by ranges that know nothing of each other, and completed with what all of them sent', async () => {
    const begun = await left()
    const to = counting(begun.destination)
    const ranges = await Promise.all([0, 1, 2, 3, 4].map((range) => sendRange({ ...begun, destination: to.storage }, range)))
    for (const { result, state } of ranges) {
      expect(result).toEqual({ over: 'sent' })
      expect(state?.uploads[0]?.parts).toHaveLength(2)
    }
    const result = await gather(begun, ranges.map(({ state }) => state), to.storage)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 2 }, unverified: 0 }, uploads: [] })
    expect(to.calls.filter(({ operation }) => operation === 'putPart')).toHaveLength(10)
    expect(await read(begun.destination, 'large')).toEqual(someBytes(size))
  })

  it('has parts that a range only believes to have sent sent again at the end', async () => {
    const begun = await left()
    const ranges = await Promise.all([0, 1, 2, 3, 4].map((range) => sendRange(begun, range)))
    begun.store.uploads.get(uploadOf(begun.previous).upload.uploadId)?.parts.delete(7)
    const to = counting(begun.destination)
    const result = await gather(begun, [...ranges.map(({ state }) => state).slice(1), undefined], to.storage)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
    expect(to.calls.filter(({ operation }) => operation === 'putPart')).toHaveLength(3)
    expect(await read(begun.destination, 'large')).toEqual(someBytes(size))
  })

  it('goes on in a range that was cut at its first missing part', async () => {
    const begun = await left()
    const cut = new AbortController()
    const to = losingAnswers(begun.destination, ({ operation }) => {
      if (operation === 'putPart') cut.abort()
      return undefined
    })
    const wide = { ...begun, previous: { ...begun.previous, large: { row: 1, ranges: 1 } } }
    const cutShort = await sendRange({ ...wide, destination: to }, 0, { cut: cut.signal })
    expect(cutShort.result).toEqual({})
    const stored = cutShort.state?.uploads[0]?.parts.length ?? 0
    expect(stored).toBeGreaterThan(0)
    const again = counting(begun.destination)
    const rest = await sendRange({ ...wide, destination: again.storage }, 0, { previous: cutShort.state })
    expect(rest.result).toEqual({ over: 'sent' })
    expect(again.calls.filter(({ operation }) => operation === 'putPart')).toHaveLength(10 - stored)
  })
})

describe('a large file whose source changes', () => {
  it('is begun anew once, as the version that is there now', async () => {
    const begun = await left()
    const before = await sendRange(begun, 0)
    await put(begun.source, 'large', someBytes(size, 2))
    const after = await sendRange(begun, 1)
    expect(after.result).toEqual({ over: 'ended' })
    expect(after.state?.uploads[0]?.fault).toMatchObject({ code: 'SourceChanged' })
    const result = await gather(begun, [before.state, after.state])
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
    expect(await read(begun.destination, 'large')).toEqual(someBytes(size, 2))
    expect(begun.store.uploads.size).toBe(0)
  })

  it('leaves no upload when it is a small one by now', async () => {
    const begun = await left()
    await put(begun.source, 'large', 'small by now')
    expect(await copyBatch(rig({ ...begun, largeBytes }))).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
    expect((await read(begun.destination, 'large')).toString()).toBe('small by now')
    expect(begun.store.uploads.size).toBe(0)
  })

  it('fails as SourceChanged when it changes again', async () => {
    const begun = await left()
    await put(begun.source, 'large', someBytes(size, 2))
    const again = await copyBatch(rig({ ...begun, largeBytes }))
    expect(uploadOf(again)).toMatchObject({ again: true, parts: [] })
    await put(begun.source, 'large', someBytes(size, 3))
    const result = await copyBatch(rig({ ...begun, previous: again, largeBytes }))
    expect(result).toMatchObject({ done: true, failures: { SourceChanged: 1 } })
    expect(begun.store.uploads.size).toBe(0)
  })
})

describe('a range that cannot be sent', () => {
  it('fails the file by name, and leaves no upload', async () => {
    const begun = await left()
    const source = failing(begun.source, ({ operation }) => (operation === 'get' ? fault('forbidden') : undefined))
    const { result, state } = await sendRange({ ...begun, source }, 0)
    expect(result).toEqual({ over: 'ended' })
    expect(await gather(begun, [state])).toMatchObject({ done: true, failures: { Forbidden: 1 } })
    expect(begun.store.uploads.size).toBe(0)
  })

  it('blocks the job, and blames nobody, when the address is at fault', async () => {
    const begun = await left()
    const destination = failing(begun.destination, () => fault('no-bucket'))
    const { result, state } = await sendRange({ ...begun, destination }, 0)
    expect(result).toMatchObject({ blocked: { code: 'DestAddrBucketInvalid' } })
    expect(state).toBeUndefined()
  })

  it('begins anew where its upload is gone', async () => {
    const begun = await left()
    begun.store.uploads.clear()
    const { result, state } = await sendRange(begun, 0)
    expect(result).toEqual({ over: 'ended' })
    expect(await gather(begun, [state])).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
    expect(await read(begun.destination, 'large')).toEqual(someBytes(size))
  })
})

/** Parts of at least 256 KiB where memory holds 128 KiB, in pieces of 64 KiB. */
async function longFile(bytes = someBytes(size)) {
  const source = openMemory()
  const store = crypto.randomUUID()
  const destination = openMemory({ store, limits: { minPartBytes: 256 * KiB } })
  await put(source, 'large', bytes)
  const pieces = makePiecePool(128 * KiB, 64 * KiB)
  return { source, destination, store: memoryStore(store), task: rig({ source, destination, entries: await entriesOf(source), pieces }) }
}

describe('parts larger than memory', () => {
  it('are read in pieces and sent as one body each', async () => {
    const { source, destination, task } = await longFile()
    const [from, to] = [counting(source), counting(destination)]
    const result = await copyBatch({ ...task, source: from.storage, destination: to.storage })
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 }, unverified: 0 } })
    expect(to.calls.filter(({ operation }) => operation === 'putLongPart').map(({ sentBytes }) => sentBytes).sort()).toEqual([128 * KiB, 256 * KiB, 256 * KiB])
    expect(from.calls.filter(({ operation }) => operation === 'get')).toHaveLength(10)
    expect(await read(destination, 'large')).toEqual(someBytes(size))
  })

  it('repeat only the piece when a read breaks, the part when sending it does', async () => {
    const { source, destination, task } = await longFile()
    const broken = failing(source, first(1, 'get', fault('network')))
    const [from, to] = [counting(broken), counting(losingAnswers(destination, first(1, 'putLongPart', fault('timeout'))))]
    expect(await copyBatch({ ...task, source: from.storage, destination: to.storage })).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(from.calls.filter(({ operation }) => operation === 'get').length).toBeLessThanOrEqual(10 + 1 + 4)
    expect(to.calls.filter(({ operation }) => operation === 'putLongPart')).toHaveLength(4)
    expect(await read(destination, 'large')).toEqual(someBytes(size))
  })

  it('are brought to their end past the deadline, and ended at a piece by a cut', async () => {
    const { source, task } = await longFile(someBytes(2 * size))
    let reads = 0
    const late = failing(source, ({ operation }) => void (operation === 'get' && reads++))
    const atDeadline = await copyBatch({ ...task, source: late, deadlineMs: 1, now: () => (reads === 0 ? 0 : 2) })
    expect(atDeadline).toMatchObject({ done: false, uploads: [{ parts: { length: 3 } }] })
    const cut = new AbortController()
    reads = 0
    const stopping = failing(source, ({ operation }) => void (operation === 'get' && ++reads === 5 && cut.abort()))
    const atCut = await copyBatch({ ...task, source: stopping, destination: openMemory({ limits: { minPartBytes: 256 * KiB } }), cut: cut.signal })
    expect(atCut).toMatchObject({ done: false, uploads: [{ parts: [] }] })
    expect(reads).toBeLessThanOrEqual(7)
  })

  it('give their memory back however they end', async () => {
    const { source, destination, task } = await longFile()
    const refused = failing(destination, ({ operation }) => (operation === 'putLongPart' ? fault('forbidden') : undefined))
    expect(await copyBatch({ ...task, destination: refused })).toMatchObject({ failures: { Forbidden: 1 } })
    const gone = failing(source, first(1, 'get', fault('not-found')))
    expect(await copyBatch({ ...task, source: gone })).toMatchObject({ failures: { SourceGone: 1 } })
    const all = await task.pieces.take(128 * KiB)
    all.release()
  })

  it('found to be other bytes than were sent are sent anew once, then fail as ChecksumMismatch', async () => {
    const { destination, task } = await longFile()
    const { multipart } = destination
    if (multipart?.putLongPart === undefined) throw new Error('no long parts')
    const put = multipart.putLongPart
    let lies = 0
    const liar = (times: number): Storage => ({
      ...destination,
      multipart: { ...multipart, putLongPart: async (...call) => ({ ...(await put(...call)), ...(++lies <= times && { hashes: { crc64: '1' } }) }) },
    })
    expect(await copyBatch({ ...task, destination: liar(1) })).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    lies = 0
    expect(await copyBatch({ ...task, destination: liar(Infinity) })).toMatchObject({ done: true, failures: { ChecksumMismatch: 1 } })
  })
})

describe('an object larger than the destination takes', () => {
  it('fails as TooLarge, by name, before a byte is read or an upload begun', async () => {
    const source = openMemory()
    await put(source, 'large', someBytes(size))
    const [from, to] = [counting(source), counting(openMemory({ limits: { maxObjectBytes: size - 1 } }))]
    const result = await copyBatch(rig({ source: from.storage, destination: to.storage, entries: await entriesOf(source), largeBytes }))
    expect(result.outcomes).toMatchObject([{ key: 'large', kind: 'failed', code: 'TooLarge', description: expect.stringContaining(String(size - 1)) }])
    expect([...from.calls, ...to.calls]).toEqual([])
  })
})

describe('an upload whose beginning fails for good', () => {
  it('is aborted where it was begun after all', async () => {
    const begun = await left()
    const fresh = openMemory({ store: begun.store.name })
    begun.store.uploads.clear()
    const to = losingAnswers(fresh, ({ operation }) => (operation === 'create' ? new StorageError('lost', { kind: 'timeout' }) : undefined))
    const result = await copyBatch(rig({ source: begun.source, destination: to, entries: begun.entries.slice(1), previous: { outcomes: [], uploads: [], tries: { large: { failed: 4, throttled: 0 } } } }))
    expect(result).toMatchObject({ done: true, failures: { Network: 1 } })
    expect(begun.store.uploads.size).toBe(0)
  })
})
