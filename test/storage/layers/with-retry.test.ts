import { describe, expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import type { StorageErrorDetails } from '../../../storage/error.ts'
import { Faults, withFaults } from '../../../storage/layers/with-faults.ts'
import { withRetry, type RetryOptions } from '../../../storage/layers/with-retry.ts'
import { expectFailure, noMetadata, put, read } from '../../conformance/tools.ts'

const busy: StorageErrorDetails = { kind: 'unavailable' }
const throttled: StorageErrorDetails = { kind: 'throttled' }

function setUp(error: StorageErrorDetails, times: number, options: RetryOptions = {}) {
  const waits: number[] = []
  const faults = new Faults().add({ do: { kind: 'fail', error }, times })
  const memory = openMemory()
  const storage = withRetry(withFaults(memory, faults), { random: () => 1, wait: async (ms) => void waits.push(ms), ...options })
  return { storage, memory, waits, faults }
}

describe('calls without a body are repeated', () => {
  it('up to four times in all, each wait twice the one before', async () => {
    const { storage, waits } = setUp(busy, 3)
    expect(await storage.list()).toEqual({ entries: [] })
    expect(waits).toEqual([200, 400, 800])
  })

  it('and the last failure is told', async () => {
    const { storage, waits, faults } = setUp(busy, Infinity)
    await expectFailure(storage.head('key'), 'unavailable')
    expect(waits).toHaveLength(3)
    expect(faults.struck).toBe(4)
  })

  it('after a random part of the wait', async () => {
    const { storage, waits } = setUp(busy, 2, { random: () => 0 })
    await storage.list()
    expect(waits).toEqual([100, 200])
  })

  it('after as long as the store asks for', async () => {
    const { storage, waits } = setUp({ ...busy, retryAfterMs: 3_000 }, 1)
    await storage.list()
    expect(waits).toEqual([3_000])
  })

  it('not when the store asks for too long', async () => {
    const { storage, waits } = setUp({ ...busy, retryAfterMs: 60_000 }, 1)
    await expectFailure(storage.list(), 'unavailable')
    expect(waits).toEqual([])
  })

  it('not when it would not help', async () => {
    const { storage, faults } = setUp({ kind: 'forbidden' }, Infinity)
    await expectFailure(storage.list(), 'forbidden')
    expect(faults.struck).toBe(1)
  })

  it('not once the signal has fired during a wait', async () => {
    const { memory } = setUp(busy, 0)
    const faults = new Faults().add({ do: { kind: 'fail', error: busy } })
    const controller = new AbortController()
    const storage = withRetry(withFaults(memory, faults), { random: () => 1, backoff: { firstMs: 60_000, maxMs: 60_000 } })
    const failure = expectFailure(storage.list({ signal: controller.signal }), 'aborted')
    controller.abort()
    await failure
    expect(faults.struck).toBe(1)
  })

  it('for a minute where the store asks everybody to go slower, so often as that takes', async () => {
    let nowMs = 0
    const wait = async (ms: number) => void (nowMs += ms)
    const { storage, faults } = setUp({ kind: 'throttled', scope: 'address', retryAfterMs: 60_000 }, 9, { wait, now: () => nowMs })
    expect(await storage.list()).toEqual({ entries: [] })
    faults.clear()
    faults.add({ do: { kind: 'fail', error: { kind: 'throttled', scope: 'address' } } })
    nowMs = 0
    await expectFailure(storage.list(), 'throttled')
    expect(nowMs).toBeGreaterThanOrEqual(60_000)
    expect(nowMs).toBeLessThan(80_000)
  })

  it('a lost answer of a delete does no harm', async () => {
    const memory = openMemory()
    await put(memory, 'key')
    const faults = new Faults().add({ operation: 'delete', times: 1, do: { kind: 'lose-answer', error: { kind: 'network' } } })
    await withRetry(withFaults(memory, faults), { wait: async () => {} }).delete('key')
    await expectFailure(memory.head('key'), 'not-found')
  })
})

describe('what moves bytes or makes something is never repeated', () => {
  it.each(['get', 'put', 'create', 'putPart', 'complete'] as const)('%s', async (operation) => {
    const memory = openMemory()
    await put(memory, 'key')
    const upload = await memory.multipart?.create('key', { ...noMetadata, size: 1, partBytes: 1 })
    const faults = new Faults().add({ operation, do: { kind: 'fail', error: throttled } })
    const storage = withRetry(withFaults(memory, faults), { wait: async () => {} })
    if (!upload || !storage.multipart) throw new Error('no multipart')
    const calls = {
      get: () => read(storage, 'key'),
      put: () => put(storage, 'key'),
      create: () => storage.multipart?.create('key', { ...noMetadata, size: 1, partBytes: 1 }) ?? Promise.resolve(),
      putPart: () => storage.multipart?.putPart(upload, 1, []) ?? Promise.resolve(),
      complete: () => storage.multipart?.complete(upload, [], {}) ?? Promise.resolve(),
    }
    await expectFailure(calls[operation](), 'throttled')
    expect(faults.struck).toBe(1)
  })
})
