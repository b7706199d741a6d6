/** The vendors' own clients read what the wire client wrote, and the reverse, each at the vendor's real names. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { keysOf, noMetadata, put, read } from '../conformance/tools.ts'
import { findPython, startClients, type ClientAnswer, type ClientRequest, type PythonClient, type PythonClients } from '../support/python-clients.ts'
import type { StoreVendor } from '../servers/stores/dialect.ts'
import { startServer, type StoreServer } from '../servers/stores/server.ts'

interface Pair {
  readonly client: PythonClient
  readonly vendor: StoreVendor
  readonly bucket: string
  readonly address: Extract<ResolvedAddress, { vendor: 'oss' | 'cos' | 'bos' | 'kodo' | 'ks3' | 's3' }>
  /** The address only reads. */
  readonly readOnly?: true
}

const key = { accessKeyId: 'AKIDjudge', accessKeySecret: 'a secret+/=' }
const keyPair = { bucket: 'photos', accessKey: key.accessKeyId, secretKey: key.accessKeySecret }
const domain = 'cdn.example.com'
const cosBucket = 'photos-1250000000'

const pairs: readonly Pair[] = [
  { client: 'cos', vendor: 'cos', bucket: cosBucket, address: { vendor: 'cos', endpoint: 'http://cos.ap-guangzhou.myqcloud.com', region: 'ap-guangzhou', bucket: cosBucket, secretId: key.accessKeyId, secretKey: key.accessKeySecret } },
  { client: 'bos', vendor: 'bos', bucket: 'photos', address: { vendor: 'bos', endpoint: 'http://bj.bcebos.com', ...keyPair } },
  { client: 'ks3', vendor: 'ks3', bucket: 'photos', address: { vendor: 'ks3', endpoint: 'http://ks3-cn-beijing.ksyuncs.com', ...keyPair } },
  { client: 'boto3', vendor: 'kodo', bucket: 'photos', address: { vendor: 'kodo', endpoint: 'http://s3.cn-east-1.qiniucs.com', ...keyPair } },
  { client: 'kodo', vendor: 'kodo', bucket: 'photos', address: { vendor: 'kodo', endpoint: `http://${domain}`, listEndpoint: 'http://rsf.qiniuapi.com', ...keyPair }, readOnly: true },
]

const oddKeys = ['a b/ü+%&?#', '%46', 'twice//two', '中/😀', "(*)!~@:$,;='"]
const partBytes = 5 * 2 ** 20
const metadata = { contentType: 'text/x-odd', user: { plain: 'b c' } }
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const found = await findPython()
const python = 'python' in found ? found.python : ''
if ('missing' in found) console.error(`Skipped, the clients in Python: ${found.missing}.`)

let clients: PythonClients
beforeAll(() => {
  if (python !== '') clients = startClients(python)
})
afterAll(() => clients?.stop())

describe.skipIf(python === '').each(pairs)('$client beside $address.vendor at $address.endpoint', ({ client, vendor, bucket, address, readOnly }) => {
  let server: StoreServer
  let storage: Storage
  const ask = (op: ClientRequest['op'], request: object = {}): Promise<ClientAnswer> =>
    clients.ask({ client, vendor, bucket, domain, endpoint: server.endpoint, ...key, op, ...request })

  beforeAll(async () => {
    server = await startServer(vendor, { buckets: [{ name: bucket }], keys: [key], cnames: { [domain]: bucket } })
    storage = await openStorage({ ...address, proxy: server.endpoint })
  })
  afterAll(async () => {
    await storage.close()
    await server.close()
  })

  it.skipIf(readOnly)('reads what the wire client wrote', async () => {
    for (const name of oddKeys) {
      const bytes = randomBytes(1000)
      await put(storage, name, bytes, { metadata })
      expect(await ask('get', { key: name })).toMatchObject({ sha256: sha256(bytes), contentType: 'text/x-odd', metadata: metadata.user })
    }
    expect(await ask('list', { pageSize: 2 })).toEqual({ keys: oddKeys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) })
  })

  it('writes what the wire client reads', async () => {
    for (const name of oddKeys) {
      const bytes = randomBytes(1000)
      await ask('put', { key: name, body: bytes.toString('base64'), contentType: 'text/x-odd', metadata: metadata.user })
      const got = await read(storage, name)
      expect(got.bytes.equals(bytes)).toBe(true)
      expect(got.info.metadata).toMatchObject({ contentType: 'text/x-odd', user: metadata.user })
    }
    expect((await keysOf(storage, { limit: 2 })).sort()).toEqual(oddKeys.toSorted())
  })

  it.skipIf(readOnly)('reads what the wire client put together', async () => {
    const { multipart } = storage
    if (!multipart) throw new Error('no multipart')
    const bytes = randomBytes(partBytes + 7)
    const upload = await multipart.create('large', { ...noMetadata, size: bytes.length, partBytes })
    const parts = [await multipart.putPart(upload, 1, [bytes.subarray(0, partBytes)]), await multipart.putPart(upload, 2, [bytes.subarray(partBytes)])]
    await multipart.complete(upload, parts, {})
    expect(await ask('get', { key: 'large' })).toMatchObject({ size: bytes.length, sha256: sha256(bytes) })
  })
})
