/** What the measurements run on: two S3 servers on a file system in memory, each with its own credentials, what the workloads have besides, Temporal, a worker host. */
import { basename, join } from 'node:path'
import { startCountingProxy, type CountingProxy } from '../test/support/counting-proxy.ts'
import { connectJobs, writeConfig, type JobsClient } from '../test/support/jobs-client.ts'
import { temporaryFolder } from '../test/support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../test/support/temporal-server.ts'
import { startVersitygw, type Versitygw } from '../test/support/versitygw.ts'
import { startWorkerHost, type WorkerHost } from '../test/support/worker-host.ts'
import { bucket, isExtra, s3Place, startEnd, type ExtraName, type StartedEnd } from './ends.ts'
import type { End } from './place.ts'
import type { Workload } from './workloads.ts'

export type EndName = 'source' | 'destination' | 'counted-source' | 'counted-destination'

export interface Rig {
  readonly ends: Readonly<Record<EndName, End>>
  /** Fails for one that no workload has. */
  end(name: EndName | ExtraName): End
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

/** `others`: folders of other checkouts. `workloads`: what has an end of its own gets it. */
export async function startRig(others: readonly string[] = [], workloads: readonly Workload[] = []): Promise<Rig> {
  const root = temporaryFolder('bench')
  const [source, destination] = [await startServer(root, 'source'), await startServer(root, 'destination')]
  const [sourceProxy, destinationProxy] = [await startCountingProxy(source.endpoint), await startCountingProxy(destination.endpoint)]
  const ends = {
    source: s3End('source', source),
    destination: s3End('destination', destination),
    'counted-source': s3End('counted-source', source, sourceProxy.endpoint),
    'counted-destination': s3End('counted-destination', destination, destinationProxy.endpoint),
  } satisfies Record<EndName, End>
  const extras = await startExtras(workloads, root)
  const all = new Map([...Object.values(ends), ...extras.map(({ end }) => end)].map((end) => [end.name, end]))
  const configPath = await writeConfig(Object.fromEntries([...all].map(([name, { place }]) => [name, place])))
  const installations = [await install('tranship', configPath)]
  for (const folder of others) installations.push(await install(`tranship of ${basename(folder)}`, configPath, join(folder, 'bin/tranship.js')))
  const proxies = [sourceProxy, destinationProxy]
  return {
    ends, proxies, installations,
    end(name) {
      const end = all.get(name)
      if (end === undefined) throw new Error(`${name} was not started.`)
      return end
    },
    async stop() {
      await Promise.all(installations.map((one) => one.stop()))
      await Promise.all([source, destination, ...extras, ...proxies].map((server) => server.stop()))
    },
  }
}

async function startServer(root: string, name: 'source' | 'destination'): Promise<Versitygw> {
  const server = await startVersitygw({ dir: join(root, name), accessKey: `${name}-key`, secretKey: `${name}-secret` })
  await server.makeBucket(bucket)
  return server
}

async function startExtras(workloads: readonly Workload[], root: string): Promise<StartedEnd[]> {
  const names = new Set<string>(workloads.flatMap(({ from, to }) => [from, to]))
  return await Promise.all([...names].filter(isExtra).map((name) => startEnd(name, root)))
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

const s3End = (name: EndName, server: Versitygw, endpoint = server.endpoint): End =>
  ({ name, place: { ...s3Place(server), endpoint }, folder: join(server.dir, bucket) })
