import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { Faults, withFaults } from '../../storage/layers/with-faults.ts'
import type { PutResult, Storage } from '../../storage/storage.ts'
import { entriesOf, keysOf, KiB, put, read, rig, someBytes } from './support.ts'

const flip = (times: number) => new Faults().add({ operation: 'get', times, do: { kind: 'flip', at: 3 } })

/** A store that keeps a flipped bit and says so by its own hash, as often as asked. */
function corrupting(inner: Storage, times: number): Storage {
  let left = times
  return {
    ...inner,
    put: async (key, body, options): Promise<PutResult> => {
      if (left-- <= 0) return await inner.put(key, body, options)
      const bytes = Buffer.concat([...body])
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return await inner.put(key, [bytes], { ...options, hashes: {} })
    },
  }
}

describe('checksums', () => {
  it('find a bit that flipped on the way from the source; the piece is fetched once more', async () => {
    const source = openMemory()
    await put(source, 'a', 'content')
    const entries = await entriesOf(source)
    const once = openMemory()
    expect(await copyBatch(rig({ source: withFaults(source, flip(1)), destination: once, entries }))).toMatchObject({ counts: { completed: { files: 1 } } })
    expect((await read(once, 'a')).toString()).toBe('content')
    const twice = openMemory()
    const failed = await copyBatch(rig({ source: withFaults(source, flip(9)), destination: twice, entries }))
    expect(failed).toMatchObject({ done: true, failures: { ChecksumMismatch: 1 } })
    expect(await keysOf(twice)).toEqual([])
  })

  it('find what the destination stored wrongly, and remove our own bad object', async () => {
    const source = openMemory()
    await put(source, 'a', 'content')
    const entries = await entriesOf(source)
    const once = openMemory()
    expect(await copyBatch(rig({ source, destination: corrupting(once, 1), entries }))).toMatchObject({ counts: { completed: { files: 1 } } })
    expect((await read(once, 'a')).toString()).toBe('content')
    const always = openMemory()
    const failed = await copyBatch(rig({ source, destination: corrupting(always, 9), entries }))
    expect(failed.outcomes).toMatchObject([{ code: 'ChecksumMismatch', description: expect.stringMatching(/removed again/) }])
    expect(await keysOf(always)).toEqual([])
  })

  it('are proved by the store where it refuses or states them, and not claimed elsewhere', async () => {
    const source = openMemory()
    await put(source, 'a', 'content')
    await put(source, 'large', someBytes(200 * KiB))
    const silent = (inner: Storage): Storage => ({
      ...inner,
      abilities: { ...inner.abilities, putHashes: ['md5'], statedHashes: [] },
      put: async (key, body, options) => ({ etag: (await inner.put(key, body, options)).etag, hashes: {} }),
      ...(inner.multipart && {
        multipart: {
          ...inner.multipart,
          putPart: async (upload, number, body, options) => ({ ...(await inner.multipart!.putPart(upload, number, body, options)), hashes: {} }),
          complete: async (upload, parts, options) => ({ etag: (await inner.multipart!.complete(upload, parts, options)).etag, hashes: {} }),
        },
      }),
    })
    const entries = await entriesOf(source)
    const run = async (destination: Storage, proven?: ReadonlySet<'md5'>) =>
      (await copyBatch(rig({ source, destination, entries, proven }))).counts.unverified
    expect(await run(openMemory())).toBe(0)
    expect(await run(silent(openMemory()))).toBe(2)
    expect(await run(silent(openMemory()), new Set(['md5'] as const))).toBe(0)
  })
})
