/** A copy process of a worker host: its settings come as the first message; it drains when told to, or when its host is gone. */
import { JobPaces } from '../copy/job-paces.ts'
import type { FromCopier, ToCopier } from './copier-messages.ts'
import { reportEveryMs } from './copier-messages.ts'
import { installRuntime } from './runtime.ts'
import type { WorkerSettings } from './workers.ts'
import { connectWorker, createCopyWorker, createDependencies } from './workers.ts'

process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.once('message', (settings) => {
  run(settings as WorkerSettings).then(() => process.exit(0), fail)
})

async function run(settings: WorkerSettings): Promise<void> {
  installRuntime()
  const dependencies = createDependencies(settings)
  const connection = await connectWorker(settings.server)
  const paces = new JobPaces((job) => tell({ kind: 'begin', job }))
  const worker = await createCopyWorker(connection, settings.server, dependencies, paces)
  process.on('message', (message: ToCopier) => {
    if (message.kind === 'allow') paces.allow(message.allowed)
    else worker.shutdown()
  })
  const timer = setInterval(() => tell({ kind: 'report', uses: paces.takeUses() }), reportEveryMs)
  process.once('disconnect', () => worker.getState() === 'RUNNING' && worker.shutdown())
  if (!process.connected) return
  tell({ kind: 'ready' })
  await worker.run()
  clearInterval(timer)
  await dependencies.storages.close()
  await connection.close()
}

/** A host that is gone hears nothing: 'disconnect' tells of it. */
function tell(message: FromCopier): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined)
}

function fail(error: unknown): void {
  process.stderr.write(`A copy process ended: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
