import { describe, expect, it } from 'vitest'
import { openLedger } from '../../ledger/ledger.ts'
import { lastRowEnd } from '../../model/rows-end.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { failing, fault, put, read } from '../copy/support.ts'
import { contextOf, listAll, rowsOf, runJob } from '../report/support.ts'

const broken = (keys: readonly string[], kind: 'forbidden' | 'archived') => (call: { operation: string; key?: string | undefined }) =>
  call.operation === 'get' && keys.includes(call.key ?? '') ? fault(kind) : undefined

const odd = ['a,b', 'new\nline', 'quote"s', 'crlf\r\nkey', '😀', ' spaces ', 'plain']

describe('a retry', () => {
  it('brings the failed files alone, with keys of every kind', async () => {
    const source = openMemory()
    const destination = openMemory()
    for (const key of [...odd, 'good']) await put(source, key, key)
    await runJob({ source: failing(source, broken(odd, 'forbidden')), destination })
    expect((await rowsOf(destination, 1, 'error_list')).map(({ file_name: key }) => key).sort()).toEqual([...odd].sort())
    const result = await runJob({ source, destination, run: 2, retry: { run: 1 } })
    expect(result.counts).toMatchObject({ completed: { files: odd.length }, failed: { files: 0 } })
    for (const key of odd) expect((await read(destination, key)).toString()).toBe(key)
  })

  it('carries over failures of another code as they were', async () => {
    const source = openMemory()
    const destination = openMemory()
    for (const key of ['a', 'b']) await put(source, key, key)
    const archived = broken(['a'], 'archived')
    const forbidden = broken(['b'], 'forbidden')
    await runJob({ source: failing(source, (call) => archived(call) ?? forbidden(call)), destination })
    const before = await rowsOf(destination, 1, 'error_list')
    const result = await runJob({ source, destination, run: 2, retry: { run: 1, only: 'Forbidden' } })
    expect(result.counts).toMatchObject({ completed: { files: 1 }, failed: { files: 1 } })
    expect(await rowsOf(destination, 2, 'error_list')).toEqual(before.filter(({ file_name: key }) => key === 'a'))
  })

  it('says of a file that is gone that it is gone', async () => {
    const source = openMemory()
    const destination = openMemory()
    await put(source, 'a', 'a')
    await runJob({ source: failing(source, broken(['a'], 'forbidden')), destination })
    await source.delete('a')
    await runJob({ source, destination, run: 2, retry: { run: 1 } })
    expect(await rowsOf(destination, 2, 'error_list')).toMatchObject([{ file_name: 'a', code: 'SourceGone' }])
  })

  it('goes on where a call ended, over several volumes', async () => {
    const source = openMemory()
    const destination = openMemory()
    const header = 'file_name,started_at,ended_at,code,description\r\n'
    const row = (key: string) => `${key},2026-01-01T00:00:00.000Z,2026-01-01T00:00:00.000Z,Network,${'x'.repeat(400)}\r\n`
    const keys = Array.from({ length: 3_000 }, (_, i) => `f${i}`)
    const folder = 'aliyun_mgw_import_report/photos-to-archive@1_error_list'
    await put(destination, folder, header + keys.slice(0, 2_000).map(row).join(''))
    await put(destination, `${folder}_2`, header + keys.slice(2_000).map(row).join(''))
    for (const key of keys) await put(source, key, key)
    const ledger = openLedger(destination, contextOf({ run: 2 }))
    const { batches, calls } = await listAll({ source, destination, retry: { run: 1 } }, ledger, { deadlineMs: 0 })
    const entries = await Promise.all(batches.map(({ n, listAttempt }) => ledger.readEntries(n, listAttempt)))
    expect(entries.flat().map(({ key }) => key)).toEqual(keys)
    expect(calls).toBeGreaterThan(3)
  })
})

describe('lastRowEnd', () => {
  it('finds no row end within quotes', () => {
    const text = 'a,"b\r\nc"\r\n"d\r\n'
    expect(lastRowEnd(Buffer.from(text))).toBe('a,"b\r\nc"\r\n'.length)
  })
})
