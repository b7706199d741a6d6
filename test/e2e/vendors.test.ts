/** Every vendor as a source and as a destination of a real job: bytes, metadata, lists, and nothing left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Storage } from '../../storage/storage.ts'
import type { ConfiguredVendor } from '../../storage/vendors.ts'
import { list, read } from '../conformance/tools.ts'
import { startOssServer, type StoreServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { metadataKinds, testFiles, type TestFile } from './files.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { accountsFor, leftOvers, listsOf, type Lists } from './report-lists.ts'
import { eachOf, type Found } from './s3-bucket.ts'
import { startTranship, type Tranship } from './tranship.ts'
import { fillFolder, modifiedMs, vendorBenches, type Bench, type VendorBench } from './vendor-benches.ts'

const MiB = 1024 ** 2
const vendors = Object.entries(vendorBenches) as [ConfiguredVendor, VendorBench][]
const largeBytes = [20 * MiB + 7, 8 * MiB + 1]
const rooted: TestFile = { key: '\\rooted.txt', bytes: Buffer.from('rooted'), metadata: { contentType: 'text/plain', user: {} } }
const filesFor = (storeOnly: boolean): TestFile[] => [...testFiles(500, { storeOnly, largeBytes }), rooted]
/** UPYUN takes `secret` as an order. */
const described: readonly TestFile[] = [...metadataKinds, { contentType: 'text/plain', user: { secret: 'x', kept: 'y' } }].map((metadata, i) => ({
  key: `described/${i}.txt`, bytes: Buffer.from(`described ${i}`), metadata,
}))

let oss: StoreServer
let tranship: Tranship
const benches = new Map<ConfiguredVendor, Bench>()
const share = temporaryFolder('share')
const shared = filesFor(false)
const ossHolds = vendorBenches.oss.holds
const chosen = vendors.filter(([vendor]) => process.env.VENDORS === undefined || process.env.VENDORS.split(',').includes(vendor))

beforeAll(async () => {
  const names = [...chosen.map(([vendor]) => `from-${vendor}`), 'described']
  oss = await startOssServer({ buckets: names.map((name) => ({ name })), keys: [ossKey] })
  await fillFolder(share, shared)
  await Promise.all(chosen.map(async ([vendor, { start }]) => void benches.set(vendor, await start())))
  const addresses = chosen.flatMap(([vendor]) => {
    const { source, destination } = benchOf(vendor)
    return [[`source-${vendor}`, source], ...(destination ? [[`destination-${vendor}`, destination]] : [])] as [string, object][]
  })
  const archives = names.map((name) => [name, ossAddress(oss, name)] as const)
  tranship = await startTranship({ share: { vendor: 'nas', path: share }, ...Object.fromEntries([...addresses, ...archives]) })
  const { put } = await tranship.open('described', 'destination')
  await Promise.all(described.map(({ key, bytes, metadata }) => put(key, [bytes], { metadata })))
})
afterAll(async () => {
  await tranship?.stop()
  await Promise.all([...benches.values()].map((bench) => bench.stop()))
  await oss?.close()
})

function benchOf(vendor: ConfiguredVendor): Bench {
  const bench = benches.get(vendor)
  if (bench === undefined) throw new Error(`${vendor} did not start.`)
  return bench
}

async function putAll(storage: Storage, files: readonly TestFile[]): Promise<void> {
  await eachOf(files, async ({ key, bytes, metadata }) => void (await storage.put(key, [bytes], { metadata })))
}

async function readWith(storage: Storage): Promise<Map<string, Found>> {
  const found = new Map<string, Found>()
  await eachOf((await list(storage)).map(({ key }) => key), async (key) => {
    const { bytes, info } = await read(storage, key)
    found.set(key, { bytes, metadata: info.metadata })
  })
  return found
}

const keysOf = (files: readonly TestFile[]): string[] => files.map(({ key }) => key)
const unsupported = (files: readonly TestFile[]) => keysOf(files).sort().map((key) => [key, 'KeyUnsupported'])
const errorsOf = ({ error }: Lists) => error.map((row) => [row.file_name, row.code]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))

function expectBytes(there: ReadonlyMap<string, Found>, files: readonly TestFile[]): void {
  for (const { key, bytes } of files) expect(there.get(key)?.bytes.equals(bytes), key).toBe(true)
}

async function uploadsLeft({ multipart }: Storage): Promise<unknown[]> {
  if (!multipart) return []
  return (await Promise.all(largeBytes.map((_, i) => multipart.listUploads(`large/${i}.bin`)))).flat()
}

describe.each(chosen)('%s', (vendor, { holds, isFolder = false, keeps }) => {
  it('is a source', async () => {
    const files = filesFor(!isFolder).filter(({ key }) => holds(key))
    const { seed } = benchOf(vendor)
    if (seed) await seed(files)
    else await putAll(await tranship.open(`source-${vendor}`, 'destination'), files)

    const [job, archive] = [`archive-${vendor}`, `from-${vendor}`]
    const view = await tranship.run({ job, source: `source-${vendor}`, destination: archive })
    const [held, refused] = [files.filter(({ key }) => ossHolds(key)), files.filter(({ key }) => !ossHolds(key))]
    expect(view).toMatchObject({ completed: { files: held.length }, failed: { files: refused.length }, skipped: { files: 0 } })
    const there = await readAllOss(ossClient(oss, archive))
    expectBytes(there, held)
    for (const { key, metadata } of held) expect(withoutMtime(there.get(key)), key).toEqual({ contentType: 'application/octet-stream', ...keeps(metadata, key) })
    const lists = listsOf(there, job, 1)
    expect(accountsFor(lists, keysOf(files))).toBe(true)
    expect(errorsOf(lists)).toEqual(unsupported(refused))
    for (const row of lists.completed) expect(row.crc64, row.file_name).toBe(there.get(row.file_name)?.crc64)
    expect(leftOvers(there)).toEqual([])
    expect(await uploadsLeft(await tranship.open(archive))).toEqual([])
  })

  it.skipIf(vendor === 'http')('is a destination', async () => {
    const job = `nas-to-${vendor}`
    const view = await tranship.run({ job, source: 'share', destination: `destination-${vendor}` })
    const [held, refused] = [shared.filter(({ key }) => holds(key)), shared.filter(({ key }) => !holds(key))]
    expect(view).toMatchObject({ completed: { files: held.length }, failed: { files: refused.length }, skipped: { files: 0 } })
    const storage = await tranship.open(`destination-${vendor}`)
    const there = await (benchOf(vendor).read ?? (() => readWith(storage)))()
    expectBytes(there, held)
    for (const { key } of held) expect(await mtimeOf(storage, key, there), key).toBe(modifiedMs)
    const lists = listsOf(there, job, 1)
    expect(accountsFor(lists, keysOf(shared))).toBe(true)
    expect(errorsOf(lists)).toEqual(unsupported(refused))
    expect(leftOvers(there)).toEqual([])
    expect(await uploadsLeft(storage)).toEqual([])
    expect((await benchOf(vendor).temporaries?.()) ?? []).toEqual([])
  })

  it.skipIf(vendor === 'http')('keeps metadata, and drops what it cannot hold', async () => {
    const destination = `destination-${vendor}`
    const run = (job: string, metadataPolicy: 'fail' | 'drop') => tranship.run({ job, source: 'described', destination, include: ['described/*'], metadataPolicy })
    const lossy = described.filter(({ metadata, key }) => Object.keys(metadata.user).length > Object.keys(keeps(metadata, key).user).length)
    const failing = await run(`described-${vendor}`, 'fail')
    expect(failing.failed.files).toBe(lossy.length)
    if (lossy.length > 0) expect((await run(`dropped-${vendor}`, 'drop')).failed.files).toBe(0)
    const storage = await tranship.open(destination)
    if (failing.failed.files > 0) expect(errorsOf(listsOf(await readWith(storage), `described-${vendor}`, 1))).toEqual(keysOf(lossy).sort().map((key) => [key, 'MetadataUnsupported']))
    for (const { key, bytes, metadata } of described) {
      const { bytes: arrived, info } = await read(storage, key)
      expect(arrived.equals(bytes), key).toBe(true)
      expect(info.metadata, key).toEqual(keeps(metadata, key))
    }
  })
})

/** Files of a folder bring their time along. */
function withoutMtime(found: Found | undefined): unknown {
  const { mtime, ...user } = found?.metadata.user ?? {}
  if (mtime !== undefined) expect(Number(mtime) * 1_000).toBe(modifiedMs)
  return { ...found?.metadata, user }
}

/** The file's own, or the one in its metadata. */
async function mtimeOf(storage: Storage, key: string, there: ReadonlyMap<string, Found>): Promise<number> {
  return storage.abilities.keepsMtime ? (await storage.head(key)).mtimeMs : Number(there.get(key)?.metadata.user['mtime']) * 1_000
}
