/** What the measurements run on: two S3 servers on a file system in memory, each with its own credentials, Temporal, a worker host. */
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { startCountingProxy, type CountingProxy } from '../test/support/counting-proxy.ts'
import { connectJobs, writeConfig, type JobsClient } from '../test/support/jobs-client.ts'
import { startOssProcess } from '../test/support/oss-process.ts'
import { temporaryFolder } from '../test/support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../test/support/temporal-server.ts'
import { startVersitygw, type Versitygw } from '../test/support/versitygw.ts'
import { startWorkerHost, type WorkerHost } from '../test/support/worker-host.ts'
import type { End, S3Place } from './place.ts'

export type EndName = 'source' | 'destination' | 'folder' | 'tls' | 'oss' | 'counted-source' | 'counted-destination'

export interface Rig {
  readonly ends: Readonly<Record<EndName, End>>
  /** In front of both servers. */
  readonly proxies: readonly CountingProxy[]
  /** This checkout's, first, and those of others to be measured beside it. */
  readonly installations: readonly Installation[]
  stop(): Promise<void>
}

/** A Temporal server and a worker host. */
export interface Installation {
  readonly name: string
  readonly temporal: TemporalServer
  readonly host: WorkerHost
  readonly client: JobsClient
  /** Until the worker host polled. */
  readonly hostStartSeconds: number
  stop(): Promise<void>
}

export const bucket = 'bench'
const certificate = (name: 'cert' | 'key'): string => join(import.meta.dirname, `../test/drivers/s3/localhost-${name}.pem`)
const certFile = certificate('cert')

/** `others`: folders of other checkouts. */
export async function startRig(others: readonly string[] = []): Promise<Rig> {
  const root = temporaryFolder('bench')
  const keys = (name: string) => ({ accessKey: `${name}-key`, secretKey: `${name}-secret` })
  const source = await startVersitygw({ dir: join(root, 'source'), ...keys('source') })
  await source.makeBucket(bucket)
  const destination = await startVersitygw({ dir: join(root, 'destination'), ...keys('destination') })
  await destination.makeBucket(bucket)
  const tls = await startVersitygw({ dir: join(root, 'source'), ...keys('tls'), tls: { certFile, keyFile: certificate('key') } })
  const oss = await startOssProcess({ buckets: [bucket] })
  const proxies = [await startCountingProxy(source.endpoint), await startCountingProxy(destination.endpoint)]
  const [sourceProxy, destinationProxy] = proxies
  mkdirSync(join(root, 'folder'))
  const ends = {
    source: s3End('source', source),
    destination: s3End('destination', destination),
    tls: { ...s3End('tls', tls), place: { ...placeOf(tls), caFile: certFile } },
    folder: { name: 'folder', place: { vendor: 'nas', path: join(root, 'folder') }, folder: join(root, 'folder') },
    oss: { name: 'oss', place: { vendor: 'oss', ...oss.address(bucket) } },
    'counted-source': { ...s3End('counted-source', source), place: { ...placeOf(source), endpoint: sourceProxy?.endpoint ?? '' } },
    'counted-destination': { ...s3End('counted-destination', destination), place: { ...placeOf(destination), endpoint: destinationProxy?.endpoint ?? '' } },
  } satisfies Record<EndName, End>
  const configPath = await writeConfig(Object.fromEntries(Object.values(ends).map(({ name, place }) => [name, place])))
  const installations = [await install('tranship', configPath)]
  for (const folder of others) installations.push(await install(`tranship of ${basename(folder)}`, configPath, join(folder, 'bin/tranship.js')))
  return {
    ends, proxies, installations,
    async stop() {
      await Promise.all(installations.map((one) => one.stop()))
      await Promise.all([...[source, destination, tls, oss].map((server) => server.stop()), ...proxies.map((proxy) => proxy.stop())])
    },
  }
}

async function install(name: string, configPath: string, program?: string): Promise<Installation> {
  const temporal = await startTemporalServer()
  const env = process.env['BENCH_NODE_OPTIONS'] === undefined ? {} : { NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'] }
  const startedAt = performance.now()
  const host = await startWorkerHost({ address: temporal.address, configPath, env, ...(program !== undefined && { program }) })
  const hostStartSeconds = (performance.now() - startedAt) / 1_000
  const client = connectJobs(temporal.address)
  return {
    name, temporal, host, client, hostStartSeconds,
    async stop() {
      await client.close()
      await host.drain()
      await temporal.stop()
    },
  }
}

const s3End = (name: EndName, server: Versitygw): End => ({ name, place: placeOf(server), folder: join(server.dir, bucket) })

const placeOf = ({ endpoint, region, accessKeyId, secretAccessKey }: Versitygw): S3Place => ({ vendor: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey })
