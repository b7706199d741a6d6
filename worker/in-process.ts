/** Both kinds of worker in the process that asks: for a laptop, where the job and its server live with the command. */
import { JobPaces } from '../copy/job-paces.ts'
import { reportEveryMs } from './copier-messages.ts'
import type { Copier } from './flow/job-flow.ts'
import { startHostFlow } from './flow/start.ts'
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
  const [control, { flow, stop: stopFlow }] = await Promise.all([
    createControlWorker(connection, settings.server, dependencies),
    startHostFlow(connection, settings.server),
  ])
  const copier: Copier = { allow: (allowed) => paces.allow(allowed) }
  const paces = new JobPaces((job) => flow.begin(copier, job))
  const reporting = setInterval(() => flow.report(copier, paces.takeUses()), reportEveryMs)
  const copy = await createCopyWorker(connection, settings.server, dependencies, paces)
  const copying = copy.run()
  const deciding = control.run()
  return {
    async stop() {
      copy.shutdown()
      await copying
      clearInterval(reporting)
      await stopFlow()
      control.shutdown()
      await deciding
      await dependencies.storages.close()
      await connection.close()
    },
  }
}
