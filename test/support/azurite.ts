/** Microsoft's emulator of Azure Blob Storage, over a folder, in a process of its own. */
import { createRequire } from 'node:module'
import { createConnection } from 'node:net'
import { dirname, join } from 'node:path'
import { ContainerClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-blob'
import { awaitUntil } from './await-until.ts'
import { end, freePort, hasEnded, start, temporaryFolder } from './processes.ts'

const program = join(dirname(createRequire(import.meta.url).resolve('azurite/package.json')), 'dist/src/blob/main.js')

export interface AzuriteOptions {
  /** Served over TLS with this certificate. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
}

export interface Azurite {
  /** With the account in its path, as the emulator wants it. */
  readonly endpoint: string
  readonly account: string
  readonly accountKey: string
  readonly credential: StorageSharedKeyCredential
  /** Microsoft's own client, used plainly, for what a test wants to put or read independently. */
  container(name: string): ContainerClient
  makeContainer(name: string): Promise<ContainerClient>
  stop(): Promise<void>
}

export async function startAzurite({ tls }: AzuriteOptions = {}): Promise<Azurite> {
  const account = 'testaccount'
  const accountKey = Buffer.from('test-secret-of-the-account').toString('base64')
  const port = await freePort('127.0.0.1')
  const flags = [
    '--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', temporaryFolder('azurite'),
    '--skipApiVersionCheck', '--disableTelemetry', '--silent', '--disableProductStyleUrl',
    ...(tls ? ['--cert', tls.certFile, '--key', tls.keyFile] : []),
  ]
  const env = { ...process.env, AZURITE_ACCOUNTS: `${account}:${accountKey}` }
  const child = start(process.execPath, [program, ...flags], { env, output: process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore' })
  await awaitUntil(() => hasEnded(child) || accepts(port), { what: 'azurite answers' })
  if (hasEnded(child)) throw new Error(`azurite ended at once (${child.exitCode}); SHOW_SERVERS=1 shows why`)

  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/${account}`
  const credential = new StorageSharedKeyCredential(account, accountKey)
  const container = (name: string) => new ContainerClient(`${endpoint}/${name}`, newPipeline(credential))
  return {
    endpoint, account, accountKey, credential, container,
    makeContainer: async (name) => {
      const made = container(name)
      await made.create()
      return made
    },
    stop: () => end(child),
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
