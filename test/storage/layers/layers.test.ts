import { describe, expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../../storage/drivers/memory/store.ts'
import { Faults, withFaults } from '../../../storage/layers/with-faults.ts'
import { withLimits } from '../../../storage/layers/with-limits.ts'
import { CountingMeter, withMeter } from '../../../storage/layers/with-meter.ts'
import { withPrefix } from '../../../storage/layers/with-prefix.ts'
import { openStorage } from '../../../storage/open.ts'
import { expectFailure, keysOf, noMetadata, put, read, readText } from '../../conformance/tools.ts'

describe('a prefix', () => {
  it('is on every key below and on none above', async () => {
    const inner = openMemory()
    const storage = withPrefix(inner, 'p/')
    await put(inner, 'elsewhere')
    await put(inner, 'p0')
    await put(storage, 'a')
    await put(storage, '/b')
    expect(await keysOf(inner)).toEqual(['elsewhere', 'p//b', 'p/a', 'p0'])
    expect(await keysOf(storage)).toEqual(['/b', 'a'])
    expect(await keysOf(storage, { startAfter: '/b', limit: 1 })).toEqual(['a'])
    expect(await keysOf(storage, { prefix: '/' })).toEqual(['/b'])
    const told: string[] = []
    const { info } = await read(storage, 'a', { onInfo: ({ key }) => void told.push(key) })
    expect([info.key, ...told, (await storage.head('a')).key]).toEqual(['a', 'a', 'a'])
    await storage.delete('a')
    await expectFailure(inner.head('p/a'), 'not-found')
    expect(storage.info.prefix).toBe('p/')
  })

  it('is on uploads, so that their references can be kept without it', async () => {
    const inner = openMemory()
    const { multipart } = withPrefix(inner, 'p/')
    if (!multipart) throw new Error('no multipart')
    const upload = await multipart.create('large', { ...noMetadata, size: 2, partBytes: 2 })
    expect(upload.key).toBe('large')
    expect(await multipart.listUploads('large')).toEqual([upload])
    const part = await multipart.putPart(upload, 1, [Buffer.from('ab')])
    expect(await multipart.listParts(upload)).toEqual([part])
    await multipart.complete(upload, [part], {})
    expect(await readText(inner, 'p/large')).toBe('ab')
    await multipart.abort(await multipart.create('other', { ...noMetadata, size: 2, partBytes: 2 }))
    expect(await inner.multipart?.listUploads('p/other')).toEqual([])
  })

  it('its own marker is the empty key', async () => {
    const inner = openMemory()
    await put(inner, 'p/', '')
    expect(await keysOf(withPrefix(inner, 'p/'))).toEqual([''])
    expect(await keysOf(withPrefix(inner, 'p/'), { startAfter: '' })).toEqual([])
  })

  it('counts in the length of keys', async () => {
    const storage = withPrefix(withLimits(openMemory({ limits: { maxKeyBytes: 10 } })), 'prefix/')
    await put(storage, 'abc')
    await expectFailure(put(storage, 'abcd'), 'key-unsupported')
    await expectFailure(put(storage, 'éé'), 'key-unsupported')
  })
})

describe('limits', () => {
  it('are held before anything is sent', async () => {
    const faults = new Faults()
    const inner = openMemory({ limits: { maxPutBytes: 10, maxPartBytes: 5, maxObjectBytes: 20, maxMetadataBytes: 4 } })
    const storage = withLimits(withFaults(inner, faults.add({ operation: ['put', 'create', 'putPart'], do: { kind: 'fail', error: { kind: 'unexpected' } } })))
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    await expectFailure(put(storage, 'key', Buffer.alloc(11)), 'too-large')
    await expectFailure(put(storage, 'key', '', { metadata: { user: { ab: 'xyz' } } }), 'metadata-unsupported')
    await expectFailure(multipart.create('key', { ...noMetadata, size: 21, partBytes: 5 }), 'too-large')
    await expectFailure(multipart.putPart({ key: 'key', uploadId: '1', partBytes: 5 }, 1, [Buffer.alloc(6)]), 'too-large')
    expect(faults.struck).toBe(0)
    faults.clear()
    await put(storage, 'key', Buffer.alloc(10), { metadata: { user: { ab: 'xy' } } })
  })
})

describe('a meter', () => {
  it('sees every call, its bytes and its failures', async () => {
    const meter = new CountingMeter()
    const storage = withMeter(openMemory(), meter)
    await put(storage, 'key', 'four')
    await read(storage, 'key')
    await read(storage, 'key', { range: { first: 0, last: 0 } })
    await expectFailure(storage.head('missing'), 'not-found')
    const upload = await storage.multipart?.create('key', { ...noMetadata, size: 3, partBytes: 3 })
    if (upload) await storage.multipart?.putPart(upload, 1, [Buffer.from('abc')])
    expect(meter.of('put')).toMatchObject({ calls: 1, errors: 0, sentBytes: 4 })
    expect(meter.of('get')).toMatchObject({ calls: 2, errors: 0 })
    expect(meter.of('head')).toMatchObject({ calls: 1, errors: 1 })
    expect(meter.of('putPart')).toMatchObject({ calls: 1, sentBytes: 3 })
    expect(meter.of('list')).toMatchObject({ calls: 0 })
    expect(meter.receivedBytes).toBe(5)
  })
})

describe('faults for tests', () => {
  it('strike the calls that they name, so often as they say', async () => {
    const faults = new Faults().add({ operation: 'head', key: /^a/, skip: 1, times: 1, do: { kind: 'fail', error: { kind: 'unavailable' } } })
    const storage = withFaults(openMemory(), faults)
    for (const key of ['a', 'b']) await put(storage, key)
    await storage.head('a')
    await storage.head('b')
    await expectFailure(storage.head('a'), 'unavailable')
    await storage.head('a')
    expect(faults.struck).toBe(1)
  })

  it('do the work and lose the answer', async () => {
    const inner = openMemory()
    const storage = withFaults(inner, new Faults().add({ operation: 'put', do: { kind: 'lose-answer', error: { kind: 'network' } } }))
    await expectFailure(put(storage, 'key'), 'network')
    expect(await readText(inner, 'key')).toBe('key')
  })

  it('cut a read short, or flip a bit of it', async () => {
    const inner = openMemory()
    await put(inner, 'key', '0123456789')
    const seen: string[] = []
    const cut = withFaults(inner, new Faults().add({ operation: 'get', do: { kind: 'cut', afterBytes: 4, error: { kind: 'premature-end' } } }))
    await expectFailure(cut.get('key', (chunk) => void seen.push(Buffer.from(chunk).toString())), 'premature-end')
    expect(seen).toEqual(['0123'])
    const flipped = withFaults(inner, new Faults().add({ operation: 'get', do: { kind: 'flip', at: 3 } }))
    expect(await readText(flipped, 'key')).toBe('0122456789')
    expect(await readText(inner, 'key')).toBe('0123456789')
  })

  it('hold a call until they let it go', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const storage = withFaults(openMemory(), new Faults().add({ operation: 'put', times: 1, do: { kind: 'hold', until: promise } }))
    const putting = put(storage, 'key')
    expect(await keysOf(storage)).toEqual([])
    resolve()
    await putting
    expect(await keysOf(storage)).toEqual(['key'])
  })
})

describe('an address, opened', () => {
  it('has its prefix, its limit of requests and its order, and body-less calls are repeated', async () => {
    const faults = new Faults().add({ operation: 'list', times: 2, do: { kind: 'fail', error: { kind: 'unavailable' } } })
    const meter = new CountingMeter()
    const storage = await openStorage({ vendor: 'memory', store: 'opened', prefix: 'p/', maxRequestsPerSecond: 1_000 }, { faults, meter })
    await put(storage, 'key')
    expect(await keysOf(storage)).toEqual(['key'])
    expect(memoryStore('opened').find('p/key')).toBeDefined()
    expect(meter.of('list')).toMatchObject({ calls: 3, errors: 2 })
    await expectFailure(put(storage, 'k'.repeat(1_023)), 'key-unsupported')
  })

  it('sees what another one of the same place wrote', async () => {
    const [one, two] = [await openStorage({ vendor: 'memory', store: 'shared' }), await openStorage({ vendor: 'memory', store: 'shared' })]
    await put(one, 'key')
    expect(await readText(two, 'key')).toBe('key')
  })
})
