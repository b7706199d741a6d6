/** One place to break jobs: a Temporal server, a store with both ends, a worker host. Jobs run there one after the other. */
import { connectJobs, writeConfig, type JobsClient } from '../support/jobs-client.ts'
import { startOssProcess, type OssProcess } from '../support/oss-process.ts'
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost, type WorkerHost } from '../support/worker-host.ts'
import { putObjects } from './scripted-job.ts'

export interface Lane {
  readonly temporal: TemporalServer
  readonly store: OssProcess
  readonly client: JobsClient
  readonly configPath: string
  readonly host: WorkerHost
  /** A new worker host in the place of one that was killed. */
  replaceHost(): Promise<void>
  stop(): Promise<void>
}

export async function startLane(): Promise<Lane> {
  const [temporal, store] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['photos', 'archive'] })])
  await putObjects(store.address('photos'))
  const configPath = await writeConfig({ photos: store.address('photos'), archive: store.address('archive') })
  const client = connectJobs(temporal.address)
  const startHost = (): Promise<WorkerHost> => startWorkerHost({ address: temporal.address, configPath })
  let host = await startHost()
  return {
    temporal, store, client, configPath,
    get host() {
      return host
    },
    async replaceHost() {
      host = await startHost()
    },
    async stop() {
      await host.kill()
      await client.close()
      await Promise.all([store.stop(), temporal.stop()])
    },
  }
}
