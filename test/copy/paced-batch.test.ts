import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { copyBatch, type BatchResult } from '../../copy/copy-batch.ts'
import type { CopyTask } from '../../copy/copy-task.ts'
import { Pace } from '../../copy/pace.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { lasting } from '../../model/flow/limit.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { counting, entriesOf, failing, fault, first, KiB, put, read, rig, someBytes } from './support.ts'

const MiB = 1024 * KiB
const second = 1_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** Lets the clock go on while the batch is at work, as fast as its work allows. */
async function within<T>(work: Promise<T>, step: () => void = () => {}): Promise<T> {
  let done = false
  const settled = work.finally(() => (done = true))
  settled.catch(() => {})
  while (!done) {
    await vi.advanceTimersByTimeAsync(5)
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
    step()
  }
  return await settled
}

interface Watched {
  readonly storage: Storage
  readonly taken: { readonly at: number; readonly bytes: number }[]
  /** GETs that are open now, and the most that ever were. */
  open: number
  mostOpen: number
}

function watch(inner: Storage): Watched {
  const watched: Watched = {
    taken: [], open: 0, mostOpen: 0,
    storage: {
      ...inner,
      get: async (key, sink, options) => {
        watched.mostOpen = Math.max(watched.mostOpen, ++watched.open)
        try {
          return await inner.get(key, (chunk) => {
            watched.taken.push({ at: Date.now(), bytes: chunk.length })
            return sink(chunk)
          }, options)
        } finally {
          watched.open--
        }
      },
    },
  }
  return watched
}

const sum = (taken: Watched['taken'], from = -Infinity, to = Infinity): number =>
  taken.filter(({ at }) => at > from && at <= to).reduce((total, { bytes }) => total + bytes, 0)
const busiest = (taken: Watched['taken'], windowMs: number): number => Math.max(...taken.map(({ at }) => sum(taken, at - windowMs, at)))

const pacedAt = (bytesPerSecond: number | null) => new Pace(lasting(bytesPerSecond), Date.now)
const large = (task: Pick<CopyTask, 'source' | 'destination' | 'entries'> & Partial<CopyTask>) => rig({ pool: makeRequestPool(64), pieces: makePiecePool(64 * MiB, 8 * MiB), ...task })

async function filled(sizes: readonly number[]): Promise<Storage> {
  const source = openMemory()
  for (const [i, size] of sizes.entries()) await put(source, `file ${String(i).padStart(4, '0')}`, someBytes(size, i + 1))
  return source
}

async function expectCopied(source: Storage, destination: Storage, result: BatchResult): Promise<void> {
  expect(result).toMatchObject({ done: true, counts: { failed: { files: 0 } } })
  for (const { key } of await entriesOf(source)) expect((await read(destination, key)).equals(await read(source, key))).toBe(true)
}

describe('a batch with a pace', () => {
  it.each([
    ['small files', Array.from({ length: 600 }, () => 50 * KiB), 2 * MiB],
    ['large files', [9 * MiB, 7 * MiB, 8 * MiB, 6 * MiB, 30 * KiB, 0], 2 * MiB],
    ['parts of a file', [40 * MiB], 4 * MiB],
    ['files of all sizes under a low limit', [3 * MiB, 10, 200 * KiB, 64 * KiB, 2 * MiB, 90 * KiB], 512 * KiB],
  ])('takes %s at the limit, not above it', async (_, sizes, limit) => {
    const source = await filled(sizes)
    const [from, destination, start] = [watch(source), openMemory(), Date.now()]
    const result = await within(copyBatch(large({ source: from.storage, destination, entries: await entriesOf(source), pace: pacedAt(limit), now: Date.now })))
    const elapsedMs = Date.now() - start
    expect(busiest(from.taken, 10 * second)).toBeLessThanOrEqual(1.1 * 10 * limit)
    expect(sum(from.taken)).toBeGreaterThanOrEqual((0.9 * limit * elapsedMs) / second)
    await expectCopied(source, destination, result)
  })

  it('opens no more reads than can go on, and none before its first tokens', async () => {
    const source = await filled(Array.from({ length: 30 }, () => 3 * MiB))
    const from = watch(source)
    const pace = pacedAt(2 * MiB)
    const work = copyBatch(large({ source: from.storage, destination: openMemory(), entries: await entriesOf(source), pace, now: Date.now }))
    let beforeTokens = 0
    const result = await within(work, () => (beforeTokens = Math.max(beforeTokens, sum(from.taken) - pace.taken)))
    expect(result.done).toBe(true)
    expect(beforeTokens).toBeLessThanOrEqual(0)
    expect(from.mostOpen).toBeLessThanOrEqual(8)
  })

  it('asks for parts little by little under a low limit, as much as is paid for soon', async () => {
    const source = await filled([20 * MiB])
    const asked: number[] = []
    const from: Storage = { ...source, get: (key, sink, options) => {
      if (options?.range) asked.push(options.range.last - options.range.first + 1)
      return source.get(key, sink, options)
    } }
    const destination = openMemory()
    const limit = 4 * MiB
    const result = await within(copyBatch(large({ source: from, destination, entries: await entriesOf(source), pace: pacedAt(limit), now: Date.now })))
    expect(asked.length).toBeGreaterThanOrEqual(10)
    expect(Math.max(...asked)).toBeLessThanOrEqual(limit / 2)
    await expectCopied(source, destination, result)
  })

  it('opens more reads of large files where each is slow, so that the limit is used', async () => {
    const source = await filled(Array.from({ length: 20 }, () => 3 * MiB))
    const slow: Storage = { ...source, get: (key, sink, options) => source.get(key, async (chunk) => {
      await new Promise((resolve) => setTimeout(resolve, 125))
      await sink(chunk)
    }, options) }
    const [from, limit] = [watch(slow), 4 * MiB]
    const work = copyBatch(large({ source: from.storage, destination: openMemory(), entries: await entriesOf(source), pace: pacedAt(limit), now: Date.now }))
    expect((await within(work)).done).toBe(true)
    expect(busiest(from.taken, 4 * second)).toBeGreaterThanOrEqual(0.9 * 4 * limit)
    expect(busiest(from.taken, 10 * second)).toBeLessThanOrEqual(1.1 * 10 * limit)
  })

  it('opens more reads where each is slow, so that the limit is used', async () => {
    const source = await filled(Array.from({ length: 400 }, () => 60 * KiB))
    const slow: Storage = { ...source, get: async (key, sink, options) => {
      await new Promise((resolve) => setTimeout(resolve, 700))
      return await source.get(key, sink, options)
    } }
    const [from, start, limit] = [watch(slow), Date.now(), 2 * MiB]
    const work = copyBatch(large({ source: from.storage, destination: openMemory(), entries: await entriesOf(source), pace: pacedAt(limit), now: Date.now }))
    expect((await within(work)).done).toBe(true)
    expect(busiest(from.taken, 10 * second)).toBeLessThanOrEqual(1.1 * 10 * limit)
    expect(sum(from.taken)).toBeGreaterThanOrEqual((0.9 * limit * (Date.now() - start - second)) / second)
  })

  it('counts a piece that is fetched again twice', async () => {
    const source = await filled([MiB])
    const destination = failing(openMemory(), first(1, 'put', fault('network')))
    const pace = pacedAt(null)
    const work = copyBatch(large({ source, destination, entries: await entriesOf(source), pace, now: Date.now }))
    expect(await within(work)).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
    expect(pace.taken).toBe(2 * MiB)
  })

  it('begins nothing while it is held, and goes on at once when it may', async () => {
    const source = await filled([MiB, 10, 0])
    const [from, destination, pace] = [counting(source), openMemory(), pacedAt(0)]
    const start = Date.now()
    const work = copyBatch(large({ source: from.storage, destination, entries: await entriesOf(source), pace, now: Date.now }))
    const result = await within(work, () => {
      if (Date.now() - start >= 20 * second && from.calls.length === 0) pace.set(lasting(null))
    })
    expect(Date.now() - start).toBeLessThan(20.2 * second)
    await expectCopied(source, destination, result)
  })

  it.each(['cut', 'signal', 'deadline'] as const)('ends waiting at once by its %s, held or within a piece', async (how) => {
    const source = await filled([6 * MiB, 6 * MiB, 10])
    for (const limit of [0, 100 * KiB, MiB]) {
      const [end, start] = [new AbortController(), Date.now()]
      const timers = vi.getTimerCount()
      const endings = { cut: { cut: end.signal }, signal: { signal: end.signal }, deadline: { deadlineMs: start + 5 * second } }[how]
      const task = large({ source, destination: openMemory(), entries: await entriesOf(source), pace: pacedAt(limit), now: Date.now, ...endings })
      const work = copyBatch(task).then((result) => result.done, (error: unknown) => String(error))
      const ended = await within(work, () => {
        if (Date.now() - start >= 5 * second) end.abort()
      })
      expect(ended).toBe(how === 'signal' ? 'StorageError: The work was stopped.' : false)
      if (how !== 'deadline' || limit < MiB) expect(Date.now() - start).toBeLessThan(5.2 * second)
      expect(vi.getTimerCount()).toBe(timers)
    }
  })
})
