/** Temporal and both kinds of worker for one command: what `migrate` and `dev` use where no server is at hand. */
import { join } from 'node:path'
import type { JobOptions } from '../model/job.ts'
import type { RunningWorkers } from '../worker/in-process.ts'
import { startServer, type RunningServer } from './server.ts'

export interface EmbeddedOptions {
  /** The data lie in `.tranship/` here. */
  readonly folder: string
  readonly configPath?: string
  /** A job that is about to begin. */
  readonly job?: JobOptions
  /** Web UI and server ports; by default 8233 and 7233 unless taken. */
  readonly port?: number
  readonly uiPort?: number
  readonly onProgress?: (line: string) => void
  readonly onWarning?: (message: string) => void
}

export interface Embedded {
  readonly address: string
  readonly namespace: string
  readonly uiAddress: string | undefined
  /** Another command in this folder started the server. */
  readonly joined: boolean
  /** The workers take work; fails where they cannot start. */
  readonly working: Promise<void>
  /** Ends copying at the next piece, then the server unless others use it. */
  stop(): Promise<void>
}

/** Takes a while, in which a server can start. */
const loadWorkers = () => import('../worker/in-process.ts')

/** Returns once the server answers. */
export async function runEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { folder, port, uiPort, onProgress } = options
  const server = await startServer({ dataDir: join(folder, '.tranship'), port, uiPort, onProgress, onLaunch: () => void loadWorkers().catch(() => undefined) })
  const { address, namespace, uiAddress, joined } = server
  const workers = startWorkersOn(server, options)
  const working = workers.then(() => undefined)
  working.catch(() => undefined) // Whoever waits for it is told.
  const stop = async (): Promise<void> => {
    const started = await workers.catch(() => undefined)
    await started?.stop()
    await server.stop()
  }
  return { address, namespace, uiAddress, joined, working, stop }
}

async function startWorkersOn({ address, namespace }: RunningServer, { configPath, job, onWarning }: EmbeddedOptions): Promise<RunningWorkers> {
  const { startWorkers } = await loadWorkers()
  const server = { namespace, connection: { address } }
  return await startWorkers({ server, ...(configPath !== undefined && { configPath }), ...(onWarning && { onWarning }) }, job)
}
