/** Ends that only some workloads have: each is started where one of those is measured. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startAzurite } from '../test/support/azurite.ts'
import { startFakeGcsServer } from '../test/support/fake-gcs-server.ts'
import { startOssProcess } from '../test/support/oss-process.ts'
import { startSshd } from '../test/support/sshd.ts'
import { startVersitygw, type Versitygw } from '../test/support/versitygw.ts'
import type { End, S3Place } from './place.ts'

export interface StartedEnd {
  readonly end: End
  stop(): Promise<void>
}

export const bucket = 'bench'
const certificate = (name: 'cert' | 'key'): string => join(import.meta.dirname, `../test/drivers/s3/localhost-${name}.pem`)
const certFile = certificate('cert')

/** Below `root` lies what has a folder. */
type Start = (root: string) => Promise<StartedEnd>
const starts = { folder: startFolder, tls: startTls, oss: startOss, azblob: startAzblob, gcs: startGcs, sftp: startSftp } satisfies Record<string, Start>

export type ExtraName = keyof typeof starts
export const isExtra = (name: string): name is ExtraName => Object.hasOwn(starts, name)
export const startEnd = (name: ExtraName, root: string): Promise<StartedEnd> => starts[name](root)

export const s3Place = ({ endpoint, region, accessKeyId, secretAccessKey }: Versitygw): S3Place =>
  ({ vendor: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey })

async function startFolder(root: string): Promise<StartedEnd> {
  const folder = await makeFolder(root, 'folder')
  return { end: { name: 'folder', place: { vendor: 'nas', path: folder }, folder }, stop: async () => undefined }
}

/** Over the folder of the source. */
async function startTls(root: string): Promise<StartedEnd> {
  const server = await startVersitygw({ dir: join(root, 'source'), accessKey: 'tls-key', secretKey: 'tls-secret', tls: { certFile, keyFile: certificate('key') } })
  return { end: { name: 'tls', place: { ...s3Place(server), caFile: certFile }, folder: join(server.dir, bucket) }, stop: () => server.stop() }
}

async function startOss(): Promise<StartedEnd> {
  const server = await startOssProcess({ buckets: [bucket] })
  return { end: { name: 'oss', place: { vendor: 'oss', ...server.address(bucket) } }, stop: () => server.stop() }
}

async function startAzblob(): Promise<StartedEnd> {
  const server = await startAzurite()
  await server.makeContainer(bucket)
  const { endpoint, account, accountKey } = server
  return { end: { name: 'azblob', place: { vendor: 'azblob', endpoint, account, accountKey, container: bucket } }, stop: () => server.stop() }
}

async function startGcs(): Promise<StartedEnd> {
  const server = await startFakeGcsServer()
  await server.makeBucket(bucket)
  return { end: { name: 'gcs', place: { vendor: 'gcs', endpoint: server.endpoint, bucket } }, stop: () => server.stop() }
}

/** Without a shell, in which rclone would run md5sum for each file. */
async function startSftp(root: string): Promise<StartedEnd> {
  const server = await startSshd(['ForceCommand internal-sftp'])
  const folder = await makeFolder(root, 'sftp')
  const { host, port, privateKeyFile, hostKey } = server
  const { user } = server.address(folder)
  return { end: { name: 'sftp', place: { vendor: 'sftp', host, port, user, privateKeyFile, hostKey, path: folder }, folder }, stop: () => server.stop() }
}

async function makeFolder(root: string, name: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  return folder
}
