/** Both kinds of worker in the process that asks: for a laptop, where the job and its server live with the command. */
import { installRuntime } from './runtime.ts'
import { connectWorker, createControlWorker, createCopyWorker, createDependencies } from './workers.ts'
import type { WorkerSettings } from './workers.ts'

export interface RunningWorkers {
  /** What is in flight ends at its next piece; resolves once nothing runs any more. */
  stop(): Promise<void>
}

export async function startWorkers(settings: WorkerSettings): Promise<RunningWorkers> {
  installRuntime()
  const dependencies = createDependencies(settings)
  const connection = await connectWorker(settings.server)
  const control = await createControlWorker(connection, settings.server, dependencies)
  const copy = await createCopyWorker(connection, settings.server, dependencies)
  const copying = copy.run()
  const deciding = control.run()
  return {
    async stop() {
      copy.shutdown()
      await copying
      control.shutdown()
      await deciding
      await dependencies.storages.close()
      await connection.close()
    },
  }
}
