import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { BatchState, Entry } from '../../ledger/entry.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { readJobFile } from '../../report/read-report.ts'
import { matchOutcomes } from '../../report/batch-outcomes.ts'
import { toCsv } from '../../report/csv.ts'
import { volumesOf } from '../../report/volumes.ts'
import { sourceAddressPrefix } from '../../report/row.ts'
import { writeReport } from '../../report/write-report.ts'
import { mergeBatches } from '../../report/fragments.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { memoryStore } from '../../storage/drivers/memory/store.ts'
import { failing, fault, first, jobOptions, keysOf, put, someBytes, KiB } from '../copy/support.ts'
import { contextOf, copyAll, listAll, reportOn, rowsOf, runJob, signal, textOf } from './support.ts'

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe('the report', () => {
  it('accounts for each file in the lists of the contract, and leaves no ledger behind', async () => {
    const source = openMemory({ store: crypto.randomUUID() })
    const destination = openMemory()
    for (const key of ['new', 'same', 'bad']) await put(source, key, 'content')
    await put(destination, 'same', 'content')
    const from = failing(source, ({ operation, key }) => (operation === 'get' && key === 'bad' ? fault('archived') : undefined))
    const result = await runJob({ source: from, destination })
    expect(result.lists).toEqual(['total_list', 'completed_list', 'skipped_list', 'error_list'].map((list) => `photos-to-archive@1_${list}`))
    const total = await rowsOf(destination, 1, 'total_list')
    const address = `memory://${source.info.bucket}/`
    expect(total).toMatchObject(['bad', 'new', 'same'].map((key) => ({ source_address: address + key, file_name: key, size: '7' })))
    expect(total.every(({ last_modified: at }) => time.test(at ?? ''))).toBe(true)
    const { hashes } = await destination.head('new')
    expect(await rowsOf(destination, 1, 'completed_list')).toMatchObject([{ file_name: 'new', size: '7', crc64: hashes.crc64 }])
    expect(await rowsOf(destination, 1, 'skipped_list')).toEqual([{ file_name: 'same', size: '7', reason: 'same' }])
    expect(await rowsOf(destination, 1, 'error_list')).toMatchObject([{ file_name: 'bad', code: 'Archived' }])
    expect((await keysOf(destination)).filter((key) => key.includes('.ledger/'))).toEqual([])
    const file = await readJobFile(destination, 'photos-to-archive')
    expect(file).toMatchObject({ job: 'photos-to-archive', options: jobOptions(), runs: [{ run: 1, total: { files: 3 }, completed: { files: 1 } }] })
  })

  it('has its header rows exactly so, with CRLF, also where a list is empty', async () => {
    const destination = openMemory()
    await runJob({ source: openMemory(), destination })
    expect(await textOf(destination, 1, 'total_list')).toBe('source_address,file_name,size,last_modified\r\n')
    expect(await textOf(destination, 1, 'error_list')).toBe('file_name,started_at,ended_at,code,description\r\n')
  })

  it('calls what was never tried failed, NotAttempted, and aborts what was left open', async () => {
    const store = crypto.randomUUID()
    const source = openMemory()
    const destination = openMemory({ store })
    for (const key of ['a', 'b', 'c']) await put(source, key, key)
    const ledger = openLedger(destination, contextOf({}))
    const { batches } = await listAll({ source, destination }, ledger)
    const upload = await destination.multipart?.create('b', { metadata: { user: {} }, size: 100, partBytes: 50 })
    if (!upload) throw new Error('no multipart')
    const open = { key: 'b', upload, size: 100, mtimeMs: 1, parts: [], verified: true }
    await ledger.writeOutcomes(0, { generation: 2, attempt: 1 }, { outcomes: [{ key: 'a', size: 1, mtimeMs: 1, kind: 'skipped', reason: 'same' }], uploads: [open] })
    expect(batches).toHaveLength(1)
    const { counts } = await reportOn({ source, destination }, ledger, [[0, 1, 2, 1]])
    expect(counts).toMatchObject({ skipped: { files: 1 }, failed: { files: 2 } })
    expect((await rowsOf(destination, 1, 'error_list')).map(({ code }) => code)).toEqual(['NotAttempted', 'NotAttempted'])
    expect(memoryStore(store).uploads.size).toBe(0)
  })

  it('takes a batch without any outcomes for not attempted', async () => {
    const source = openMemory()
    const destination = openMemory()
    await put(source, 'a', 'a')
    const ledger = openLedger(destination, contextOf({}))
    await listAll({ source, destination }, ledger)
    expect((await reportOn({ source, destination }, ledger, [[0, 1, -1, 0]])).counts.failed.files).toBe(1)
  })

  it('is written again as it was, wherever an attempt broke off', async () => {
    const source = openMemory()
    const destination = openMemory({ limits: { maxPutBytes: 1_500 } })
    for (let i = 0; i < 50; i++) await put(source, `f${i}`, 'x')
    const ledger = openLedger(openMemory(), contextOf({}))
    const { batches, excluded } = await listAll({ source, destination }, ledger)
    const merge = { context: ledger.context, merge: 0, batches: await copyAll({ source, destination }, ledger, batches) }
    const { fragment, counts } = await mergeBatches({ ledger, input: merge, attempt: 1, sourcePrefix: sourceAddressPrefix(source.info), signal })
    const input = { context: ledger.context, fragments: [fragment], counts, excluded, startedAt: 0, endedAt: 1 }
    const write = (to = destination) => writeReport({ destination: to, ledger, input, attempt: 1, signal, onProgress: () => {} })
    const before: string[] = []
    for (const operation of ['create', 'complete', 'put'] as const) {
      await expect(write(failing(destination, first(1, operation, fault('forbidden'))))).rejects.toThrow()
    }
    await write()
    before.push(await textOf(destination, 1, 'total_list'))
    expect(await write()).toMatchObject({ counts: { completed: { files: 50 } } })
    expect(await textOf(destination, 1, 'total_list')).toBe(before[0])
    expect(parse(before[0] ?? '', { columns: true })).toHaveLength(50)
  })

  it('refuses lists that do not have the rows which the run counted', async () => {
    const destination = openMemory()
    const ledger = openLedger(destination, contextOf({}))
    await ledger.writeFragmentIndex(0, 1, { parts: [], droppedMetadata: 0 })
    const counts = { completed: { files: 1, bytes: 1 }, skipped: { files: 0, bytes: 0 }, failed: { files: 0, bytes: 0 }, unverified: 0 }
    const input = { context: ledger.context, fragments: [{ merge: 0, attempt: 1, parts: 0 }], counts, excluded: { files: 0, bytes: 0 }, startedAt: 0, endedAt: 1 }
    const task = { destination, ledger, input, attempt: 1, signal, onProgress: () => {} }
    await expect(writeReport(task)).rejects.toMatchObject({ fault: { code: 'AccountingMismatch' } })
  })
})

describe('accounting', () => {
  const entry: Entry = { key: 'a', size: 1, mtimeMs: 1 }
  const outcome = { key: 'a', size: 1, mtimeMs: 1, kind: 'skipped', reason: 'same' } as const
  const match = (entries: readonly Entry[], outcomes: BatchState['outcomes']) => matchOutcomes(7, entries, { outcomes, uploads: [] }, 0)

  it('names the batch whose outcomes are not those of its files', () => {
    expect(match([entry], [outcome])).toEqual([outcome])
    expect(() => match([entry], [outcome, outcome])).toThrow(/Batch 7/)
    expect(() => match([], [outcome])).toThrow(/Batch 7/)
    expect(() => match([entry], [{ ...outcome, key: 'b' }])).toThrow(/Batch 7/)
  })
})

describe('CSV', () => {
  it('quotes what any reader could take for the end of a row or cell', () => {
    expect(toCsv([['a\nb', 'c\rd', 'e,f', 'g"h', ' i ', '']]).toString()).toBe('"a\nb","c\rd","e,f","g""h", i ,\r\n')
  })

  it('comes back equal through another reader', () => {
    const cell = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', '😀', '\t', ';'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const text = toCsv(rows)
        expect(parse(text, { record_delimiter: '\r\n', skip_empty_lines: false })).toEqual(rows)
      }),
      { numRuns: 500 },
    )
  })
})

describe('volumes', () => {
  it('go on in another one above so many rows', () => {
    const parts = [3, 3, 3, 3].map((rows) => ({ list: 'total_list' as const, rows, bytes: rows * 10 }))
    const index = { parts: [...parts, { list: 'error_list' as const, rows: 1, bytes: 9 }], droppedMetadata: 0 }
    const volumes = volumesOf('total_list', [[{ merge: 0, attempt: 1, parts: 5 }, index]], 7)
    expect(volumes.map(({ rows, bytes }) => [rows, bytes])).toEqual([[6, 60], [6, 60]])
    expect(volumesOf('skipped_list', [], 7)).toEqual([{ rows: 0, bytes: 0, parts: [] }])
  })
})

describe('a large report', () => {
  it('is put together in parts', async () => {
    const { inPieces } = await import('../../report/put-stream.ts')
    const bytes = someBytes(300 * KiB)
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 7_777) yield bytes.subarray(at, at + 7_777)
    }
    const bodies: Buffer[] = []
    for await (const body of inPieces(chunks(), 64 * KiB)) bodies.push(Buffer.concat(body))
    expect(bodies.map(({ length }) => length)).toEqual([65_536, 65_536, 65_536, 65_536, 45_056])
    expect(Buffer.concat(bodies)).toEqual(bytes)
  })
})
