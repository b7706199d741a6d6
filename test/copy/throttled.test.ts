import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { Faults } from '../../storage/layers/with-faults.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startOssServer, type StoreServer } from '../servers/stores/server.ts'
import { awaitUntil } from '../support/await-until.ts'
import { entriesOf, failing, fault, KiB, put, rig, someBytes } from './support.ts'

/** The clock of a test moves these too. */
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener('abort', () => (clearTimeout(timer), reject(new Error('aborted'))), { once: true })
    }),
}))

const key = { accessKeyId: 'throttled-key', accessKeySecret: 'throttled-secret' }
const second = 1_000
let oss: StoreServer
const opened: Storage[] = []

beforeAll(async () => {
  oss = await startOssServer({ buckets: [{ name: 'archive' }], keys: [key] })
})
afterEach(async () => {
  oss.faults.clear()
  for (const storage of opened.splice(0)) await storage.close()
})
afterAll(() => oss?.close())

async function openArchive(more: { maxRequestsPerSecond?: number; prefix?: string } = {}): Promise<Storage> {
  const storage = await openStorage({ vendor: 'oss', endpoint: oss.endpoint, region: oss.region, bucket: 'archive', ...key, ...more })
  opened.push(storage)
  return storage
}

async function filled(count: number): Promise<Storage> {
  const source = openMemory()
  for (let i = 0; i < count; i++) await put(source, `file ${i}`, someBytes(KiB, i + 1))
  return source
}

/** How many requests of an operation came in each second from now on. */
function watchRequests(operation: string) {
  const perSecond: number[] = []
  const count = () => oss.counters.counts().operations[operation] ?? 0
  let before = count()
  const timer = setInterval(() => {
    const now = count()
    perSecond.push(now - before)
    before = now
  }, second)
  return { perSecond, stop: () => clearInterval(timer) }
}

const statuses = (status: number): number => oss.counters.counts().statuses[String(status)] ?? 0
/** PUTs a second that the store takes. */
const allowed = 20
const large = { pool: makeRequestPool(64), pieces: makePiecePool() }

describe('a destination that throttles', { timeout: 60_000 }, () => {
  it('is asked less until it answers, and more again once it allows that; every file arrives', async () => {
    const [source, destination] = [await filled(500), await openArchive()]
    const entries = await entriesOf(source)
    oss.faults.add({ id: 'limit', operation: 'PutObject', aboveRate: allowed, do: { kind: 'error', code: 'SlowDown', status: 503 } })
    const watch = watchRequests('PutObject')
    const copying = copyBatch(rig({ source, destination, entries, ...large }))
    await awaitUntil(() => destination.turns?.slowed)
    await awaitUntil(() => watch.perSecond.length >= 5)
    const refused = statuses(503)
    oss.faults.clear()
    const result = await copying
    watch.stop()
    console.log(`PUTs a second, ${allowed} allowed for 5 s: ${watch.perSecond.join(' ')}; ${refused} refused`)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: entries.length }, failed: { files: 0 } } })
    for (const count of watch.perSecond.slice(2, 5)) expect(count).toBeLessThan(2.5 * allowed)
    expect(Math.max(...watch.perSecond.slice(5))).toBeGreaterThan(1.7 * allowed)
  })

  it('is asked nothing before the moment that it names, and no file is blamed', async () => {
    const [source, destination] = [await filled(200), await openArchive({ prefix: 'held/' })]
    const slowDown = { kind: 'error', code: 'SlowDown', status: 503, retryAfterSeconds: 2 } as const
    oss.faults.add({ id: 'hold', operation: 'PutObject', times: 20, do: slowDown })
    oss.counters.reset()
    const watch = watchRequests('PutObject')
    const started = performance.now()
    const result = await copyBatch(rig({ source, destination, entries: await entriesOf(source), ...large }))
    watch.stop()
    console.log(`PUTs a second, each refusal asks for 2 s: ${watch.perSecond.join(' ')}`)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 200 }, failed: { files: 0 } } })
    expect(performance.now() - started).toBeGreaterThan(2 * second)
    expect(oss.counters.counts().operations['PutObject']).toBe(220)
  })
})

describe('maxRequestsPerSecond', { timeout: 60_000 }, () => {
  it('is kept by all that a process does at an address', async () => {
    const [source, destination] = [await filled(200), await openArchive({ maxRequestsPerSecond: 50, prefix: 'limited/' })]
    const watch = watchRequests('PutObject')
    const started = performance.now()
    await copyBatch(rig({ source, destination, entries: await entriesOf(source), ...large }))
    watch.stop()
    console.log(`PUTs a second, 50 wanted: ${watch.perSecond.join(' ')}`)
    expect(performance.now() - started).toBeGreaterThan(200 / 50 * second * 0.95)
    expect(Math.max(...watch.perSecond)).toBeLessThanOrEqual(55)
    expect(destination.turns?.slowed).toBe(false)
  })
})

describe('a store that answers nothing but that it is asked too much', () => {
  beforeEach(async () => {
    // What is loaded once would let the clock of these tests run away.
    const source = await filled(1)
    await copyBatch(rig({ source, destination: openMemory(), entries: await entriesOf(source) }))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
  })
  afterEach(() => void vi.useRealTimers())

  /** Lets the clock go on while the work does. */
  async function passing<T>(work: Promise<T>, step: () => void = () => {}): Promise<T> {
    let ended = false
    void work.finally(() => (ended = true)).catch(() => undefined)
    while (!ended) {
      await vi.advanceTimersByTimeAsync(250)
      for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
      step()
    }
    return await work
  }

  async function outage(forMs: number) {
    const source = await filled(30)
    const faults = new Faults().add({ do: { kind: 'fail', error: { kind: 'throttled', code: 'SlowDown' } } })
    const destination = await openStorage({ vendor: 'memory', store: crypto.randomUUID() }, { faults })
    const entries = await entriesOf(source)
    const until = Date.now() + forMs
    let turns = 0
    let previous = await turn()
    while (!previous.done && previous.blocked === undefined) previous = await turn()
    return { result: previous, turns }

    async function turn() {
      turns++
      const work = copyBatch(rig({ source, destination, entries, deadlineMs: Date.now() + 60_000, ...large, ...(turns > 1 && { previous }) }))
      return await passing(work, () => {
        if (Date.now() >= until) faults.clear()
      })
    }
  }

  it('is waited for over the turns of the batch, and no file fails', async () => {
    const { result, turns } = await outage(5 * 60_000)
    expect(turns).toBeGreaterThanOrEqual(3)
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 30 }, failed: { files: 0 } } })
  })

  it('is at fault after ten minutes, and still no file is', async () => {
    const { result } = await outage(60 * 60_000)
    expect(result).toMatchObject({ done: false, outcomes: [], blocked: { code: 'DestThrottled' } })
    expect(result.blocked?.message).toMatch(/^The destination asks to go slower and answers nothing else: .*SlowDown/)
  })

  it('one object that is refused again and again while others are answered fails by name', async () => {
    const source = failing(await filled(2), ({ operation, key }) => (operation === 'get' && key === 'file 1' ? fault('throttled') : undefined))
    const work = copyBatch(rig({ source, destination: openMemory(), entries: await entriesOf(source) }))
    expect(await passing(work)).toMatchObject({ done: true, failures: { SourceThrottled: 1 }, counts: { completed: { files: 1 } } })
  })
})
