import { appendFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addressFault } from '../../../storage/address-fault.ts'
import { isStorageError } from '../../../storage/error.ts'
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { failureOf, keysOf, list, put, readText } from '../../conformance/tools.ts'
import { freePort } from '../../support/processes.ts'
import { startNginx, type Nginx } from '../../support/nginx.ts'
import { listFile, openList, serve } from './support.ts'

let nginx: Nginx
beforeAll(async () => {
  nginx = await startNginx()
  mkdirSync(join(nginx.folder, 'dir'))
  for (const name of ['a', 'b', 'c', 'dir/d']) writeFileSync(join(nginx.folder, name), `content of ${name}`)
})
afterAll(async () => await nginx?.stop())

const codeOf = async (storage: Storage): Promise<string> => {
  const error = await storage.list().catch((thrown: unknown) => thrown)
  return isStorageError(error) ? addressFault(error, 'source').code : String(error)
}

describe('a list of URLs', () => {
  it('gives its files in its own order, with what their servers say of them', async () => {
    const rows = ['c', 'a', 'dir/d', 'b'].map((name) => `${nginx.origin}/${name}\tcopy/${name}\n`)
    const storage = await openList(listFile(rows.join('')))
    const entries = await list(storage)
    expect(entries.map(({ key, size }) => [key, size])).toEqual([['copy/c', 12], ['copy/a', 12], ['copy/dir/d', 16], ['copy/b', 12]])
    expect(entries.every(({ mtimeMs }) => Math.abs(mtimeMs - Date.now()) < 60_000)).toBe(true)
    for (const limit of [1, 2, 3, 4]) expect(await list(storage, { limit })).toEqual(entries)
    expect(await keysOf(storage, { prefix: 'copy/d' })).toEqual(['copy/dir/d'])
    expect(await readText(storage, 'copy/dir/d')).toBe('content of dir/d')
  })

  it('may have a byte order mark, CRLF, empty lines, and no line feed at its end', async () => {
    const storage = await openList(listFile(`\ufeff${nginx.origin}/a\ta\r\n\r\n\n${nginx.origin}/b\tb`))
    expect(await keysOf(storage)).toEqual(['a', 'b'])
    expect(await keysOf(storage, { limit: 1 })).toEqual(['a', 'b'])
    expect(await readText(storage, 'a')).toBe('content of a')
  })

  it('fails bad lines alone, by their number', async () => {
    const good = (name: string) => `${nginx.origin}/${name}\t${name}`
    const rows = [good('a'), 'no tab here', '/relative\tx', 'ftp://h/x\tx', `${nginx.origin}/a\t`, `${nginx.origin}/c\t%zz`, good('a'), good('b'), 'x'.repeat(400_000), good('c')]
    const storage = await openList(listFile(rows.join('\n')))
    for (const limit of [1, 3, 256]) {
      const entries = await list(storage, { limit })
      expect(entries.filter(({ fault }) => fault === undefined).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
      expect(entries.flatMap(({ key, fault }) => (fault === undefined ? [] : [[key, fault]]))).toEqual([
        ['line 2 of urls.tsv', 'Line 2 of urls.tsv has no tab between URL and file name.'],
        ['line 3 of urls.tsv', 'Line 3 of urls.tsv has no URL that begins with http:// or https://.'],
        ['line 4 of urls.tsv', 'Line 4 of urls.tsv has a URL of the scheme "ftp": only http and https can be read.'],
        ['line 5 of urls.tsv', 'Line 5 of urls.tsv has no file name.'],
        ['line 6 of urls.tsv', 'Line 6 of urls.tsv has a file name that is not URL-encoded: write % as %25.'],
        ['line 7 of urls.tsv', 'Line 7 of urls.tsv has the file name "a", which line 1 has already.'],
        ['line 9 of urls.tsv', 'Line 9 of urls.tsv has more than 65536 bytes.'],
      ])
    }
  })

  it('is empty where it holds nothing', async () => {
    expect(await (await openList(listFile(''))).list()).toEqual({ entries: [] })
  })

  it('goes on to be listed from a cursor in another process while it stays as it is', async () => {
    const file = listFile(['a', 'b', 'c'].map((name) => `${nginx.origin}/${name}\t${name}\n`).join(''))
    const { next } = await (await openList(file)).list({ limit: 1 })
    const other = await openList(file)
    expect((await other.list({ cursor: next })).entries.map(({ key }) => key)).toEqual(['b', 'c'])
  })

  it('is noticed to have changed', async () => {
    const file = listFile(['a', 'b'].map((name) => `${nginx.origin}/${name}\t${name}\n`).join(''))
    const storage = await openList(file)
    const { next } = await storage.list({ limit: 1 })
    appendFileSync(file, `${nginx.origin}/c\tc\n`)
    const error = await (await openList(file)).list({ cursor: next }).catch((thrown: unknown) => thrown)
    expect(isStorageError(error) && [error.retryable, addressFault(error, 'source').code]).toEqual([false, 'SourceAddrBadHttpListFormat'])
    expect(await keysOf(storage)).toEqual(['a', 'b', 'c'])
    expect(await readText(storage, 'c')).toBe('content of c')
  })

  it('that is not there, or is no list at all, has a code of its own', async () => {
    expect(await codeOf(await openList('/nowhere/urls.tsv'))).toBe('SourceAddrListFilePathNotExist')
    expect(await codeOf(await openList(nginx.folder))).toBe('SourceAddrListFilePathNotExist')
    expect(await codeOf(await openList(listFile('<html>\n<body>\n')))).toBe('SourceAddrBadHttpListFormat')
    expect(await codeOf(await openList(listFile(Buffer.from([0x1f, 0x8b, 0x08, 0x00]))))).toBe('SourceAddrBadHttpListFormat')
  })

  it('may lie at another address', async () => {
    const inner = { vendor: 'memory', store: 'with-list' } as const
    const store = await openStorage(inner)
    await put(store, 'lists/urls.tsv', `${nginx.origin}/a\ta\n`)
    const open = (key: string) => openStorage({ vendor: 'http', list: { address: inner as never, key } })
    const storage = await open('lists/urls.tsv')
    onTestFinished(() => storage.close())
    expect(storage.info.bucket).toBe('urls.tsv')
    expect(await keysOf(storage)).toEqual(['a'])
    await put(store, 'lists/urls.tsv', `${nginx.origin}/b\tb\n`)
    expect(await keysOf(storage)).toEqual(['b'])
    expect(await codeOf(await open('lists/none.tsv'))).toBe('SourceAddrListFilePathNotExist')
  })
})

describe('a URL that cannot be looked at', () => {
  it('is listed without size, for the copier to find out', async () => {
    const { storage } = await serve({
      '/gone': (_, response) => void response.writeHead(404).end(),
      '/denied': (_, response) => void response.writeHead(403).end(),
      '/good': (_, response) => void response.writeHead(200, { 'content-length': 4 }).end('good'),
    })
    expect((await list(storage)).map(({ key, size, unseen }) => [key, size, unseen])).toEqual([
      ['gone', 0, true], ['denied', 0, true], ['good', 4, undefined],
    ])
    expect(await failureOf(storage.head('gone'))).toBe('not-found')
    expect(await failureOf(storage.head('denied'))).toBe('forbidden')
    expect(await failureOf(storage.head('never listed'))).toBe('not-found')
  })

  it('is not an outage while one of the first can', async () => {
    const dead = `http://127.0.0.1:${await freePort('127.0.0.1')}`
    const rows = [...Array.from({ length: 15 }, (_, i) => `${dead}/${i}\t${i}`), `${nginx.origin}/a\ta`]
    const storage = await openList(listFile(rows.join('\n')))
    expect((await storage.list({ limit: 1 })).entries).toMatchObject([{ key: '0', unseen: true }])
  })

  it('is one where none of the first can be reached', { timeout: 30_000 }, async () => {
    const dead = `http://127.0.0.1:${await freePort('127.0.0.1')}`
    const rows = Array.from({ length: 30 }, (_, i) => `${dead}/${i}\t${i}`)
    expect(await codeOf(await openList(listFile(rows.join('\n'))))).toBe('SourceAddrCannotConnectUrl')
  })
})

describe('a list of URLs, as an address that can only be read', () => {
  it('refuses to be written', async () => {
    const storage = await openList(listFile(''))
    expect([storage.abilities.write, await failureOf(put(storage, 'key')), await failureOf(storage.delete('key'))]).toEqual([false, 'invalid', 'invalid'])
  })
})
