/** Both kinds of worker in the process that asks: for a laptop, where the job and its server live with the command. */
import type { Dependencies } from '../activities/dependencies.ts'
import { JobPaces } from '../copy/job-paces.ts'
import type { JobOptions } from '../model/job.ts'
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

/** `job`: one that is about to begin, whose addresses are opened meanwhile. */
export async function startWorkers(settings: WorkerSettings, job?: JobOptions): Promise<RunningWorkers> {
  installRuntime()
  const dependencies = createDependencies(settings)
  if (job) openAhead(job, dependencies)
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

/** Loads their drivers; what is wrong with an address is for the job's own check to say. */
function openAhead(job: JobOptions, { storages }: Dependencies): void {
  for (const opened of [storages.source(job), storages.destination(job)]) opened.catch(() => undefined)
}
