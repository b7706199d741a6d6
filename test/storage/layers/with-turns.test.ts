import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import type { StorageErrorDetails } from '../../../storage/error.ts'
import { isStorageError } from '../../../storage/error.ts'
import { Faults, withFaults } from '../../../storage/layers/with-faults.ts'
import { RequestTurns, type TurnsOptions } from '../../../storage/layers/request-turns.ts'
import { withTurns } from '../../../storage/layers/with-turns.ts'
import type { Storage } from '../../../storage/storage.ts'
import { expectFailure } from '../../conformance/tools.ts'

const throttled: StorageErrorDetails = { kind: 'throttled' }

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function setUp(options: TurnsOptions = {}) {
  const faults = new Faults()
  const turns = new RequestTurns(options)
  const seen: number[] = []
  const noting: Storage = openMemory()
  const list = noting.list
  const storage = withTurns(withFaults({ ...noting, list: (asked) => (seen.push(performance.now()), list(asked)) }, faults), turns)
  return { storage, turns, faults, seen }
}

/** Calls until it is told to end, so many at a time. */
function keepCalling({ storage }: Pick<ReturnType<typeof setUp>, 'storage'>, atOnce: number) {
  let ended = false
  let refused = 0
  const one = async (): Promise<void> => {
    while (!ended) {
      await storage.list().catch((error: unknown) => void (isStorageError(error, 'throttled') && refused++))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const all = Promise.all(Array.from({ length: atOnce }, one))
  return {
    refused: () => refused,
    async end() {
      ended = true
      await vi.advanceTimersByTimeAsync(200_000)
      await all
    },
  }
}

const within = (seen: readonly number[], fromMs: number, toMs: number): number => seen.filter((at) => at >= fromMs && at < toMs).length

describe('turns', () => {
  it('ask nobody to wait where there is no limit and nothing was refused', () => {
    const { turns } = setUp()
    expect(Array.from({ length: 1_000 }, () => turns.begin())).toEqual(Array.from({ length: 1_000 }, () => undefined))
    expect(turns.room()).toBeUndefined()
  })

  it('space calls evenly where there is a limit, in their order, and ask nothing of rare ones', async () => {
    const { storage, seen } = setUp({ most: 10 })
    const calls = Promise.all([storage.list(), storage.list(), storage.list()])
    const start = performance.now()
    await vi.advanceTimersByTimeAsync(1_000)
    await calls
    await storage.list()
    expect(seen.map((at) => at - start)).toEqual([0, 100, 200, 1_000])
  })

  it.each([7, 100, 1_500])('keep to %i calls a second, however many ask', async (most) => {
    const rig = setUp({ most })
    const start = performance.now()
    const calling = keepCalling(rig, 100)
    await vi.advanceTimersByTimeAsync(5_000)
    for (let ms = 0; ms < 4_000; ms += 250) expect(within(rig.seen, start + ms, start + ms + 1_000)).toBeLessThanOrEqual(most * 1.06 + 1)
    expect(within(rig.seen, start, start + 5_000)).toBeGreaterThanOrEqual(Math.min(most, 5_000) * 5 * 0.9)
    await calling.end()
  })

  it('are for all storages of an address together', async () => {
    const { turns, storage, seen } = setUp({ most: 10 })
    const other = withTurns(openMemory(), turns)
    const start = performance.now()
    const calls = Promise.all([storage.list(), other.list(), storage.list()])
    await vi.advanceTimersByTimeAsync(1_000)
    await calls
    expect(seen.map((at) => at - start)).toEqual([0, 200])
  })

  it('end with the signal of who waits, and leave the turn to the next', async () => {
    const { storage, seen } = setUp({ most: 1 })
    const start = performance.now()
    await storage.list()
    const controller = new AbortController()
    const failure = expectFailure(storage.list({ signal: controller.signal }), 'aborted')
    const next = storage.list()
    controller.abort()
    await failure
    await expectFailure(storage.list({ signal: controller.signal }), 'aborted')
    await vi.advanceTimersByTimeAsync(1_000)
    await next
    expect(seen.map((at) => at - start)).toEqual([0, 1_000])
  })

  it('give room to those who are about to call, as often as calls may begin, and only when no call waits', async () => {
    const { turns, storage } = setUp({ most: 10 })
    const given: string[] = []
    const room = async (name: string): Promise<void> => {
      await turns.room()
      given.push(name)
    }
    const waiting = [room('a'), room('b'), storage.list(), storage.list(), storage.list(), room('c')]
    await vi.advanceTimersByTimeAsync(1)
    expect(given).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(180)
    expect(given).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(500)
    await Promise.all(waiting)
    expect(given).toEqual(['a', 'b', 'c'])
  })
})

describe('a store that asks to go slower', () => {
  it('is asked half as often, and then more again until nothing is limited', async () => {
    const rig = setUp()
    const calling = keepCalling(rig, 10)
    const start = performance.now()
    await vi.advanceTimersByTimeAsync(2_000)
    const before = within(rig.seen, start + 1_000, start + 2_000)
    rig.faults.add({ times: 1, do: { kind: 'fail', error: throttled } })
    await vi.advanceTimersByTimeAsync(6_000)
    const rates = [2, 3, 4, 5, 6, 7].map((s) => within(rig.seen, start + s * 1_000, start + (s + 1) * 1_000))
    console.log(`calls a second: ${before} before, then ${rates.join(' ')}`)
    expect(calling.refused()).toBe(1)
    expect(rates[1]).toBeLessThan(0.75 * before)
    expect(rates[3]).toBeGreaterThan(rates[1]!)
    expect(rates[5]).toBeGreaterThan(0.9 * before)
    expect(rig.turns.room()).toBeUndefined()
    await calling.end()
  })

  it('is asked nothing before the moment that it names, by any call', async () => {
    const rig = setUp()
    const start = performance.now()
    rig.faults.add({ times: 1, do: { kind: 'fail', error: { ...throttled, retryAfterMs: 3_000 } } })
    await expectFailure(rig.storage.list(), 'throttled')
    expect(rig.turns.slowed).toBe(true)
    const calling = keepCalling(rig, 5)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(within(rig.seen, start + 1, start + 3_000)).toBe(0)
    expect(within(rig.seen, start + 3_000, start + 4_001)).toBeGreaterThan(0)
    await calling.end()
    expect(rig.turns.slowed).toBe(false)
  })

  it('blames the address only where nothing else was answered meanwhile, and gives up on it after ten minutes', async () => {
    const { storage, faults } = setUp()
    const failure = () => storage.list().then(() => undefined, (error: unknown) => (isStorageError(error) ? error : undefined))
    const hold = Promise.withResolvers<void>()
    faults.add({ times: 1, do: { kind: 'hold', until: hold.promise } }, { skip: 0, times: 1, do: { kind: 'fail', error: throttled } })
    const refused = failure()
    await vi.advanceTimersByTimeAsync(1)
    await storage.list()
    hold.resolve()
    expect(await refused).toMatchObject({ kind: 'throttled', scope: 'file', retryable: true })
    faults.add({ do: { kind: 'fail', error: throttled } })
    const tell = async () => {
      const told = failure()
      await vi.advanceTimersByTimeAsync(2_000)
      return await told
    }
    expect(await tell()).toMatchObject({ kind: 'throttled', scope: 'address', retryable: true })
    for (let minute = 0; minute < 10; minute++) {
      await vi.advanceTimersByTimeAsync(58_000)
      await tell()
    }
    expect(await tell()).toMatchObject({ kind: 'throttled', scope: 'address', retryable: false })
    faults.clear()
    await tell()
    faults.add({ do: { kind: 'fail', error: throttled } })
    expect(await tell()).toMatchObject({ retryable: true })
  })
})
