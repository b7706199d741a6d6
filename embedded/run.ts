/** Temporal and both kinds of worker for one command: what `migrate` and `dev` use where no server is at hand. */
import { join } from 'node:path'
import { startWorkers } from '../worker/in-process.ts'
import { startServer } from './server.ts'

export interface EmbeddedOptions {
  /** The data lie in `.tranship/` here. */
  readonly folder: string
  readonly configPath?: string
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
  /** Ends copying at the next piece, then the server unless others use it. */
  stop(): Promise<void>
}

export async function runEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { folder, configPath, port, uiPort, onProgress, onWarning } = options
  const server = await startServer({ dataDir: join(folder, '.tranship'), port, uiPort, onProgress })
  try {
    const { address, namespace, uiAddress, joined } = server
    const workers = await startWorkers({
      server: { namespace, connection: { address } },
      ...(configPath !== undefined && { configPath }),
      ...(onWarning && { onWarning }),
    })
    const stop = async (): Promise<void> => {
      await workers.stop()
      await server.stop()
    }
    return { address, namespace, uiAddress, joined, stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}
