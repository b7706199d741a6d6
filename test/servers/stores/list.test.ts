import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOssServer, type StoreServer } from './server.ts'
import { send, testKey, type RawAnswer } from './signed-request.ts'
import { SortedKeys } from './store/sorted-keys.ts'

describe('sorted keys', () => {
  it('equal a sorted set after any additions and removals, from any key on', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\u00e9'), maxLength: 5 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 500, size: 'max' }), key, (steps, from) => {
        const [keys, set] = [new SortedKeys(4), new Set<string>()]
        for (const [add, one] of steps) {
          keys[add ? 'add' : 'remove'](one)
          set[add ? 'add' : 'delete'](one)
        }
        expect([...keys.from(from)]).toEqual([...set].filter(one => one >= from).toSorted((a, b) => (a < b ? -1 : 1)))
      }),
      { numRuns: 100 },
    )
  })
})

describe('listing', () => {
  let server: StoreServer
  const bucket = 'photos'
  const keys = ['a', 'a/', 'a/1', 'a/2/x', 'a/2/y', 'a/3', 'a//z', 'b', 'b-1', 'b/1', 'c/', 'c/1', 'z\u00e9/1', 'z\ud83d\ude00']

  beforeAll(async () => {
    server = await startOssServer({ buckets: [{ name: bucket }], keys: [testKey] })
    for (const key of keys) await send(server, { method: 'PUT', bucket, key, body: '' })
  })
  afterAll(() => server.close())

  const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

  /** What the documentation says, said plainly. */
  function expected(prefix: string, delimiter: string): string[] {
    const folded = keys
      .filter(key => key.startsWith(prefix))
      .map(key => {
        const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
        return cut < 0 ? key : `${key.slice(0, cut + delimiter.length)} (prefix)`
      })
    return [...new Set(folded)].toSorted(bytewise)
  }

  async function walk(
    query: Record<string, string>,
    more: (page: string) => Record<string, string> | undefined,
  ): Promise<string[]> {
    const found: string[] = []
    for (let next: Record<string, string> | undefined = {}; next !== undefined;) {
      const page = (await send(server, { bucket, query: { ...query, ...next } })).body.toString()
      const size = Number(query['max-keys'] ?? 100)
      const entries = Array.from(
        page.matchAll(/<Contents><Key>(.*?)<\/Key>|<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g),
        ([, key, prefix]) => key ?? `${prefix} (prefix)`,
      )
      expect(entries.length).toBeLessThanOrEqual(size)
      if (page.includes('<IsTruncated>true')) expect(entries.length).toBe(size)
      found.push(...entries)
      next = more(page)
    }
    return found.toSorted(bytewise)
  }
  const between = (page: string, tag: string): string | undefined => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(page)?.[1]

  it.each([
    ['', ''],
    ['', '/'],
    ['a', '/'],
    ['a/', '/'],
    ['a/', ''],
    ['b', '/'],
    ['z', ''],
    ['nothing', '/'],
    ['', 'a/'],
  ])('under %j with delimiter %j is the same at every page size, V1 and V2', async (prefix, delimiter) => {
    for (const size of ['1', '2', '3', '1000']) {
      const query = { 'max-keys': size, ...(prefix === '' ? {} : { prefix }), ...(delimiter === '' ? {} : { delimiter }) }
      const v1 = await walk(query, page =>
        between(page, 'NextMarker') === undefined ? undefined : { marker: between(page, 'NextMarker') ?? '' },
      )
      const v2 = await walk({ ...query, 'list-type': '2' }, page => {
        const token = between(page, 'NextContinuationToken')
        return token === undefined ? undefined : { 'continuation-token': token }
      })
      expect(v1).toEqual(expected(prefix, delimiter))
      expect(v2).toEqual(expected(prefix, delimiter))
    }
  })

  it('tells times, sizes and hashes as OSS writes them', async () => {
    const page = (await send(server, { bucket, query: { 'list-type': '2', prefix: 'b-' } })).body.toString()
    const contents = (page.match(/<Contents>.*<\/Contents>/)?.[0] ?? '').replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z/, 'TIME')
    const hash = '<ETag>"D41D8CD98F00B204E9800998ECF8427E"</ETag><Type>Normal</Type><Size>0</Size>'
    const rest = '<StorageClass>Standard</StorageClass></Contents>'
    expect(contents).toBe(`<Contents><Key>b-1</Key><LastModified>TIME</LastModified>${hash}${rest}`)
    expect(page).toContain('<KeyCount>1</KeyCount>')
  })

  it.each<Record<string, string>>([
    { 'max-keys': '0' },
    { 'max-keys': '1001' },
    { 'max-keys': 'x' },
    { 'encoding-type': 'rot13' },
    { 'list-type': '2', 'continuation-token': '!' },
  ])('refuses %j', async query => {
    const answer: RawAnswer = await send(server, { bucket, query })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })

  it('pages through open uploads', async () => {
    for (const key of ['u/1', 'u/1', 'u/2', 'v']) await send(server, { method: 'POST', bucket, key, query: { uploads: null } })
    const seen: string[] = []
    for (let marker: Record<string, string> = {}; ;) {
      const page = (
        await send(server, { bucket, query: { uploads: null, prefix: 'u/', 'max-uploads': '1', ...marker } })
      ).body.toString()
      seen.push(...Array.from(page.matchAll(/<Upload><Key>(.*?)<\/Key>/g), match => match[1] ?? ''))
      if (!page.includes('<IsTruncated>true')) break
      marker = {
        'key-marker': between(page, 'NextKeyMarker') ?? '',
        'upload-id-marker': between(page, 'NextUploadIdMarker') ?? '',
      }
    }
    expect(seen).toEqual(['u/1', 'u/1', 'u/2'])
  })
})
