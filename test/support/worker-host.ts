/** A worker host as people run it: `tranship worker`, a group of processes that can be killed -9 or drained. */
import { fileURLToPath } from 'node:url'
import { awaitUntil } from './await-until.ts'
import { end, hasEnded, start } from './processes.ts'

const own = fileURLToPath(new URL('../../bin/tranship.js', import.meta.url))

export interface WorkerHost {
  readonly pid: number
  /** Everything it has written so far to standard output and error. */
  output(): string
  /** kill -9 of the host and its copy processes. */
  kill(): Promise<void>
  /** Asks the host, and it alone, to end; returns its exit code. */
  drain(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>
}

export interface WorkerHostOptions {
  /** Of Temporal, host:port. */
  readonly address: string
  readonly configPath: string
  readonly processes?: number
  readonly env?: NodeJS.ProcessEnv
  /** Its bin/tranship.js, where it is to be another than this checkout's. */
  readonly program?: string
}

/** Returns once it polls for work. */
export async function startWorkerHost({ address, configPath, processes = 1, env = {}, program = own }: WorkerHostOptions): Promise<WorkerHost> {
  const args = [program, 'worker', '--address', address, '--config', configPath, '--processes', String(processes)]
  const child = start(process.execPath, args, { output: 'pipe', env: { ...process.env, ...env } })
  let output = ''
  const keep = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  await awaitUntil(() => hasEnded(child) || output.includes('Working for'), { timeoutMs: 120_000, what: 'the worker host polls' })
  if (hasEnded(child)) throw new Error(`The worker host ended at once: ${output}`)
  return {
    pid: child.pid as number,
    output: () => output,
    kill: () => end(child, 'SIGKILL'),
    drain: async (signal = 'SIGTERM') => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.ref()
      child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
