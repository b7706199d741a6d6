/** A worker host: decides in this process, copies in `processes` others. */
import { Connection } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { ensureSearchAttributes } from '../client/search-attributes.ts'
import { startCopierProcesses } from './copier-processes.ts'
import { startHostFlow } from './flow/start.ts'
import { installRuntime } from './runtime.ts'
import { connectWorker, createControlWorker, createDependencies } from './workers.ts'
import type { WorkerSettings } from './workers.ts'

export interface HostSettings extends WorkerSettings {
  /** One is one core of copying. */
  readonly processes: number
  /** Fires to drain: what is in flight ends at its next piece and is taken over by others. */
  readonly signal: AbortSignal
  readonly onReady?: (pids: readonly number[]) => void
}

/** Runs until `signal` fires and everything has ended. */
export async function runWorkerHost(settings: HostSettings): Promise<void> {
  installRuntime()
  const dependencies = createDependencies(settings)
  const [connection] = await Promise.all([connectWorker(settings.server), registerSearchAttributes(settings)])
  const [worker, { flowing, copiers }] = await Promise.all([
    createControlWorker(connection, settings.server, dependencies),
    startCopying(connection, settings),
  ])
  const { onReady } = settings
  const running = worker.run()
  let flowStopped: Promise<void> | undefined
  const stopFlow = (): Promise<void> => (flowStopped ??= flowing.stop())
  const drain = async (): Promise<void> => {
    await copiers.drain()
    await stopFlow()
    worker.shutdown()
  }
  settings.signal.addEventListener('abort', () => void drain(), { once: true })
  onReady?.(copiers.pids)
  if (settings.signal.aborted) void drain()
  try {
    await running
  } finally {
    await copiers.drain()
    await stopFlow()
    await dependencies.storages.close()
    await connection.close()
  }
}

async function startCopying(connection: NativeConnection, { signal: _signal, onReady: _onReady, ...settings }: HostSettings) {
  const flowing = await startHostFlow(connection, settings.server)
  return { flowing, copiers: await startCopierProcesses(settings, settings.processes, flowing.flow) }
}

async function registerSearchAttributes({ server, onWarning }: HostSettings): Promise<void> {
  const connection = await Connection.connect(server.connection as Parameters<typeof Connection.connect>[0])
  try {
    const present = await ensureSearchAttributes(connection, server.namespace)
    if (!present) onWarning?.('The search attributes JobStatus, JobSource and JobDestination could not be registered: jobs run without them.')
  } finally {
    await connection.close()
  }
}
