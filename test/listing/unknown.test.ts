/** Entries of which the listing does not know everything: faults, and files without size and time. */
import { describe, expect, it } from 'vitest'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { ListEntry, ListPage, Storage } from '../../storage/storage.ts'
import { failing, fault, put, read } from '../copy/support.ts'
import { rowsOf, runJob } from '../report/support.ts'

function listing(inner: Storage, change: (entry: ListEntry) => ListEntry): Storage {
  return intercept(inner, async (call, next) => {
    const answer = await next()
    if (call.operation !== 'list') return answer
    const page = answer as ListPage
    return { ...page, entries: page.entries.map(change) } as typeof answer
  })
}

const unseen = (entry: ListEntry): ListEntry => ({ ...entry, size: 0, mtimeMs: 0, etag: undefined, unseen: true })

async function filled(contents: Readonly<Record<string, string>>): Promise<Storage> {
  const storage = openMemory()
  for (const [key, content] of Object.entries(contents)) await put(storage, key, content)
  return storage
}

describe('an entry with a fault', () => {
  it('fails alone with its sentence, whatever the filters say, and is never read', async () => {
    const store = await filled({ 'a.txt': 'a', 'line 2': 'b', 'c.txt': 'c' })
    const source = failing(
      listing(store, (entry) => (entry.key === 'line 2' ? { ...entry, fault: 'Line 2 has no tab.' } : entry)),
      ({ operation, key }) => (operation === 'get' && key === 'line 2' ? fault('unexpected') : undefined),
    )
    const destination = openMemory()
    const { counts } = await runJob({ source, destination, options: { include: ['*.txt'] } })
    expect(counts).toMatchObject({ completed: { files: 2 }, failed: { files: 1 } })
    expect(await rowsOf(destination, 1, 'error_list')).toMatchObject([
      { file_name: 'line 2', code: 'KeyUnsupported', description: 'Line 2 has no tab.' },
    ])
  })
})

describe('an entry without size and time', () => {
  it('is looked at before anything is decided of it', async () => {
    const source = listing(await filled({ same: 'same', changed: 'changed', new: '' }), unseen)
    const destination = await filled({ same: 'same', changed: 'c', new: '' })
    await destination.delete('new')
    const { counts } = await runJob({ source, destination, options: { minSize: 2 } })
    expect(counts).toMatchObject({ completed: { files: 2, bytes: 7 }, skipped: { files: 1 } })
    expect((await read(destination, 'changed')).toString()).toBe('changed')
  })

  it('fails alone where it cannot be looked at', async () => {
    const source = failing(listing(await filled({ a: 'a', b: 'b' }), unseen), ({ operation, key }) =>
      operation === 'head' && key === 'a' ? fault('not-found') : undefined,
    )
    const destination = openMemory()
    await runJob({ source, destination })
    expect(await rowsOf(destination, 1, 'error_list')).toMatchObject([{ file_name: 'a', code: 'SourceGone' }])
    expect((await read(destination, 'b')).toString()).toBe('b')
  })

  it('comes of a retry whose look fails in a way that may pass', async () => {
    const store = await filled({ a: 'a', b: 'b' })
    const destination = openMemory()
    await runJob({ source: failing(store, ({ operation }) => (operation === 'get' ? fault('archived') : undefined)), destination })
    let heads = 0
    const source = failing(store, ({ operation, key }) =>
      operation === 'head' && key === 'a' && heads++ === 0 ? fault('network') : undefined,
    )
    const { counts } = await runJob({ source, destination, run: 2, retry: { run: 1 } })
    expect(counts).toMatchObject({ completed: { files: 2 }, failed: { files: 0 } })
  })
})
