/** How each vendor outside the S3 family is brought to the conditions of `table.ts`, at a server of the test's own. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { openAzblob } from '../../../storage/drivers/azblob/driver.ts'
import { openGcs } from '../../../storage/drivers/gcs/driver.ts'
import { openSftp } from '../../../storage/drivers/sftp/driver.ts'
import { openStorage, type ResolvedAddress } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { faults } from '../../servers/gcs/faults.ts'
import { startGcsServer } from '../../servers/gcs/server.ts'
import { startUssServer } from '../../servers/uss/server.ts'
import { startAzurite } from '../../support/azurite.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { mountSmallDisk } from '../../support/small-disk.ts'
import { startPlainSftp } from '../../support/plain-sftp.ts'
import { startSshd } from '../../support/sshd.ts'
import { startWebServer } from '../../support/web-server.ts'

export interface Provoked {
  /** By condition. A driver opened by itself where a condition takes what an address cannot say. */
  readonly addresses: Readonly<Record<string, ResolvedAddress | (() => Storage)>>
  /** Conditions that hold only while this runs. */
  readonly during?: Readonly<Record<string, <T>(work: () => Promise<T>) => Promise<T>>>
  /** Conditions that cannot be made on this machine, and why. */
  readonly missing?: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const nowhere = 'http://localhost:9'
const unreachable = 'an endpoint that refuses connections'
const silent = 'an endpoint that never answers'
const badPrefix = 'a prefix that no name can begin with'
const closed = 'a folder that may not be read'
const impatience = { connectMs: 200, headersMs: 200, completeMs: 200, bodyMs: 200 }

/** Takes connections and says nothing. */
async function startSilence(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => socket.destroy())))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

/** Root may read any folder: it gives that up meanwhile. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await work()
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

/** A folder that can be gone through but not listed. */
function closedFolder(): string {
  const path = temporaryFolder('closed')
  chmodSync(path, 0o755)
  mkdirSync(join(path, 'folder'))
  chmodSync(join(path, 'folder'), 0o311)
  return join(path, 'folder')
}

async function azblob(): Promise<Provoked> {
  const server = await startAzurite()
  const silence = await startSilence()
  const container = await server.makeContainer('photos')
  await container.getBlockBlobClient('file').upload('x', 1)
  const { endpoint, account, accountKey, credential } = server
  const usual = { vendor: 'azblob', endpoint, account, accountKey, container: 'photos' } as const
  const withSas = (permissions: string, expiresOn: Date): ResolvedAddress => {
    const query = { containerName: 'photos', permissions: ContainerSASPermissions.parse(permissions), expiresOn }
    return { vendor: 'azblob', endpoint, account, container: 'photos', sasToken: generateBlobSASQueryParameters(query, credential).toString() }
  }
  return {
    addresses: {
      'nothing wrong': usual,
      'a wrong account': { ...usual, account: 'nobody', endpoint: endpoint.replace(account, 'nobody') },
      'a wrong secret': { ...usual, accountKey: Buffer.from('not-it').toString('base64') },
      'no such container': { ...usual, container: 'missing' },
      'no rights': withSas('t', new Date(Date.now() + 3_600_000)),
      'a signature past its time': withSas('rlw', new Date(Date.now() - 3_600_000)),
      [badPrefix]: { ...usual, prefix: 'a\\b/' },
      [unreachable]: { ...usual, endpoint: nowhere },
      [silent]: () => openAzblob({ ...usual, endpoint: `http://127.0.0.1:${silence.port}/${account}` }, { timeouts: impatience }),
    },
    stop: async () => void (await Promise.all([server.stop(), silence.stop()])),
  }
}

async function gcs(): Promise<Provoked> {
  const server = await startGcsServer({ buckets: ['photos'], faults: { foreign: faults.forbidden, unknown: faults.badToken } })
  const silence = await startSilence()
  const keyFile = join(temporaryFolder('keys'), 'key.json')
  writeFileSync(keyFile, 'not a key')
  const usual = { vendor: 'gcs', endpoint: server.endpoint, bucket: 'photos' } as const
  return {
    addresses: {
      'nothing wrong': usual,
      'a wrong secret': { ...usual, bucket: 'unknown' },
      'no such bucket': { ...usual, bucket: 'missing' },
      'no rights': { ...usual, bucket: 'foreign' },
      'a key file without rights': { ...usual, bucket: 'foreign', keyFile },
      'a key file that is none': { vendor: 'gcs', bucket: 'photos', keyFile },
      'a key file that is missing': { vendor: 'gcs', bucket: 'photos', keyFile: `${keyFile}.missing` },
      [badPrefix]: { ...usual, prefix: 'line\nbreak/' },
      [unreachable]: { ...usual, endpoint: nowhere },
      [silent]: () => openGcs({ ...usual, endpoint: `http://127.0.0.1:${silence.port}` }, { timeouts: impatience }),
    },
    stop: async () => void (await Promise.all([server.close(), silence.stop()])),
  }
}

async function sftp(): Promise<Provoked> {
  const server = await startSshd()
  const plain = await startPlainSftp({ password: 'mine' })
  const silence = await startSilence()
  const path = temporaryFolder('sftp')
  writeFileSync(join(path, 'file'), 'not a key')
  const usual = server.address(path)
  const { hostKey: _, ...unproven } = usual
  return {
    addresses: {
      'nothing wrong': usual,
      'a wrong user or password': { ...usual, user: 'nobody-of-this-name' },
      'a private key file that is none': { ...usual, privateKeyFile: join(path, 'file') },
      'a private key file that is missing': { ...usual, privateKeyFile: join(path, 'missing') },
      'another host key': { ...usual, hostKey: `SHA256:${'A'.repeat(43)}` },
      'no host key': unproven,
      'no such folder': { ...usual, path: join(path, 'missing') },
      'a file instead of a folder': { ...usual, path: join(path, 'file') },
      [closed]: { vendor: 'sftp', host: '127.0.0.1', port: plain.port, user: 'me', password: 'mine', hostKey: plain.hostKey, path: closedFolder() },
      [unreachable]: { ...usual, port: 9 },
      [silent]: () => openSftp({ ...usual, port: silence.port }, { connectMs: 200 }),
    },
    during: { [closed]: asNobody },
    stop: async () => void (await Promise.all([server.stop(), plain.stop(), silence.stop()])),
  }
}

async function uss(): Promise<Provoked> {
  const operators = [{ name: 'me', password: 'mine' }, { name: 'without-rights', password: 'mine', treated: 'without-rights' }] as const
  const server = await startUssServer({ service: 'photos', operators })
  const cdn = await startWebServer({})
  const usual = { vendor: 'uss', domain: server.domain, service: 'photos', operator: 'me', password: 'mine' } as const
  const storage = await openStorage(usual)
  await storage.put('file', [Buffer.from('x')], { metadata: { user: {} } })
  await storage.close()
  return {
    addresses: {
      'nothing wrong': usual,
      'a wrong operator': { ...usual, operator: 'nobody' },
      'a wrong password': { ...usual, password: 'not-it' },
      'no such service': { ...usual, service: 'missing' },
      'no rights': { ...usual, operator: 'without-rights' },
      'a CDN domain of another service': { ...usual, cdnDomain: cdn.origin },
      [badPrefix]: { ...usual, folder: 'a//b/' },
      [unreachable]: { ...usual, domain: nowhere },
    },
    stop: async () => void (await Promise.all([server.stop(), cdn.stop()])),
  }
}

async function nas(): Promise<Provoked> {
  const path = temporaryFolder('nas')
  mkdirSync(join(path, 'share'))
  writeFileSync(join(path, 'file'), 'x')
  const usual = { vendor: 'nas', path } as const
  const disk = mountSmallDisk(64)
  if (disk) writeFileSync(join(disk.path, 'filler'), Buffer.alloc(64 * 1024))
  return {
    addresses: {
      'nothing wrong': usual,
      'not mounted': { ...usual, path: join(path, 'missing') },
      'no such folder': { ...usual, folder: 'missing/' },
      'a file instead of a folder': { ...usual, folder: 'file/' },
      'a file instead of the share': { ...usual, path: join(path, 'file') },
      [closed]: { ...usual, path: closedFolder() },
      'no room or quota left': { ...usual, path: disk?.path ?? path },
    },
    during: { [closed]: asNobody },
    ...(!disk && { missing: { 'no room or quota left': 'nothing can be mounted here' } }),
    stop: async () => disk?.unmount(),
  }
}

async function http(): Promise<Provoked> {
  const folder = temporaryFolder('lists')
  const web = await startWebServer({ '/a': (_, response) => void response.writeHead(200, { 'content-length': 1 }).end('a') })
  const listOf = (name: string, content: string | Uint8Array): ResolvedAddress => {
    writeFileSync(join(folder, name), content)
    return { vendor: 'http', list: join(folder, name) }
  }
  return {
    addresses: {
      'nothing wrong': listOf('good', `${web.origin}/a\ta\n`),
      'no list': { vendor: 'http', list: join(folder, 'missing') },
      'a folder instead of a list': { vendor: 'http', list: folder },
      'a list without a row that can be used': listOf('bad', 'no tab\nnone here\n'),
      'URLs that refuse connections': listOf('unreachable', `${nowhere}/a\ta\n${nowhere}/b\tb\n`),
    },
    stop: () => web.stop(),
  }
}

export const provoke = { azblob, gcs, sftp, uss, nas, http } as const
