import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { JobOptions } from '../../model/job.ts'
import type { Hashes, Storage } from '../../storage/storage.ts'
import { entriesOf, jobOptions, keysOf, KiB, put, read, rig, someBytes } from './support.ts'

/** Says nothing of what it stored, and of the first `times` objects keeps one bit wrong: their size is right. */
function lying(inner: Storage, times: number): Storage {
  let left = times
  const told = { hashes: {} as Hashes }
  const flipped = (body: readonly Uint8Array[]) => {
    const bytes = Buffer.concat([...body])
    if (bytes.length > 0 && left-- > 0) bytes[bytes.length - 1]! ^= 1
    return [bytes]
  }
  const silent = intercept(inner, async (_call, next) => {
    const answer = await next()
    return typeof answer === 'object' && answer !== null && 'hashes' in answer ? { ...answer, ...told } : answer
  })
  return {
    ...silent,
    abilities: { ...inner.abilities, putHashes: [], statedHashes: [] },
    put: async (key, body, options) => await silent.put(key, flipped(body), { ...options, hashes: {} }),
    multipart: silent.multipart && {
      ...silent.multipart,
      putPart: async (upload, number, body, options) => await silent.multipart!.putPart(upload, number, flipped(body), { ...options, hashes: {} }),
      complete: async (upload, parts, options) => await silent.multipart!.complete(upload, parts, { ...options, hashes: {} }),
    },
  }
}

async function run(times: number, options: Partial<JobOptions>) {
  const [source, store] = [openMemory(), openMemory()]
  await put(source, 'small', 'content')
  await put(source, 'large', someBytes(200 * KiB))
  const result = await copyBatch(rig({ source, destination: lying(store, times), entries: await entriesOf(source), options: jobOptions(options) }))
  return { ...result, store, source }
}

describe('reading back what was copied', () => {
  it('is what finds a bit that a silent store keeps wrong; it is copied once more', async () => {
    const unseen = await run(1, {})
    expect(unseen.counts).toMatchObject({ completed: { files: 2 }, unverified: 2 })
    const seen = await run(1, { verify: 'all' })
    expect(seen.counts).toMatchObject({ completed: { files: 2 }, failed: { files: 0 }, unverified: 0 })
    for (const key of ['small', 'large']) expect((await read(seen.store, key)).equals(await read(seen.source, key))).toBe(true)
  })

  it('fails the file where the store keeps it wrong again, and removes what would look the same to the next run', async () => {
    const { outcomes, store } = await run(99, { verify: 'all' })
    expect(outcomes.map((outcome) => outcome.kind === 'failed' && [outcome.code, outcome.description])).toEqual([
      ['ChecksumMismatch', expect.stringMatching(/^Read again, the object had .* it was removed again\.$/)],
      ['ChecksumMismatch', expect.stringMatching(/^Read again, the object had .* it was removed again\.$/)],
    ])
    expect(await keysOf(store)).toEqual([])
  })

  it('of a sample reads about one file in a hundred, the same ones again', async () => {
    const source = openMemory()
    for (let i = 0; i < 1_000; i++) await put(source, `file-${i}`, `content ${i}`)
    const entries = await entriesOf(source)
    const unverified = async () =>
      (await copyBatch(rig({ source, destination: lying(openMemory(), 0), entries, options: jobOptions({ verify: 'sample' }) }))).counts.unverified
    const left = await unverified()
    expect(1_000 - left).toBeGreaterThan(1)
    expect(1_000 - left).toBeLessThan(40)
    expect(await unverified()).toBe(left)
  })
})
