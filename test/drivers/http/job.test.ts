import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { rowsOf, runJob } from '../../report/support.ts'
import { read } from '../../conformance/tools.ts'
import { listFile, openList, serve } from './support.ts'

describe('a job from a list of URLs', () => {
  it('copies what is good and lists what is not, each with its line or its answer', async () => {
    const { server } = await serve({
      '/a': (_, response) => void response.writeHead(200, { 'content-length': 1, 'content-type': 'text/css' }).end('a'),
      '/denied': (_, response) => void response.writeHead(403).end(),
    })
    const rows = ['a\tcopy/a%2B1', 'denied\tdenied', 'gone\tgone', 'a\tcopy/a%2B1', 'no tab'].map((row) => `${server.origin}/${row}`)
    const source = await openList(listFile(rows.join('\r\n')))
    const destination = openMemory()
    const { counts } = await runJob({ source, destination, options: { include: ['copy/**', 'denied', 'gone'] } })
    expect(counts).toMatchObject({ completed: { files: 1, bytes: 1 }, failed: { files: 4 } })
    const { bytes, info } = await read(destination, 'copy/a+1')
    expect([bytes.toString(), info.metadata.contentType]).toEqual(['a', 'text/css'])
    const failed = (await rowsOf(destination, 1, 'error_list')).map(({ file_name: name, code, description }) => [name, code, description])
    expect(failed.toSorted()).toEqual([
      ['denied', 'Forbidden', expect.stringContaining('/denied answered 403. (403)')],
      ['gone', 'SourceGone', expect.stringContaining('/gone answered 404. (404)')],
      ['line 4 of urls.tsv', 'KeyUnsupported', 'Line 4 of urls.tsv has the file name "copy/a+1", which line 1 has already.'],
      ['line 5 of urls.tsv', 'KeyUnsupported', 'Line 5 of urls.tsv has no tab between URL and file name.'],
    ])
  })

  it('retried, says of each line again what is wrong with it, and of one that was mended what to do', async () => {
    const { server } = await serve({ '/a': (_, response) => void response.writeHead(200, { 'content-length': 1 }).end('a') })
    const row = `${server.origin}/a\ta`
    const lines = [row, 'no tab', row, ...Array.from({ length: 5_000 }, () => ''), 'ftp://x/y\ty']
    const file = listFile(lines.join('\n'))
    const destination = openMemory()
    const told = async (run: number) => {
      const rows = await rowsOf(destination, run, 'error_list')
      return rows.map(({ file_name: name, code, description }) => [name, code, description]).toSorted()
    }
    await runJob({ source: await openList(file), destination })
    const first = await told(1)
    expect(first.map(([name]) => name)).toEqual(['line 2 of urls.tsv', 'line 3 of urls.tsv', 'line 5004 of urls.tsv'])
    expect((await runJob({ source: await openList(file), destination, run: 2, retry: { run: 1 } })).counts).toMatchObject({ completed: { files: 0 }, failed: { files: 3 } })
    expect(await told(2)).toEqual(first)

    writeFileSync(file, lines.with(1, `${server.origin}/a\tb`).join('\n'))
    await runJob({ source: await openList(file), destination, run: 3, retry: { run: 2 } })
    expect((await told(3))[0]).toEqual(['line 2 of urls.tsv', 'SourceGone', expect.stringContaining('is in order now, with the file name "b": run the job again')])
  })
})
