/** A copy process of a worker host: its settings come as the first message; it drains when told to, or when its host is gone. */
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
  const worker = await createCopyWorker(connection, settings.server, dependencies)
  process.once('message', () => worker.shutdown())
  process.once('disconnect', () => worker.getState() === 'RUNNING' && worker.shutdown())
  if (!process.connected) return
  process.send?.('ready')
  await worker.run()
  await dependencies.storages.close()
  await connection.close()
}

function fail(error: unknown): void {
  process.stderr.write(`A copy process ended: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
