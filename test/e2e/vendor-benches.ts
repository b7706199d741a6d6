/** A server of every vendor that tranship.yaml may name, its address there, and what it holds of keys and metadata. */
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { ConfiguredVendor } from '../../storage/vendors.ts'
import type { Metadata } from '../../storage/storage.ts'
import { isTemporary } from '../../storage/tree/temporary.ts'
import { startGcsServer } from '../servers/gcs/server.ts'
import type { StoreVendor } from '../servers/stores/dialect.ts'
import { startServer } from '../servers/stores/server.ts'
import { startUssServer } from '../servers/uss/server.ts'
import { startAzurite } from '../support/azurite.ts'
import { startNginx } from '../support/nginx.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startSshd } from '../support/sshd.ts'
import { startVersitygw } from '../support/versitygw.ts'
import type { TestFile } from './files.ts'
import { readAllAzblob } from './azblob-container.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import { readAll, type Found } from './s3-bucket.ts'

export interface Bench {
  /** For tranship.yaml: an address to read from, and one to write to. */
  readonly source: Readonly<Record<string, unknown>>
  readonly destination?: Readonly<Record<string, unknown>>
  /** Puts files into the source; absent: the driver itself does. */
  readonly seed?: (files: readonly TestFile[]) => Promise<void>
  /** What lies at the destination, as somebody else reads it; absent: the driver does. */
  readonly read?: () => Promise<ReadonlyMap<string, Found>>
  /** Names of the destination's temporary files. */
  readonly temporaries?: () => Promise<string[]>
  stop(): Promise<void>
}

export interface VendorBench {
  readonly start: () => Promise<Bench>
  /** As the vendor's own documentation has it; its servers refuse the rest. */
  readonly holds: (key: string) => boolean
  /** Absent: keys that no folder can hold are tried too. */
  readonly isFolder?: true
  /** What is left of an object's metadata there. */
  readonly keeps: (metadata: Metadata, key: string) => Metadata
}

const buckets = { source: 'from-here', destination: 'to-here' }
const everything = (metadata: Metadata): Metadata => metadata
const dots = /(^|\/)\.{1,2}(\/|$)/

const standIn = (vendor: StoreVendor, fields: (id: string, secret: string) => object, suffix = '') => async (): Promise<Bench> => {
  const [from, to] = [`${buckets.source}${suffix}`, `${buckets.destination}${suffix}`]
  const server = await startServer(vendor, { buckets: [{ name: from }, { name: to }], keys: [{ accessKeyId: 'bench-key', accessKeySecret: 'bench-secret' }] })
  const { endpoint, region } = server
  const address = (bucket: string) => ({ vendor, endpoint, region, bucket, ...fields('bench-key', 'bench-secret') })
  return { source: address(from), destination: address(to), stop: () => server.close() }
}
const keyPair = (accessKey: string, secretKey: string) => ({ accessKey, secretKey })

async function startOss(): Promise<Bench> {
  const server = await startServer('oss', { buckets: [{ name: buckets.source }, { name: buckets.destination }], keys: [ossKey] })
  return {
    source: ossAddress(server, buckets.source),
    destination: ossAddress(server, buckets.destination),
    read: () => readAllOss(ossClient(server, buckets.destination)),
    stop: () => server.close(),
  }
}

async function startS3(): Promise<Bench> {
  const server = await startVersitygw()
  for (const name of Object.values(buckets)) await server.makeBucket(name)
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  const address = (bucket: string) => ({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket })
  return {
    source: address(buckets.source),
    destination: address(buckets.destination),
    read: () => readAll(server.client(), buckets.destination),
    stop: () => server.stop(),
  }
}

async function startAzblob(): Promise<Bench> {
  const server = await startAzurite()
  for (const name of Object.values(buckets)) await server.makeContainer(name)
  const { endpoint, account, accountKey } = server
  const address = (container: string) => ({ vendor: 'azblob', endpoint, account, accountKey, container })
  return {
    source: address(buckets.source),
    destination: address(buckets.destination),
    read: () => readAllAzblob(server.container(buckets.destination)),
    stop: () => server.stop(),
  }
}

async function startGcs(): Promise<Bench> {
  const server = await startGcsServer({ buckets: Object.values(buckets) })
  const address = (bucket: string) => ({ vendor: 'gcs', endpoint: server.endpoint, bucket })
  return { source: address(buckets.source), destination: address(buckets.destination), stop: () => server.close() }
}

async function startUss(): Promise<Bench> {
  const login = { operator: 'bench', password: 'bench-secret' }
  const server = await startUssServer({ service: 'bench', operators: [{ name: login.operator, password: login.password }] })
  const address = (folder: string) => ({ vendor: 'uss', domain: server.domain, service: 'bench', folder: `${folder}/`, ...login })
  return { source: address(buckets.source), destination: address(buckets.destination), stop: () => server.stop() }
}

const folderBench = (address: (path: string) => Readonly<Record<string, unknown>>, stop: () => Promise<void>): Bench => {
  const [from, to] = [temporaryFolder('from'), temporaryFolder('to')]
  return {
    source: address(from),
    destination: address(to),
    seed: (files) => fillFolder(from, files),
    read: () => readFolder(to),
    temporaries: async () => (await namesBelow(to)).filter((name) => name.split('/').some(isTemporary)),
    stop,
  }
}

async function startSftp(): Promise<Bench> {
  const sshd = await startSshd()
  return folderBench((path) => ({ ...sshd.address(path) }), () => sshd.stop())
}

/** Names in the list have nothing of those in the URLs. */
async function startHttp(): Promise<Bench> {
  const { origin, folder, stop } = await startNginx()
  const list = join(temporaryFolder('list'), 'urls.tsv')
  const seed = async (files: readonly TestFile[]): Promise<void> => {
    await Promise.all(files.map(({ key, bytes }, i) => writeFile(join(folder, urlNameOf(key, i)), bytes)))
    await writeFile(list, files.map(({ key }, i) => `${origin}/${urlNameOf(key, i)}\t${encodeURIComponent(key)}\n`).join(''))
  }
  return { source: { vendor: 'http', list }, seed, stop }
}
const urlNameOf = (key: string, i: number): string => `${i}${key.endsWith('.txt') ? '.txt' : ''}`

/** The time that every file of a folder has. */
export const modifiedMs = Date.UTC(2024, 1, 3, 4, 5, 6)

export async function fillFolder(folder: string, files: readonly TestFile[]): Promise<void> {
  for (const { key, bytes } of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
    await utimes(join(folder, key), modifiedMs / 1_000, modifiedMs / 1_000)
  }
}

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.map((entry) => `${relative(folder, join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`)
}

async function readFolder(folder: string): Promise<Map<string, Found>> {
  const names = (await namesBelow(folder)).filter((name) => !name.endsWith('/'))
  return new Map(await Promise.all(names.map(async (name) => [name, { bytes: await readFile(join(folder, name)), metadata: { user: {} } }] as const)))
}

const inFolders = (key: string): boolean => !/^\/|\/\/|[^/]{256}|\/$/.test(key) && !dots.test(key)

/** What versitygw, a folder, cannot hold is not tried with it; Amazon's own holds any key. */
export const vendorBenches: Readonly<Record<ConfiguredVendor, VendorBench>> = {
  oss: { start: startOss, holds: (key) => !/^[/\\]/.test(key), keeps: everything },
  s3: { start: startS3, isFolder: true, holds: () => true, keeps: everything },
  azblob: { start: startAzblob, holds: (key) => !/\\|\.(\/|$)|[\x00-\x1f\x7f-\x9f]/.test(key), keeps: everything },
  gcs: { start: startGcs, holds: (key) => !/[\r\n]/.test(key), keeps: everything },
  cos: {
    start: standIn('cos', (secretId, secretKey) => ({ secretId, secretKey }), '-1250000000'),
    holds: (key) => !/^[/\\]/.test(key) && Buffer.byteLength(key) <= 850,
    keeps: everything,
  },
  kodo: { start: standIn('kodo', keyPair), holds: (key) => !/^\/|[\x00-\x1f\x7f]/.test(key), keeps: everything },
  bos: { start: standIn('bos', keyPair), holds: (key) => !key.startsWith('/') && !dots.test(key), keeps: everything },
  ks3: { start: standIn('ks3', keyPair), holds: () => true, keeps: everything },
  uss: {
    start: startUss,
    isFolder: true,
    holds: (key) => inFolders(key) && !/[\t\r\n]/.test(key),
    keeps: (metadata) => ({ ...metadata, user: Object.fromEntries(Object.entries(metadata.user).filter(([name]) => name !== 'secret')) }),
  },
  nas: { start: async () => folderBench((path) => ({ vendor: 'nas', path }), async () => {}), isFolder: true, holds: inFolders, keeps: () => ({ user: {} }) },
  sftp: { start: startSftp, isFolder: true, holds: inFolders, keeps: () => ({ user: {} }) },
  http: {
    start: startHttp,
    holds: () => true,
    keeps: (_, key) => ({ contentType: key.endsWith('.txt') ? 'text/plain' : 'application/octet-stream', user: {} }),
  },
}
