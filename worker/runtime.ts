import { Runtime, makeTelemetryFilterString } from '@temporalio/worker'

const nothing = (): void => undefined
const quiet = {
  log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing,
  error: (message: string) => void process.stderr.write(`${message}\n`),
}
let installed = false

/** Once a process, before any worker: signals are for whoever runs the workers, not for Temporal's own handler. */
export function installRuntime(): void {
  if (installed) return
  installed = true
  process.report.excludeEnv = true
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    logger: quiet,
  })
}
