/** Makes the two kinds of worker: one decides (workflows, checks, lists, reports), one copies. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { WorkerOptions } from '@temporalio/worker'
import { payloadCodec } from '../client/codec.ts'
import { createControlActivities, createCopyActivities, createShareActivities } from '../activities/index.ts'
import type { Dependencies } from '../activities/dependencies.ts'
import type { Sharing } from '../activities/share.ts'
import { createStorages } from '../activities/storages.ts'
import { makeBatchOrder } from '../copy/batch-order.ts'
import type { JobPaces } from '../copy/job-paces.ts'
import { makePiecePool } from '../copy/piece-pool.ts'
import { makeRequestPool } from '../copy/request-pool.ts'
import { copyTaskQueue, workflowTaskQueue } from '../model/job.ts'
import { payloadConverterPath, workflowBundle } from './bundle.ts'
import { createAddressBook } from './config.ts'
import type { TemporalServer } from './server.ts'

/** Two batches a process: parallelism is inside a batch. */
const batchesAtOnce = 2
const controlsAtOnce = 20
/** One for each limited job that a host copies for. */
const sharesAtOnce = 200

export interface WorkerSettings {
  readonly server: TemporalServer
  readonly configPath?: string
  readonly onWarning?: (message: string) => void
}

export function createDependencies({ configPath, onWarning }: WorkerSettings): Dependencies {
  const addresses = createAddressBook({ ...(configPath !== undefined && { path: configPath }), ...(onWarning && { onWarning }), env: process.env })
  return { storages: createStorages(addresses), pool: makeRequestPool(), pieces: makePiecePool(), order: makeBatchOrder() }
}

export async function connectWorker({ connection }: TemporalServer): Promise<NativeConnection> {
  return await NativeConnection.connect(connection)
}

const common = (connection: NativeConnection, { namespace }: TemporalServer): Omit<WorkerOptions, 'taskQueue'> => ({
  connection,
  namespace,
  identity: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
  dataConverter: { payloadCodecs: [payloadCodec(process.env)] },
})

export async function createControlWorker(connection: NativeConnection, server: TemporalServer, dependencies: Dependencies): Promise<Worker> {
  return await Worker.create({
    ...common(connection, server),
    taskQueue: workflowTaskQueue,
    workflowBundle: { codePath: await workflowBundle() },
    dataConverter: { payloadConverterPath, payloadCodecs: [payloadCodec(process.env)] },
    activities: createControlActivities(dependencies),
    shutdownGraceTime: '5s',
    maxConcurrentActivityTaskExecutions: controlsAtOnce,
    stickyQueueScheduleToStartTimeout: '2s',
    maxCachedWorkflows: 200,
  })
}

export async function createCopyWorker(connection: NativeConnection, server: TemporalServer, dependencies: Dependencies, paces: JobPaces): Promise<Worker> {
  return await Worker.create({
    ...common(connection, server),
    taskQueue: copyTaskQueue,
    activities: createCopyActivities(dependencies, paces),
    shutdownGraceTime: 0,
    maxConcurrentActivityTaskExecutions: batchesAtOnce,
  })
}

export async function createShareWorker(connection: NativeConnection, server: TemporalServer, taskQueue: string, sharing: Sharing): Promise<Worker> {
  return await Worker.create({
    ...common(connection, server),
    taskQueue,
    activities: createShareActivities(sharing),
    shutdownGraceTime: 0,
    maxConcurrentActivityTaskExecutions: sharesAtOnce,
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
  })
}
