import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import { counting, entriesOf, failing, fault, first, jobOptions, keysOf, KiB, losingAnswers, put, read, rig, someBytes } from './support.ts'
import { maxThrottled } from '../../model/tries.ts'

const pair = () => ({ source: openMemory(), destination: openMemory() })

describe('a batch', () => {
  it('copies files of every size whole, with their metadata, and says how each ended', async () => {
    const { source, destination } = pair()
    const sizes = [0, 1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 128 * KiB + 1, 700 * KiB]
    const metadata = { contentType: 'text/plain', cacheControl: 'no-store', contentEncoding: 'gzip', user: { owner: 'Zoë' } }
    for (const size of sizes) await put(source, `file-${size}`, someBytes(size, size), metadata)
    const result = await copyBatch(rig({ source, destination, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: sizes.length }, unverified: 0 }, uploads: [] })
    for (const size of sizes) {
      expect(await read(destination, `file-${size}`)).toEqual(someBytes(size, size))
      expect((await destination.head(`file-${size}`)).metadata).toEqual(metadata)
    }
    const stated = await Promise.all(result.outcomes.map(async ({ key }) => (await destination.head(key)).hashes.crc64))
    expect(result.outcomes.map((outcome) => outcome.kind === 'completed' && outcome.crc64)).toEqual(stated)
  })

  it('needs one GET and one PUT for a small new file', async () => {
    const { source, destination } = pair()
    for (let i = 0; i < 50; i++) await put(source, `f${i}`, `content ${i}`)
    const entries = await entriesOf(source)
    const [from, to] = [counting(source), counting(destination)]
    await copyBatch(rig({ source: from.storage, destination: to.storage, entries }))
    expect([from.calls.length, to.calls.length]).toEqual([50, 50])
  })

  it('says a throttled, broken or reset transfer again until it is through', async () => {
    const { source, destination } = pair()
    await put(source, 'a', 'content')
    const task = rig({
      source: failing(source, first(2, 'get', fault('network'))),
      destination: failing(destination, first(2, 'put', fault('throttled', { retryAfterMs: 1 }))),
      entries: await entriesOf(source),
    })
    expect(await copyBatch(task)).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
  })

  it('reports one bad key with the vendor’s words, and copies the others', async () => {
    const { source, destination } = pair()
    for (const key of ['a', 'bad', 'c']) await put(source, key, key)
    const refused = fault('forbidden', { code: 'AccessDenied', requestId: '5F3A', status: 403 })
    const from = failing(source, ({ operation, key }) => (operation === 'get' && key === 'bad' ? refused : undefined))
    const result = await copyBatch(rig({ source: from, destination, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, failures: { Forbidden: 1 }, counts: { completed: { files: 2 }, failed: { files: 1 } } })
    const bad = result.outcomes.find(({ key }) => key === 'bad')
    expect(bad).toMatchObject({ description: expect.stringMatching(/source.*AccessDenied: made to fail.*403, request 5F3A/) })
  })

  it('blames no file when the whole address is at fault', async () => {
    const { source, destination } = pair()
    for (let i = 0; i < 100; i++) await put(source, `f${String(i).padStart(3, '0')}`, 'x')
    const entries = await entriesOf(source)
    let puts = 0
    const to = failing(destination, ({ operation }) => (operation === 'put' && ++puts > 30 ? fault('expired', { code: 'InvalidToken' }) : undefined))
    const result = await copyBatch(rig({ source, destination: to, entries }))
    expect(result).toMatchObject({ done: false, blocked: { code: 'DestAddrAccessKeyInvalid' }, failures: {}, counts: { completed: { files: 30 } } })
    expect(result.outcomes.every(({ kind }) => kind === 'completed')).toBe(true)
    const next = await copyBatch(rig({ source, destination, entries, previous: result }))
    expect(next).toMatchObject({ done: true, blocked: undefined, counts: { completed: { files: 100 } } })
  })

  it('blames the files when the address works', async () => {
    const { source, destination } = pair()
    for (let i = 0; i < 45; i++) await put(source, `f${i}`, 'x')
    const from = failing(source, ({ operation }) => (operation === 'get' ? fault('forbidden') : undefined))
    const result = await copyBatch(rig({ source: from, destination, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, blocked: undefined, failures: { Forbidden: 45 } })
  })

  it('touches no file again that has an outcome', async () => {
    const { source, destination } = pair()
    for (const key of ['a', 'b']) await put(source, key, key)
    const entries = await entriesOf(source)
    const before = await copyBatch(rig({ source, destination, entries: entries.slice(0, 1) }))
    const [from, to] = [counting(source), counting(destination)]
    const after = await copyBatch(rig({ source: from.storage, destination: to.storage, entries, previous: before }))
    expect(after).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
    expect([...from.calls, ...to.calls].map(({ key }) => key)).toEqual(['b', 'b'])
  })

  it('is cut at a piece, keeps its parts and goes on with those that are missing', async () => {
    const { source, destination } = pair()
    const bytes = someBytes(1_000 * KiB)
    await put(source, 'large', bytes)
    const entries = await entriesOf(source)
    const cut = new AbortController()
    let parts = 0
    const to = losingAnswers(destination, ({ operation }) => {
      if (operation === 'putPart' && ++parts === 4) cut.abort()
      return undefined
    })
    const task = rig({ source, destination: to, entries, cut: cut.signal })
    const first = await copyBatch(task)
    expect(first).toMatchObject({ done: false, outcomes: [], uploads: [{ key: 'large' }] })
    const kept = first.uploads[0]?.parts.length ?? 0
    expect(kept).toBeGreaterThanOrEqual(4)
    expect(kept).toBeLessThan(16)
    const again = counting(destination)
    const second = await copyBatch(rig({ source, destination: again.storage, entries, previous: task.states.at(-1) }))
    expect(second).toMatchObject({ done: true, uploads: [], counts: { completed: { files: 1, bytes: bytes.length } } })
    expect(again.calls.filter(({ operation }) => operation === 'putPart')).toHaveLength(16 - kept)
    expect(await read(destination, 'large')).toEqual(bytes)
  })

  it('has an upload in a checkpoint before its first part', async () => {
    const { source, destination } = pair()
    await put(source, 'large', someBytes(200 * KiB))
    const task = rig({ source, destination, entries: await entriesOf(source) })
    const seen: number[] = []
    const to = failing(destination, ({ operation }) => {
      if (operation === 'putPart') seen.push(task.states.filter(({ uploads }) => uploads.length === 1).length)
      return undefined
    })
    await copyBatch({ ...task, destination: to })
    expect(seen.length).toBe(4)
    expect(Math.min(...seen)).toBeGreaterThan(0)
  })

  it('reports a source that keeps changing, aborts its upload and leaves no object', async () => {
    const store = crypto.randomUUID()
    const source = openMemory()
    const destination = openMemory({ store })
    await put(source, 'large', someBytes(400 * KiB))
    let gets = 0
    const changing = failing(source, ({ operation }) => (operation === 'get' && ++gets % 3 === 0 ? fault('precondition') : undefined))
    const result = await copyBatch(rig({ source: changing, destination, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, failures: { SourceChanged: 1 }, uploads: [] })
    expect(memoryStore(store).uploads.size).toBe(0)
    expect(await keysOf(destination)).toEqual([])
  })

  it('copies a source that changed once as it is now, never a mix', async () => {
    const { source, destination } = pair()
    await put(source, 'large', someBytes(400 * KiB, 1))
    const entries = await entriesOf(source)
    let gets = 0
    const from = intercept(source, async ({ operation }, next) => {
      if (operation === 'get' && ++gets === 3) await put(source, 'large', someBytes(300 * KiB, 2))
      return await next()
    })
    const result = await copyBatch(rig({ source: from, destination, entries }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1, bytes: 300 * KiB } } })
    expect(await read(destination, 'large')).toEqual(someBytes(300 * KiB, 2))
  })

  it('copies a file that grew since it was listed by what it has become', async () => {
    const { source, destination } = pair()
    await put(source, 'log', 'small')
    await put(source, 'tail', 'small')
    const entries = await entriesOf(source)
    await put(source, 'log', someBytes(500 * KiB))
    await put(source, 'tail', 'smaller no more')
    const result = await copyBatch(rig({ source, destination, entries }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 2, bytes: 500 * KiB + 15 } } })
    expect(await read(destination, 'log')).toEqual(someBytes(500 * KiB))
    expect((await read(destination, 'tail')).toString()).toBe('smaller no more')
  })

  it('takes a PUT whose answer was lost for done, when the destination has our bytes', async () => {
    const { source, destination } = pair()
    await put(source, 'a', 'content')
    await put(source, 'large', someBytes(200 * KiB))
    const flaky = first(1, 'put', fault('network'))
    const lost = first(1, 'complete', fault('timeout'))
    const to = losingAnswers(destination, (call) => flaky(call) ?? lost(call))
    const result = await copyBatch(rig({ source, destination: to, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 2 } } })
  })

  it('leaves alone what somebody else put there after the look', async () => {
    const { source, destination } = pair()
    for (const key of ['a', 'large']) await put(source, key, key === 'a' ? 'ours' : someBytes(200 * KiB))
    const entries = await entriesOf(source)
    for (const key of ['a', 'large']) await put(destination, key, 'theirs')
    const result = await copyBatch(rig({ source, destination, entries }))
    expect(result).toMatchObject({ done: true, failures: { DestinationNewer: 2 } })
    const never = await copyBatch(rig({ source, destination, entries, options: jobOptions({ overwrite: 'never' }) }))
    expect(never.outcomes).toMatchObject([{ kind: 'skipped', reason: 'exists' }, { kind: 'skipped', reason: 'exists' }])
    expect((await read(destination, 'a')).toString()).toBe('theirs')
  })

  it.each([
    ['stalls', 'timeout', 'Network'],
    ['is asked to go slower', 'throttled', 'SourceThrottled'],
    ['ends early', 'premature-end', 'PrematureEnd'],
  ] as const)('does not begin a file anew for ever that %s in every call', async (_, kind, code) => {
    const { source, destination } = pair()
    await put(source, 'a', 'content')
    const entries = await entriesOf(source)
    let clock = 0
    const from = failing(source, ({ operation }) => {
      if (operation !== 'get') return undefined
      clock += 60
      return fault(kind, { scope: 'file' })
    })
    let previous = await copyBatch(rig({ source: from, destination, entries, deadlineMs: 50, now: () => clock }))
    for (let call = 2; call <= maxThrottled && !previous.done; call++) {
      clock = 0
      previous = await copyBatch(rig({ source: from, destination, entries, previous, deadlineMs: 50, now: () => clock }))
    }
    expect(previous).toMatchObject({ done: true, failures: { [code]: 1 } })
  })

  it('a file for which there is no room fails alone where there is room for others', async () => {
    const { source, destination } = pair()
    for (const key of ['a', 'b']) await put(source, key, 'content')
    const to = failing(destination, ({ operation, key }) => (operation === 'put' && key === 'a' ? fault('full') : undefined))
    const result = await copyBatch(rig({ source, destination: to, entries: await entriesOf(source) }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 } }, failures: { DestinationFull: 1 } })
  })

  it('a file that the destination takes in no way is not even asked for', async () => {
    const { source } = pair()
    const destination = openMemory({ limits: { maxObjectBytes: 6 } })
    await put(source, 'a', 'content')
    const from = counting(source)
    expect(await copyBatch(rig({ source: from.storage, destination, entries: await entriesOf(source) }))).toMatchObject({ done: true, failures: { TooLarge: 1 } })
    expect(from.calls.map(({ operation }) => operation)).not.toContain('get')
  })
})
