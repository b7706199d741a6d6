/** How each vendor outside the S3 family is brought to the conditions of `table.ts`, at a server of the test's own. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { openStorage, type ResolvedAddress } from '../../../storage/open.ts'
import { faults } from '../../servers/gcs/faults.ts'
import { startGcsServer } from '../../servers/gcs/server.ts'
import { startUssServer } from '../../servers/uss/server.ts'
import { startAzurite } from '../../support/azurite.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { startSshd } from '../../support/sshd.ts'
import { startWebServer } from '../../support/web-server.ts'

export interface Provoked {
  /** By condition. */
  readonly addresses: Readonly<Record<string, ResolvedAddress>>
  stop(): Promise<void>
}

const nowhere = 'http://localhost:9'
const unreachable = 'an endpoint that refuses connections'

async function azblob(): Promise<Provoked> {
  const server = await startAzurite()
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
      [unreachable]: { ...usual, endpoint: nowhere },
    },
    stop: () => server.stop(),
  }
}

async function gcs(): Promise<Provoked> {
  const server = await startGcsServer({ buckets: ['photos'], faults: { foreign: faults.forbidden, unknown: faults.badToken } })
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
      [unreachable]: { ...usual, endpoint: nowhere },
    },
    stop: () => server.close(),
  }
}

async function sftp(): Promise<Provoked> {
  const server = await startSshd()
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
      [unreachable]: { ...usual, port: 9 },
    },
    stop: () => server.stop(),
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
  return {
    addresses: {
      'nothing wrong': usual,
      'not mounted': { ...usual, path: join(path, 'missing') },
      'no such folder': { ...usual, folder: 'missing/' },
      'a file instead of a folder': { ...usual, folder: 'file/' },
      'a file instead of the share': { ...usual, path: join(path, 'file') },
    },
    stop: async () => {},
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
