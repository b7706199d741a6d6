/** A real S3 server over a folder, with one root account. It cannot hold `a` and `a/b` together. */
import { mkdirSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { findProgram, type Program } from '../../embedded/program.ts'
import { awaitUntil } from './await-until.ts'
import { end, freePort, hasEnded, start, temporaryFolder } from './processes.ts'

const program: Program = {
  name: 'versitygw',
  version: '1.7.0',
  module: join(import.meta.dirname, 'versitygw'),
  goPackage: 'github.com/versity/versitygw/cmd/versitygw',
  buildMinutes: 2,
}

export const findVersitygw = (): Promise<string> => findProgram(program, { onProgress: (line) => console.error(line) })

export interface VersitygwOptions {
  readonly accessKey?: string
  readonly secretKey?: string
  /** Holds the buckets as folders; by default one that goes with the tests. */
  readonly dir?: string
  readonly region?: string
  /** Files of a certificate and its key: it speaks TLS then. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
}

export interface Versitygw {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly dir: string
  /** The vendor's own client, for what a test wants to put or read independently. */
  client(): S3Client
  makeBucket(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startVersitygw(options: VersitygwOptions = {}): Promise<Versitygw> {
  const { accessKey = 'test-access', secretKey = 'test-secret', region = 'us-east-1', tls } = options
  const dir = options.dir ?? temporaryFolder('versitygw')
  mkdirSync(dir, { recursive: true })
  const port = await freePort('127.0.0.1')
  const env = { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey }
  const flags = ['-q', '--keep-alive', '--region', region, '--port', `127.0.0.1:${port}`, ...(tls ? ['--cert', tls.certFile, '--key', tls.keyFile] : []), 'posix', dir]
  const child = start(await findVersitygw(), flags, { env, output: process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore' })
  await awaitUntil(() => hasEnded(child) || accepts(port), { what: 'versitygw answers' })
  if (hasEnded(child)) throw new Error(`versitygw ended at once (${child.exitCode}); SHOW_SERVERS=1 shows why`)

  const endpoint = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const client = () => new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  return {
    endpoint, region, dir, client, ...credentials,
    makeBucket: async (Bucket) => {
      const s3 = client()
      await s3.send(new CreateBucketCommand({ Bucket }))
      s3.destroy()
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
