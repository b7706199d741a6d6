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
})
