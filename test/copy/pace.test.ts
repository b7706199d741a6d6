import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../../copy/pace.ts'
import { lasting } from '../../model/flow/limit.ts'
import { printedSeed } from '../support/seed.ts'

const second = 1_000
const MB = 1_000_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const paced = (bytesPerSecond: number | null, now: () => number = Date.now) => new Pace(lasting(bytesPerSecond), now)

/** Whether a promise has settled, without waiting for it. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false
  void promise.then(() => (done = true), () => (done = true))
  await vi.advanceTimersByTimeAsync(0)
  return done
}

interface Grant {
  readonly at: number
  readonly bytes: number
}

/** Takes again and again until `untilMs`, each the next of `sizes`. */
async function demand(pace: Pace, sizes: readonly number[], untilMs: number, grants: Grant[]): Promise<void> {
  for (let i = 0; Date.now() < untilMs; i++) {
    const bytes = sizes[i % sizes.length]!
    await pace.take(bytes)
    grants.push({ at: Date.now(), bytes })
  }
}

const sumOf = (grants: readonly Grant[]): number => grants.reduce((sum, { bytes }) => sum + bytes, 0)

/** The most that was granted in any stretch of so long. */
function busiest(grants: readonly Grant[], windowMs: number): number {
  let [most, sum, first] = [0, 0, 0]
  for (const { at, bytes } of grants) {
    sum += bytes
    while (grants[first]!.at <= at - windowMs) sum -= grants[first++]!.bytes
    most = Math.max(most, sum)
  }
  return most
}

describe('a pace', () => {
  it('grants any ten seconds at most 1.1 × the limit, and 95 % of it where there is demand, also by a timer that is late', async () => {
    const sizes = fc.array(fc.integer({ min: 10_000, max: 300_000 }), { minLength: 1, maxLength: 5 })
    const property = fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 8 }), fc.integer({ min: 500_000, max: 8 * MB }), fc.constantFrom(1, 40, 90), async (takers, limit, tickMs) => {
      const pace = paced(limit, () => Math.floor(Date.now() / tickMs) * tickMs)
      const start = Date.now()
      const all = Promise.all(takers.map((sizesOfOne) => demand(pace, sizesOfOne, start + 20 * second, [])))
      const grants: Grant[] = []
      for (let before = 0; Date.now() < start + 20 * second; before = pace.taken) {
        await vi.advanceTimersByTimeAsync(50)
        grants.push({ at: Date.now(), bytes: pace.taken - before })
      }
      expect(busiest(grants, 10 * second)).toBeLessThanOrEqual(1.1 * 10 * limit)
      expect(sumOf(grants)).toBeGreaterThanOrEqual(0.95 * 20 * limit)
      pace.set(lasting(null))
      await all
      expect(vi.getTimerCount()).toBe(0)
    })
    await fc.assert(property, { numRuns: 12, seed: printedSeed('pace') })
  })

  it('wakes all who wait when the limit is raised, taken away or set again', async () => {
    const pace = paced(1_000)
    const [first, second_] = [pace.take(50_000), pace.take(50_000)]
    expect([await isDone(first), await isDone(second_)]).toEqual([false, false])
    pace.set(lasting(null))
    expect([await isDone(first), await isDone(second_)]).toEqual([true, true])
    pace.set(lasting(1_000))
    const third = pace.take(100_000)
    await vi.advanceTimersByTimeAsync(second)
    pace.set(lasting(MB))
    await vi.advanceTimersByTimeAsync(105)
    expect(await isDone(third)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('holds at 0 for as long as that lasts, without a timer', async () => {
    const pace = paced(0)
    const waiting = pace.take(1)
    await vi.advanceTimersByTimeAsync(3_600 * second)
    expect([await isDone(waiting), vi.getTimerCount()]).toEqual([false, 0])
    pace.set(lasting(1_000))
    await vi.advanceTimersByTimeAsync(2)
    expect(await isDone(waiting)).toBe(true)
  })

  it('stops what is on its way when it is held', async () => {
    const pace = paced(MB)
    const waiting = pace.take(2 * MB)
    await vi.advanceTimersByTimeAsync(1_900)
    pace.set(lasting(0))
    await vi.advanceTimersByTimeAsync(60 * second)
    expect([await isDone(waiting), vi.getTimerCount()]).toEqual([false, 0])
  })

  it('lets go at once whoever gives up, and gives their tokens to the next', async () => {
    const pace = paced(MB)
    const stop = new AbortController()
    const given = pace.take(10 * MB, { signal: stop.signal })
    const next = pace.take(200_000)
    await vi.advanceTimersByTimeAsync(200)
    stop.abort()
    await expect(given).rejects.toMatchObject({ kind: 'aborted' })
    expect(await isDone(next)).toBe(true)
    await expect(pace.take(1, { signal: stop.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('serves in order; who asks for more than the bucket holds gets it by turns', async () => {
    const pace = paced(MB)
    const order: string[] = []
    const take = (name: string, bytes: number) => pace.take(bytes).then(() => order.push(name))
    void take('huge', 5 * MB)
    for (const name of ['a', 'b', 'c']) void take(name, 100_000)
    await vi.advanceTimersByTimeAsync(600)
    expect(order).toEqual(['a', 'b', 'c'])
    await vi.advanceTimersByTimeAsync(4_800)
    expect(order).toEqual(['a', 'b', 'c', 'huge'])
  })

  it('has one timer for ten thousand who wait, and lets them go at once', async () => {
    const pace = paced(MB)
    const stop = new AbortController()
    const waiting = Array.from({ length: 10_000 }, (_, i) => pace.take(10_000, i % 2 ? { signal: stop.signal } : {}))
    const settled = Promise.allSettled(waiting)
    await vi.advanceTimersByTimeAsync(second)
    expect(vi.getTimerCount()).toBe(1)
    stop.abort()
    pace.set(lasting(null))
    const results = await settled
    const granted = results.filter(({ status }) => status === 'fulfilled').length
    expect(granted).toBeGreaterThanOrEqual(5_000)
    expect(granted).toBeLessThanOrEqual(5_150)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('looks at the age of its allowance when it grants: less from 2.5 s on, nothing from 5 s on, until there is news', async () => {
    const at = Date.now()
    const aging = (from: number) => ({ bytesPerSecond: MB, fullUntilMs: from + 2_500, zeroAtMs: from + 5_000 })
    const pace = new Pace(aging(at), Date.now)
    const grants: Grant[] = []
    void demand(pace, [10_000], at + 60 * second, grants)
    await vi.advanceTimersByTimeAsync(20 * second)
    expect(sumOf(grants) / MB).toBeGreaterThan(3.5)
    expect(sumOf(grants) / MB).toBeLessThanOrEqual(2.5 + 1.25 + 0.01)
    expect(Math.max(...grants.map((grant) => grant.at))).toBeLessThan(at + 5_000)
    expect(vi.getTimerCount()).toBe(0)
    pace.set(aging(Date.now()))
    await vi.advanceTimersByTimeAsync(2 * second)
    expect(sumOf(grants) / MB).toBeGreaterThan(5.4)
  })

  it('grants nothing to a process that was frozen past its allowance', async () => {
    let clock = 0
    const pace = new Pace({ bytesPerSecond: MB, fullUntilMs: 2_500, zeroAtMs: 5_000 }, () => clock)
    clock = 20_000
    expect(pace.tryTake(1)).toBe(false)
  })

  it('tells how it was used: what was taken, and for how much of the time somebody waited', async () => {
    const pace = paced(MB)
    await vi.advanceTimersByTimeAsync(4 * second)
    expect([pace.hasSpare, pace.tryTake(150_000), pace.hasSpare]).toEqual([true, true, false])
    expect(pace.takeUsage()).toEqual({ bytesPerSecond: 37_500, waiting: 0 })
    const waiting = pace.take(600_000)
    await vi.advanceTimersByTimeAsync(second)
    await waiting
    expect(pace.takeUsage()).toEqual({ bytesPerSecond: 600_000, waiting: 0.5 })
  })
})
