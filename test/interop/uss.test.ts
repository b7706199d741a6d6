/** UPYUN's own Python client against the server that stands in for USS, and against what our driver wrote there and the reverse. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { bytesOf, keysOf, noMetadata, put, read, readText, sha256 } from '../conformance/tools.ts'
import { startUssServer, type UssServer } from '../servers/uss/server.ts'
import { findPython, runPython } from '../support/python.ts'

const packages = ['upyun==2.5.5', 'requests==2.34.2', 'urllib3==2.8.0', 'certifi==2026.10.19.post1', 'charset-normalizer==3.5.2', 'idna==3.20']
const python = await findPython({ name: 'upyun-2.5.5', packages })
const why = 'missing' in python ? `: skipped. ${python.missing}` : ''
const script = fileURLToPath(new URL('upyun-client.py', import.meta.url))
const MiB = 2 ** 20

interface Outcome {
  readonly ok?: unknown
  readonly status?: number
  readonly code?: number
}

describe.skipIf(why !== '')(`UPYUN's Python client${why}`, { timeout: 60_000 }, () => {
  const known = { operator: 'operator', password: 'test-secret' }
  let server: UssServer
  let storage: Storage
  beforeAll(async () => {
    server = await startUssServer({ service: 'interop', operators: [{ name: known.operator, password: known.password }] })
    storage = await openStorage({ vendor: 'uss', domain: server.domain, service: 'interop', ...known })
  })
  afterAll(async () => {
    await storage?.close()
    await server?.stop()
  })

  const steps = async (list: readonly Readonly<Record<string, unknown>>[], as: Readonly<Record<string, string>> = {}): Promise<Outcome[]> => {
    if ('missing' in python) throw new Error(python.missing)
    const told = { service: 'interop', endpoint: new URL(server.domain).host, ...known, ...as, steps: list }
    return (await runPython(python.program, script, told)) as Outcome[]
  }
  const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64')

  it('reads what our driver wrote, whatever its name', async () => {
    const keys = ['plain.txt', 'ü 日本.txt', 'a+b%20c#?&=.txt', "it's(1)!*~.txt", 'dir/sub dir/x']
    for (const key of keys) await put(storage, `ours/${key}`, key)
    const got = await steps(keys.map((key) => ({ do: 'get', key: `/ours/${key}` })))
    expect(got.map(({ ok }) => Buffer.from(String(ok), 'base64').toString())).toEqual(keys)
    const [listed, info] = await steps([{ do: 'list', key: '/ours' }, { do: 'info', key: '/ours/plain.txt' }])
    const named = ['plain.txt', 'ü 日本.txt'].map((name) => expect.objectContaining({ name, type: 'N' }) as unknown)
    expect(listed?.ok).toEqual(expect.arrayContaining([...named, expect.objectContaining({ name: 'dir', type: 'F' }) as unknown]))
    expect(info?.ok).toMatchObject({ 'file-type': 'file', 'file-size': '9' })
  })

  it('writes what our driver reads, with type and metadata, a checksum proved', async () => {
    const headers = { 'Content-Type': 'text/css', 'x-upyun-meta-colour': 'blue' }
    const outcomes = await steps([
      { do: 'put', key: '/theirs/a ü+%.css', bytes: base64('body {}'), headers: { ...headers }, checksum: true },
      { do: 'put', key: '/theirs/wrong', bytes: base64('x'), headers: { 'Content-MD5': '0'.repeat(32) } },
      { do: 'mkdir', key: '/theirs/empty' },
    ])
    expect(outcomes).toMatchObject([{ ok: {} }, { status: 400, code: 40000006 }, { ok: null }])
    expect(await keysOf(storage, { prefix: 'theirs/' })).toEqual(['theirs/a ü+%.css', 'theirs/empty/'])
    const { bytes, info } = await read(storage, 'theirs/a ü+%.css')
    expect([bytes.toString(), info.metadata]).toEqual(['body {}', { contentType: 'text/css', user: { colour: 'blue' } }])
    expect((await storage.head('theirs/a ü+%.css')).metadata).toEqual(info.metadata)
  })

  it('sends parts in any order, and reads those that our driver sent', async () => {
    const theirs = bytesOf(3 * MiB + 5, 3)
    const [sent] = await steps([{ do: 'parts', key: '/parts/theirs', bytes: base64(theirs), part_size: MiB, order: [2, 0, 3, 1] }])
    expect(sent).toMatchObject({ ok: { 'multi-length': String(theirs.length) } })
    expect(sha256((await read(storage, 'parts/theirs')).bytes)).toBe(sha256(theirs))

    const ours = bytesOf(2 * MiB + 9, 5)
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    const upload = await multipart.create('parts/ours', { ...noMetadata, size: ours.length, partBytes: MiB })
    const parts = await Promise.all([3, 1, 2].map((n) => multipart.putPart(upload, n, [ours.subarray((n - 1) * MiB, n * MiB)])))
    await multipart.complete(upload, parts.toSorted((a, b) => a.number - b.number), {})
    const [got] = await steps([{ do: 'get', key: '/parts/ours' }])
    expect(sha256(Buffer.from(String(got?.ok), 'base64'))).toBe(sha256(ours))
  })

  it('pages through a folder to the end, each name once', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `n${i}`)
    for (const name of names) await put(storage, `pages/${name}`)
    const [paged] = await steps([{ do: 'pages', key: '/pages/', limit: 3 }])
    const pages = paged?.ok as string[][]
    expect([pages.map(({ length }) => length), pages.flat().toSorted()]).toEqual([[3, 3, 1], names])
  })

  it('deletes a file, and a folder only when it is empty', async () => {
    await put(storage, 'gone/x')
    const outcomes = await steps([
      { do: 'delete', key: '/gone' }, { do: 'delete', key: '/gone/x' }, { do: 'delete', key: '/gone' }, { do: 'get', key: '/gone/x' },
    ])
    expect(outcomes.map(({ code }) => code)).toEqual([40300005, undefined, undefined, 40400001])
  })

  it('is refused with a wrong password, an unknown name and another service', async () => {
    const refused = async (as: Record<string, string>) => (await steps([{ do: 'list' }], as))[0]
    expect(await refused({ password: 'wrong' })).toEqual({ status: 401, code: 40100005 })
    expect(await refused({ operator: 'nobody' })).toEqual({ status: 401, code: 40100006 })
    expect(await refused({ service: 'other' })).toEqual({ status: 401, code: 40100012 })
    expect(await readText(storage, 'ours/plain.txt')).toBe('plain.txt')
  })
})
