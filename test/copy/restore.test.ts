import { beforeEach, describe, expect, it } from 'vitest'
import { copyBatch, type BatchResult } from '../../copy/copy-batch.ts'
import type { BatchState } from '../../ledger/entry.ts'
import type { JobOptions } from '../../model/job.ts'
import { mostRestoringMs } from '../../model/restore-wait.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startAzurite } from '../support/azurite.ts'
import { counting, entriesOf, failing, fault, first, jobOptions, keysOf, KiB, noMetadata, put, rig, someBytes } from './support.ts'

const hour = 3_600_000
const archived = { metadata: noMetadata, storageClass: 'Archive' }

let now: number
let source: Storage
let destination: Storage
beforeEach(async () => {
  now = 1_000_000
  source = openMemory({ now: () => now, restoreMs: 5 * hour })
  destination = openMemory({ limits: { minPartBytes: 64 * KiB } })
  await put(source, 'warm', 'at once')
  await source.put('cold', [Buffer.from('later')], archived)
  await source.put('cold-and-large', [someBytes(200 * KiB)], archived)
})

async function turn(previous?: BatchState, options: Partial<JobOptions> = { restoreDays: 3 }, from = source): Promise<BatchResult> {
  const entries = await entriesOf(source)
  return await copyBatch(rig({ source: from, destination, entries, previous, options: jobOptions(options), now: () => now }))
}

describe('on an Azure server', () => {
  it('an archived blob is asked for and copied in the next turn', async () => {
    const server = await startAzurite()
    try {
      await server.makeContainer('photos')
      const { endpoint, account, accountKey } = server
      const photos = await openStorage({ vendor: 'azblob', endpoint, account, accountKey, container: 'photos' })
      await photos.put('cold', [Buffer.from('later')], archived)
      const task = { source: photos, destination, entries: await entriesOf(photos), options: jobOptions({ restoreDays: 1 }) }
      const asked = await copyBatch(rig(task))
      expect(asked).toMatchObject({ done: false, restoringFiles: 1 })
      expect(await copyBatch(rig({ ...task, previous: asked }))).toMatchObject({ done: true, counts: { completed: { files: 1 } } })
      await photos.close()
    } finally {
      await server.stop()
    }
  })
})

describe('archived files', () => {
  it('fail as Archived where nobody asked to restore them', async () => {
    expect(await turn(undefined, {})).toMatchObject({ done: true, failures: { Archived: 2 } })
    expect((await source.head('cold')).archived).toBe('archived')
  })

  it.each([false, true])('are asked for once, waited for without an outcome, and copied when they can be read (by the store itself: %s)', async (serverCopy) => {
    const options = { restoreDays: 3, serverCopy }
    const { storage, calls } = counting(source)
    const restores = () => calls.filter(({ operation }) => operation === 'restore').length
    const asked = await turn(undefined, options, storage)
    expect(asked).toMatchObject({ done: false, restoringFiles: 2, counts: { completed: { files: 1 }, failed: { files: 0 } } })
    expect(asked.restoring).toEqual({ cold: now, 'cold-and-large': now })
    expect(await destination.multipart?.listUploads('cold-and-large')).toEqual([])
    now += hour
    const looked = await turn(asked, options, storage)
    expect(looked).toMatchObject({ done: false, restoringFiles: 2, restoring: asked.restoring })
    expect(restores()).toBe(2)
    now += 5 * hour
    const copied = await turn(looked, options, storage)
    expect(copied).toMatchObject({ done: true, counts: { completed: { files: 3 } } })
    expect(copied).not.toHaveProperty('restoringFiles')
    expect(copied.restoring).toEqual({})
    expect(await keysOf(destination)).toEqual(['cold', 'cold-and-large', 'warm'])
    expect(restores()).toBe(2)
  })

  it('are not waited for while others of the batch can go on', async () => {
    const asked = await turn()
    now += 6 * hour
    const stop = new AbortController()
    stop.abort()
    const cut = await copyBatch(rig({ source, destination, entries: await entriesOf(source), previous: { ...asked, outcomes: [] }, options: jobOptions({ restoreDays: 3 }), now: () => now, cut: stop.signal }))
    expect(cut.done).toBe(false)
    expect(cut).not.toHaveProperty('restoringFiles')
  })

  it('whose copies have gone again are asked for again', async () => {
    const asked = await turn()
    await source.put('cold', [Buffer.from('later')], archived)
    expect(await turn(asked)).toMatchObject({ restoringFiles: 2 })
    expect((await source.head('cold')).archived).toBe('restoring')
  })

  it('that are never ready fail in the end', async () => {
    const asked = await turn()
    now += mostRestoringMs
    const never: Storage = { ...source, head: async (key, options) => ({ ...(await source.head(key, options)), archived: 'restoring' }) }
    const ended = await turn(asked, { restoreDays: 3 }, never)
    expect(ended).toMatchObject({ done: true, failures: { Archived: 2 } })
    expect(ended.outcomes.find(({ key }) => key === 'cold')).toMatchObject({ description: expect.stringContaining('a week ago') })
  })

  it('that may not be restored fail with the words of the store', async () => {
    const forbidding = failing(source, ({ operation }) => (operation === 'restore' ? fault('forbidden') : undefined))
    const { outcomes } = await turn(undefined, { restoreDays: 3 }, forbidding)
    expect(outcomes.find(({ key }) => key === 'cold')).toMatchObject({ kind: 'failed', code: 'Forbidden', description: expect.stringContaining('made to fail') })
  })

  it('are asked for again when the asking failed for a moment', async () => {
    expect(await turn(undefined, { restoreDays: 3 }, failing(source, first(1, 'restore', fault('unavailable'))))).toMatchObject({ failures: {} })
  })

  it('fail as Archived at a source that restores nothing', async () => {
    const { archive: _, ...rest } = source
    expect(await turn(undefined, { restoreDays: 3 }, rest)).toMatchObject({ done: true, failures: { Archived: 2 } })
  })
})
