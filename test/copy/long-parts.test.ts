/** Parts larger than memory, to the real protocols: the pool is made small, and the number of parts. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makePiecePool, type PiecePool } from '../../copy/piece-pool.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startOssServer } from '../servers/stores/server.ts'
import { startAzurite } from '../support/azurite.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startVersitygw } from '../support/versitygw.ts'
import { counting, entriesOf, KiB, put, read, rig, someBytes } from './support.ts'

const MiB = 1024 * KiB
const size = 12 * MiB + 345
const poolBytes = MiB
const source = openMemory()

interface Store {
  readonly storage: Storage
  stop(): Promise<unknown>
}

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  async s3() {
    const server = await startVersitygw()
    await server.makeBucket('vault')
    const { endpoint, region, accessKeyId, secretAccessKey } = server
    return { storage: await openStorage({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: 'vault' }), stop: () => server.stop() }
  },
  async oss() {
    const key = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const server = await startOssServer({ buckets: [{ name: 'vault' }], keys: [key] })
    return { storage: await openStorage({ vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket: 'vault', ...key }), stop: () => server.close() }
  },
  async azblob() {
    const server = await startAzurite()
    await server.makeContainer('vault')
    const { endpoint, account, accountKey } = server
    return { storage: await openStorage({ vendor: 'azblob', endpoint, account, accountKey, container: 'vault' }), stop: () => server.stop() }
  },
  nas: async () => ({ storage: await openStorage({ vendor: 'nas', path: temporaryFolder('long-parts') }), stop: async () => undefined }),
}

/** Those that state a hash of a part with which none was sent. */
const stating: readonly string[] = ['s3', 'oss']

/** How much of the pool was taken at most. */
function watchedPool(): PiecePool & { readonly most: () => number } {
  const pool = makePiecePool(poolBytes, 256 * KiB)
  let [held, most] = [0, 0]
  return {
    ...pool,
    most: () => most,
    async take(bytes, options) {
      const piece = await pool.take(bytes, options)
      held += piece.capacity
      most = Math.max(most, held)
      let released = false
      const release = () => {
        if (!released) held -= piece.capacity
        released = true
        piece.release()
      }
      return {
        write: (chunk) => piece.write(chunk), reset: () => piece.reset(), release, capacity: piece.capacity,
        get body() { return piece.body },
        get length() { return piece.length },
      }
    },
  }
}

beforeAll(async () => await put(source, 'large', someBytes(size)))

describe.each(Object.keys(stores))('an object in parts larger than memory, to %s', (vendor) => {
  let store: Store | undefined
  beforeAll(async () => void (store = await stores[vendor]?.()))
  afterAll(async () => {
    await store?.storage.close()
    await store?.stop()
  })

  it('is the same there, with memory that stays within the pool', async () => {
    if (store === undefined) throw new Error('not started')
    const { storage } = store
    const to = counting({ ...storage, limits: { ...storage.limits, maxParts: 3 } })
    const pieces = watchedPool()
    const proven = new Set(storage.abilities.putHashes)
    const result = await copyBatch(rig({ source, destination: to.storage, entries: await entriesOf(source), pieces, proven }))
    expect(result).toMatchObject({ done: true, counts: { completed: { files: 1 }, unverified: stating.includes(vendor) ? 0 : 1 } })
    const sent = to.calls.filter(({ operation }) => operation === 'putLongPart')
    expect(sent).toHaveLength(3)
    expect(Math.max(...sent.map(({ sentBytes }) => sentBytes))).toBeGreaterThan(poolBytes)
    expect(pieces.most()).toBeLessThanOrEqual(poolBytes)
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    expect(hash(await read(storage, 'large'))).toBe(hash(someBytes(size)))
  })
})
