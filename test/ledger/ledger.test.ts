import { describe, expect, it } from 'vitest'
import type { BatchState, Entry } from '../../ledger/entry.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { failing, fault, first, keysOf, put, read } from '../copy/support.ts'
import { contextOf } from '../report/support.ts'

const entry: Entry = { key: 'line\nbreak "quoted" 😀', size: 1, mtimeMs: 1.5, destination: null }
const state: BatchState = {
  outcomes: [{ key: 'a', size: 1, mtimeMs: 1, kind: 'skipped', reason: 'same' }],
  uploads: [{ key: 'b', upload: { key: 'b', uploadId: 'u', partBytes: 5 }, size: 9, mtimeMs: 1, etag: 'e', parts: [{ number: 1, size: 5, etag: 'p', hashes: { crc64: '1' } }], verified: true }],
  tries: { c: { failed: 2, throttled: 1 } },
}

describe('the ledger', () => {
  it('gives back what was written, by name', async () => {
    const ledger = openLedger(openMemory(), contextOf({}))
    await ledger.writeEntries(3, 1, [entry])
    await ledger.writeEntries(3, 2, [])
    await ledger.writeOutcomes(3, { generation: 0, attempt: 1 }, state)
    await ledger.writeCursor(0, 1, { pending: [entry], from: [{ kind: 'after', key: 'a' }] })
    await ledger.writeFragment(0, 1, 0, Buffer.from('a,"b\nc"\r\n'))
    await ledger.writeFragmentIndex(0, 1, { parts: [], droppedMetadata: 0 })
    expect(await ledger.readEntries(3, 1)).toEqual([entry])
    expect(await ledger.readEntries(3, 2)).toEqual([])
    expect(await ledger.readOutcomes(3, { generation: 0, attempt: 1 })).toEqual(state)
    expect(await ledger.readCursor({ call: 0, attempt: 1 })).toEqual({ pending: [entry], from: [{ kind: 'after', key: 'a' }] })
    const ref = { merge: 0, attempt: 1, parts: 1 }
    expect(Buffer.from(await ledger.readFragment(ref, 0)).toString()).toBe('a,"b\nc"\r\n')
    expect(await ledger.readFragmentIndex(ref)).toEqual({ parts: [], droppedMetadata: 0 })
  })

  it('reads where an earlier version stood: at one position, or at the end', async () => {
    const ledger = openLedger(openMemory(), contextOf({}))
    const at = { kind: 'after', key: 'a' }
    for (const [call, from] of [at, null].entries()) await ledger.writeCursor(call, 1, { pending: [entry], from: from as never })
    expect(await ledger.readCursor({ call: 0, attempt: 1 })).toEqual({ pending: [entry], from: [at] })
    expect(await ledger.readCursor({ call: 1, attempt: 1 })).toEqual({ pending: [entry], from: [] })
  })

  it('lies below the report folder, one line a row, its header first', async () => {
    const storage = openMemory()
    const ledger = openLedger(storage, contextOf({ run: 2 }))
    await ledger.writeEntries(0, 1, [entry])
    const [key = ''] = await keysOf(storage)
    expect(key).toBe('aliyun_mgw_import_report/.ledger/photos-to-archive/epoch-1/2/0-0.1.list')
    const lines = (await read(storage, key)).toString().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ job: 'photos-to-archive', epoch: 'epoch-1', run: 2, file: '0-0.1.list' }, entry])
    expect((await storage.head(key)).metadata.contentType).toBe('application/x-ndjson')
  })

  it('refuses a file of another run, job, epoch or name, and one without a header', async () => {
    const storage = openMemory()
    const ledger = openLedger(storage, contextOf({}))
    await ledger.writeEntries(0, 1, [entry])
    const bytes = await read(storage, `${ledger.folder}0-0.1.list`)
    await put(storage, `${ledger.folder}0-1.1.list`, bytes)
    await expect(ledger.readEntries(1, 1)).rejects.toThrow(/belongs to something else/)
    const other = openLedger(storage, { ...contextOf({}), epoch: 'epoch-2' })
    await put(storage, `${other.folder}0-0.1.list`, bytes)
    await expect(other.readEntries(0, 1)).rejects.toThrow(/belongs to something else/)
    await put(storage, `${ledger.folder}0-2.1.list`, '')
    await expect(ledger.readEntries(2, 1)).rejects.toThrow(/belongs to something else/)
  })

  it('says a write or read again that may pass, and not one that cannot', async () => {
    const storage = openMemory()
    const flaky = openLedger(failing(storage, first(2, 'put', fault('unavailable'))), contextOf({}))
    await flaky.writeEntries(0, 1, [entry])
    const reading = openLedger(failing(storage, first(1, 'get', fault('network'))), contextOf({}))
    expect(await reading.readEntries(0, 1)).toEqual([entry])
    const refused = openLedger(failing(storage, first(1, 'put', fault('forbidden'))), contextOf({}))
    await expect(refused.writeEntries(1, 1, [])).rejects.toMatchObject({ kind: 'forbidden' })
  })

  it('removes all of its run and nothing else', async () => {
    const storage = openMemory({ limits: { maxListEntries: 7 } })
    const ledger = openLedger(storage, contextOf({}))
    const other = openLedger(storage, contextOf({ run: 2 }))
    for (let n = 0; n < 30; n++) await ledger.writeEntries(n, 1, [])
    await other.writeEntries(0, 1, [])
    await put(storage, 'users/file', 'x')
    await ledger.remove()
    expect(await keysOf(storage)).toEqual([`${other.folder}0-0.1.list`, 'users/file'])
    await ledger.remove()
  })
})
