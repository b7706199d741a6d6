/** Other people's clients judge the stand-ins of test/servers/stores: whatever they write and read, signed, at the vendors' real names. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPython, startClients, type ClientAnswer, type ClientRequest, type PythonClient, type PythonClients } from '../support/python-clients.ts'
import type { StoreVendor } from '../servers/stores/dialect.ts'
import { MiB } from '../servers/stores/options.ts'
import { startServer, type StoreServer } from '../servers/stores/server.ts'

interface Judge {
  readonly client: PythonClient
  readonly vendor: StoreVendor
  readonly bucket?: string
  readonly partBytes?: number
  /** Keys beside those that all hold. */
  readonly more?: readonly string[]
  readonly refusal?: { readonly status: number; readonly code: string | null }
  readonly copies?: false
  /** Its uploads in parts have at least one part, and forms are not there. */
  readonly empty?: false
}

const judges: readonly Judge[] = [
  { client: 'oss2', vendor: 'oss' },
  { client: 'oss-v2', vendor: 'oss' },
  { client: 'cos', vendor: 'cos', bucket: 'photos-1250000000' },
  { client: 'boto3', vendor: 'cos', bucket: 'photos-1250000000' },
  { client: 'ks3', vendor: 'ks3', partBytes: 5 * MiB, more: ['/leading'] },
  { client: 'boto3', vendor: 'ks3', partBytes: 5 * MiB, more: ['/leading'] },
  { client: 'bos', vendor: 'bos', partBytes: 5 * MiB },
  { client: 'boto3', vendor: 'bos', partBytes: 5 * MiB },
  { client: 'kodo', vendor: 'kodo', more: ['/leading', 'control\u0001'], refusal: { status: 401, code: null }, copies: false, empty: false },
  { client: 'boto3', vendor: 'kodo' },
]

const oddKeys = ['plain', 'a b/ü+%&?#', 'folder/', '%46', 'twice//two', `<&>"'`, '中/😀', "(*)!~@:$,;='"]
const key = { accessKeyId: 'AKIDjudge', accessKeySecret: 'a secret+/=' }
const metadata = { plain: 'b c', title: 'ünïcode 中' }
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const found = await findPython()
const python = 'python' in found ? found.python : ''
if ('missing' in found) console.error(`Skipped, the clients in Python: ${found.missing}.`)

let clients: PythonClients
beforeAll(() => {
  if (python !== '') clients = startClients(python)
})
afterAll(() => clients?.stop())

describe.skipIf(python === '').each(judges)('$client judges $vendor', (judge) => {
  const { client, vendor, bucket = 'photos', partBytes = MiB, more = [], refusal = { status: 403, code: 'SignatureDoesNotMatch' } } = judge
  const domain = 'cdn.example.com'
  const keys = [...oddKeys, ...more]
  let server: StoreServer

  const ask = (op: ClientRequest['op'], request: object = {}): Promise<ClientAnswer> =>
    clients.ask({ client, vendor, bucket, domain, endpoint: server.endpoint, ...key, op, ...request })
  const put = async (name: string, bytes: Buffer, extra: object = {}): Promise<ClientAnswer> =>
    await ask('put', { key: name, body: bytes.toString('base64'), ...extra })

  beforeAll(async () => {
    server = await startServer(vendor, { buckets: [{ name: bucket }], keys: [key], cnames: { [domain]: bucket } })
  })
  afterAll(() => server.close())

  it.each(keys)('writes and reads %j with its metadata', async (name) => {
    const bytes = randomBytes(1000)
    const written = await put(name, bytes, { contentType: 'text/x-odd', metadata })
    expect(written.error).toBeUndefined()
    const stated = { size: 1000, contentType: 'text/x-odd', metadata }
    const got = await ask('get', { key: name })
    expect(got).toMatchObject({ ...stated, sha256: sha256(bytes), etag: written.etag })
    expect(await ask('head', { key: name })).toMatchObject({ ...stated, etag: written.etag })
  })

  it('lists all of them page by page, in the order of their bytes', async () => {
    const order = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await ask('list', { pageSize: 2 })).toEqual({ keys: order })
    expect(await ask('list', { prefix: 'a b/' })).toEqual({ keys: ['a b/ü+%&?#'] })
  })

  it.skipIf(judge.empty === false)('writes and reads an empty object', async () => {
    await put('empty', Buffer.alloc(0))
    expect(await ask('get', { key: 'empty' })).toMatchObject({ size: 0, sha256: sha256(Buffer.alloc(0)) })
  })

  it('reads a range', async () => {
    const bytes = randomBytes(1000)
    await put('ranged', bytes)
    expect(await ask('get', { key: 'ranged', range: [10, 19] })).toMatchObject({ sha256: sha256(bytes.subarray(10, 20)) })
  })

  it('goes on with an upload in parts that it left', async () => {
    const bytes = randomBytes(2 * partBytes + 77)
    const upload = { key: 'in parts/ü', body: bytes.toString('base64'), partBytes }
    expect(await ask('multipart', { ...upload, stopAfter: 2 })).toEqual({ parts: 2 })
    expect([404, 612]).toContain((await ask('head', { key: upload.key })).error?.status)
    expect(await ask('multipart', upload)).toEqual({ parts: 1 })
    expect(await ask('get', { key: upload.key })).toMatchObject({ size: bytes.length, sha256: sha256(bytes) })
  })

  it.skipIf(judge.copies === false)('copies', async () => {
    const bytes = randomBytes(100)
    await put('from a+b/ü', bytes, { metadata })
    expect((await ask('copy', { source: 'from a+b/ü', key: 'to' })).error).toBeUndefined()
    expect(await ask('get', { key: 'to' })).toMatchObject({ sha256: sha256(bytes), metadata })
  })

  it('tells which objects are not what they should be', async () => {
    const bytes = randomBytes(100)
    await put('right', bytes)
    await put('wrong', randomBytes(100))
    const objects = ['right', 'wrong', 'missing'].map(name => ({ key: name, sha256: sha256(bytes) }))
    expect((await ask('verify', { objects })).wrong?.map(({ key: name }) => name)).toEqual(['wrong', 'missing'])
  })

  it('deletes', async () => {
    await put('gone', Buffer.from('x'))
    expect((await ask('delete', { key: 'gone' })).error).toBeUndefined()
    expect((await ask('get', { key: 'gone' })).error?.status).toBe(404)
  })

  it('is refused with a wrong secret', async () => {
    await put('there', Buffer.from('x'))
    expect((await ask('get', { key: 'there', accessKeySecret: 'another' })).error).toMatchObject(refusal)
  })
})
